"""What a reducer is read to do, from its annotation and its body."""

from __future__ import annotations

import pytest

from lg_lint.model.graph import Reducer, ReducerKind
from lg_lint.model.langgraph.state_schema import of_class

from .programs import program_of

HEAD = """
import operator
from functools import partial
from typing import Annotated, NotRequired, TypedDict
from collections import deque
from langgraph.channels import BinaryOperatorAggregate, EphemeralValue, LastValue, Topic
from langgraph.channels import UntrackedValue
from langgraph.graph.message import add_messages
from pydantic import Field
"""


def reducer_of(annotation: str, functions: str = "") -> Reducer:
    text = f"{HEAD}\n{functions}\n\nclass State(TypedDict):\n    key: {annotation}\n"
    program = program_of(text)
    (module,) = program.modules
    (channel,) = of_class(program, module.classes[-1])
    return channel.reducer


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("list", ReducerKind.LAST_VALUE),
        ('Annotated[list, "a note"]', ReducerKind.LAST_VALUE),
        ("Annotated[list, Field(default_factory=list)]", ReducerKind.LAST_VALUE),
        ("Annotated[list, operator.add]", ReducerKind.CONCAT),
        ("Annotated[list, operator.concat]", ReducerKind.CONCAT),
        ("Annotated[list, operator.iadd]", ReducerKind.CONCAT),
        ("Annotated[str, operator.add]", ReducerKind.CONCAT),
        ("Annotated[int, operator.add]", ReducerKind.SUM),
        ("Annotated[float | None, operator.add]", ReducerKind.SUM),
        ("Annotated[dict, operator.or_]", ReducerKind.MERGE),
        ("Annotated[int, max]", ReducerKind.REPLACE),
        ("Annotated[list, add_messages]", ReducerKind.ADD_MESSAGES),
        ("NotRequired[Annotated[list, operator.add]]", ReducerKind.CONCAT),
        ('Annotated[list, operator.add, "a note"]', ReducerKind.LAST_VALUE),
        ('Annotated[list, "a note", operator.add]', ReducerKind.CONCAT),
        ("Annotated[Annotated[list, operator.add], 'a note']", ReducerKind.LAST_VALUE),
        ("Annotated[list, LastValue]", ReducerKind.LAST_VALUE),
        ("Annotated[list, EphemeralValue]", ReducerKind.EPHEMERAL),
        ("Annotated[list, UntrackedValue, 'a note']", ReducerKind.EPHEMERAL),
        ("Annotated[list, Topic(str, accumulate=True)]", ReducerKind.CONCAT),
        ("Annotated[list, Topic(str)]", ReducerKind.EPHEMERAL),
        ("Annotated[list, BinaryOperatorAggregate(list, operator.add)]", ReducerKind.CONCAT),
        ("Annotated[list, lambda a, b: a + b]", ReducerKind.CONCAT),
        ("Annotated[list, lambda a, b: b]", ReducerKind.REPLACE),
        ("Annotated[list, lambda a: a]", ReducerKind.LAST_VALUE),
        ("Annotated[list, unknown_name]", ReducerKind.UNKNOWN),
    ],
)
def test_annotation(annotation: str, kind: ReducerKind) -> None:
    assert reducer_of(annotation).kind is kind


def own(body: str, parameters: str = "a, b", annotation: str = "list") -> Reducer:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return reducer_of(f"Annotated[{annotation}, own]", f"def own({parameters}):\n{lines}")


@pytest.mark.parametrize(
    "body",
    [
        "return a + b",
        "return [*a, *b]",
        "return list(a) + list(b)",
        "return (a or []) + (b or [])",
        "a.extend(b)\nreturn a",
        "result = list(a)\nresult.extend(b)\nreturn result",
        "result = a.copy()\nfor item in b:\n    result.append(item)\nreturn result",
        "if not b:\n    return a\nreturn a + b",
        "if a is None:\n    return b\nreturn a + b",
        "return operator.add(a, b)",
        "return a + (b if isinstance(b, list) else [b])",
    ],
)
def test_body_that_concatenates(body: str) -> None:
    found = own(body)
    assert found.kind is ReducerKind.CONCAT
    assert (found.bounded, found.dedupes, found.resets) == (False, False, False)
    assert found.accumulates


@pytest.mark.parametrize(
    "body",
    [
        "return (a + b)[-50:]",
        "joined = a + b\nreturn joined[:50]",
        "joined = [*a, *b]\nif len(joined) > LIMIT:\n    joined = joined[-LIMIT:]\nreturn joined",
        "return list(deque([*a, *b], maxlen=50))",
        "a.extend(b)\ndel a[:-50]\nreturn a",
        "a.extend(b)\nwhile len(a) > 50:\n    a.pop(0)\nreturn a",
    ],
)
def test_body_with_a_cap(body: str) -> None:
    found = own(body)
    assert found.bounded
    assert not found.accumulates


@pytest.mark.parametrize(
    "body",
    [
        "return a + [item for item in b if item not in a]",
        "return list(dict.fromkeys(a + b))",
        "return list(set(a + b))",
        "seen = {item['id'] for item in a}\nreturn a + [item for item in b if item['id'] not in seen]",
        "result = list(a)\nfor item in b:\n    if item not in result:\n        result.append(item)\n"
        "return result",
    ],
)
def test_body_that_dedupes_is_not_bounded(body: str) -> None:
    found = own(body)
    assert found.kind is ReducerKind.CONCAT
    assert found.dedupes
    assert not found.bounded


@pytest.mark.parametrize(
    "body",
    [
        "return b",
        "return b or a",
        "return b if b is not None else a",
        "if b is None:\n    return a\nreturn b",
    ],
)
def test_body_that_replaces(body: str) -> None:
    found = own(body)
    assert found.kind is ReducerKind.REPLACE
    assert not found.accumulates


@pytest.mark.parametrize(
    "body",
    ["return {**a, **b}", "return a | b", "a.update(b)\nreturn a", "return dict(a) | dict(b)"],
)
def test_body_that_merges_dicts(body: str) -> None:
    assert own(body, annotation="dict").kind is ReducerKind.MERGE


@pytest.mark.parametrize(
    "body",
    [
        "if b is None:\n    return []\nreturn a + b",
        "if not b:\n    return []\nreturn (a or []) + b",
        "return [] if not b else a + b",
        'if isinstance(b, dict) and b.get("type") == "override":\n    return b.get("value", b)\n'
        "return a + b",
    ],
)
def test_body_that_resets(body: str) -> None:
    found = own(body)
    assert found.kind is ReducerKind.CONCAT
    assert found.resets


def test_first_value_is_no_reset() -> None:
    assert not own("if not a:\n    return b\nif not b:\n    return a\nreturn a + b").resets


def test_alias_from_another_module() -> None:
    program = program_of(
        {
            "kinds.py": "import operator\nfrom typing import Annotated\n"
            "Notes = Annotated[list, operator.add]\n",
            "app.py": "from typing import TypedDict\nfrom kinds import Notes\n"
            "class State(TypedDict):\n    key: Notes\n",
        }
    )
    module = program.module("/project/app.py")
    assert module is not None
    (channel,) = of_class(program, module.classes[-1])
    assert channel.reducer.kind is ReducerKind.CONCAT


def test_only_operator_add_is_exact() -> None:
    assert reducer_of("Annotated[list, operator.add]").exact
    assert not reducer_of("Annotated[list, lambda a, b: a + b]").exact
