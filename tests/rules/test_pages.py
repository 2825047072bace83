"""The two examples of each rule's page show what they say: the bad one is found, the good one not.

Most examples are fragments. `page_frame.py` has what they leave out, `page_examples.py` puts it
around them.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import pytest

from fixture_cases import described, findings_in, inside, path_of
from lg_lint.base.finding import Confidence, Finding
from lg_lint.rules.registry import all_rules
from lg_lint.run.check import lint
from lg_lint.settings import Settings
from page_examples import FILES, FRAME, MissingError, example, framed

RULES = {rule.code: rule for rule in all_rules()}
"""A new rule is in here by itself."""

NO_PYTHON = ("LG000",)
"""Rules about what is no Python: their examples are taken as they are."""

TO_DO = f"""
Either write the page's example out, in src/lg_lint/rules/, or, for something that every reader of
any page fills in by himself, add it to {FRAME.name}.
"""


@functools.cache
def project_of(code: str, heading: str) -> tuple[dict[str, str], set[int]]:
    """The files of an example of a page, and the rows of app.py that the page shows."""
    try:
        files = example(RULES[code].page, heading)
    except KeyError as unknown:
        pytest.fail(
            f"{code}, {heading}: no file is meant by ```{unknown.args[0]}; use one of {[*FILES]}"
        )
    fragment = files.get("app.py", "")
    if code in NO_PYTHON:
        return files, set(range(1, fragment.count("\n") + 1))
    try:
        files["app.py"], rows = framed(fragment)
    except MissingError as missing:
        pytest.fail(f"{code}, {heading}: nothing binds the name {missing}.{TO_DO}")
    except SyntaxError as error:
        pytest.fail(f"{code}, {heading}: no module of its own: {error}.{TO_DO}")
    return files, rows


@functools.cache
def findings_of(code: str, heading: str) -> list[Finding]:
    files, _ = project_of(code, heading)
    with tempfile.TemporaryDirectory() as folder, inside(Path(folder)):
        for name, text in files.items():
            Path(name).write_text(text, encoding="utf-8")
        settings = Settings(select=("ALL",), min_confidence=Confidence.LOW)
        return lint([Path()], settings).findings


def told(code: str, heading: str) -> str:
    """What is reported for an example, and the example as it was linted, for who has to mend it."""
    files, _ = project_of(code, heading)
    found = [described(finding) for finding in findings_of(code, heading)]
    texts = [f"--- {name}\n{_numbered(text)}" for name, text in files.items()]
    return "\n".join(["", *(found or ["nothing is reported"]), *texts])


def _numbered(text: str) -> str:
    return "\n".join(f"{row:3} {line}" for row, line in enumerate(text.splitlines(), 1))


@pytest.mark.parametrize("code", RULES)
def test_the_example_is_found(code: str) -> None:
    _, rows = project_of(code, "Example")
    own = [finding for finding in findings_of(code, "Example") if finding.code == code]
    assert own, f"{code} does not find its page's example:{told(code, 'Example')}"
    shown = [each for each in own if path_of(each) != "app.py" or each.place.row in rows]
    assert shown == own, f"{code} finds the frame, not the example:{told(code, 'Example')}"


@pytest.mark.parametrize("code", RULES)
def test_what_to_use_instead_is_not_found(code: str) -> None:
    own = [finding for finding in findings_of(code, "Use instead") if finding.code == code]
    assert not own, f"{code} finds what its page says to use instead:{told(code, 'Use instead')}"


@pytest.mark.parametrize("code", RULES)
def test_what_to_use_instead_is_as_whole_as_the_example(code: str) -> None:
    page = RULES[code].page
    assert example(page, "Example").keys() <= example(page, "Use instead").keys()


def test_the_frame_alone_is_clean(tmp_path: Path) -> None:
    text, _ = framed("")
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    with inside(tmp_path):
        assert findings_in(Path()) == []
