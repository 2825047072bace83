"""Two texts have the same code where comments and layout alone differ."""

from __future__ import annotations

import pytest
from facts_snippets import SNIPPETS

from lg_lint.facts.extract import extract
from lg_lint.facts.tree import same_code

CODE = """\
from a import b

async def work(state, *, limit=2):
    if state["on"] or limit:
        await b(state, key='x')
    return {"value": (1, 2.0, None)}
"""


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\n\n" + CODE,
        CODE.replace("\n", "  # so\n"),
        CODE.replace("'x'", '"x"').replace("    ", "\t"),
        CODE.replace(
            "(state, key='x')", "(\n            state,\n            key=('x'),\n        )"
        ),
        CODE.replace("1, 2.0", "0x1, 2e0"),
    ],
)
def test_the_same(text: str) -> None:
    assert same_code(extract(CODE), extract(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("async def", "def"),
        ("await b", "b"),
        ("'x'", "'y'"),
        ("1,", "1.0,"),
        ("1,", "True,"),
        ("None", "0"),
        ("limit=2", "limit"),
        ("limit=2", "limit=2, other=3"),
        ("key=", ""),
        (" or ", " and "),
        ("import b", "import b as b"),
        ("import b", "import b, c"),
        ("    return", "return"),
        ("work", "works"),
        ("def work", "def work(:"),
    ],
)
def test_not_the_same(old: str, new: str) -> None:
    assert old in CODE
    assert not same_code(extract(CODE), extract(CODE.replace(old, new)))


@pytest.mark.parametrize("text", SNIPPETS)
def test_each_is_the_same_as_itself_further_down(text: str) -> None:
    assert same_code(extract(text), extract("\n# moved\n" + text.lstrip("\ufeff")))
