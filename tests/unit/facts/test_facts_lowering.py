"""What each form of the language is lowered to."""

from __future__ import annotations

from typing import Any

import pytest

from lg_lint.facts import tree
from lg_lint.facts.extract import extract


def _only(text: str) -> Any:
    facts = extract(text)
    assert facts.error is None
    (statement,) = facts.body
    return statement


def _value(text: str) -> Any:
    return _only(f"{text}\n").value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a' \"b\"", "ab"),
        ("b'a' rb'\\x'", b"a\\x"),
        (r"'\n\x41\N{BULLET}'", "\nA\N{BULLET}"),
        (r"r'\n'", r"\n"),
        (r"'\d'", r"\d"),
        ("'''a\r\nb'''", "a\nb"),
        ("0x1F", 31),
        ("1_000", 1000),
        (".5", 0.5),
        ("2J", 2j),
        ("...", ...),
        ("None", None),
        ("True", True),
        ("9" * 5000, float("inf")),
        (r"'\N{no such}'", r"\N{no such}"),
    ],
)
def test_literals(text: str, value: object) -> None:
    constant = _value(text)
    assert isinstance(constant, tree.Constant)
    assert type(constant.value) is type(value)
    assert constant.value == value


def test_f_string_parts() -> None:
    joined = _value(r"f'{{a}}\t{b!r:>{w}}' 'c' rf'\d{d=}'")
    assert isinstance(joined, tree.JoinedString)
    parts = [getattr(part, "id", None) or part.value for part in joined.parts]
    assert parts == ["{a}\t", "b", "w", r"c\dd=", "d"]


def test_call_arguments() -> None:
    call = _value("f(a, *b, c=d, **e)")
    assert [(arg.keyword, arg.star) for arg in call.args] == [
        (None, ""),
        (None, "*"),
        ("c", ""),
        (None, "**"),
    ]
    assert call.argument("c").id == "d"
    assert call.argument("x", 0).id == "a"
    assert call.argument("x", 1) is None


def test_parameters() -> None:
    function = _only("def f(a, /, b: int = 1, *c, d=2, **e): pass\n")
    kinds = [(param.name, param.kind) for param in function.params]
    assert kinds == [
        ("a", "positional"),
        ("b", "positional"),
        ("c", "*"),
        ("d", "keyword"),
        ("e", "**"),
    ]
    assert function.params[1].annotation.id == "int"
    assert function.params[1].default.value == 1


def test_elif_is_an_if_in_orelse() -> None:
    statement = _only("if a: b\nelif c: d; e\nelse: f\n")
    (second,) = statement.orelse
    assert isinstance(second, tree.If)
    assert len(second.body) == 2
    assert second.orelse[0].value.id == "f"


def test_operators() -> None:
    assert _value("a not in b is not c").ops == ("not in", "is not")
    chain = _value("a and b and c")
    assert (chain.left.op, chain.right.id) == ("and", "c")
    assert _value("a ** -b").right.op == "-"
    assert _only("a //= b\n").op == "//"


def test_subscripts() -> None:
    assert isinstance(_value("a[b]").index, tree.Name)
    assert _value("a[b,]").index.kind == "tuple"
    several = _value("a[1:, *b]").index
    assert [type(item) for item in several.items] == [tree.Slice, tree.Starred]
    assert _value("a[::2]").index.step.value == 2


def test_dict_spread_and_comprehensions() -> None:
    assert [key and key.value for key, _ in _value("{'a': 1, **b}").items] == ["a", None]
    comprehension = _value("{a: b async for a in c if d if e for b in f}")
    assert (comprehension.kind, comprehension.key.id) == ("dict", "a")
    first, second = comprehension.generators
    assert (first.is_async, second.is_async) == (True, False)
    assert [test.id for test in first.conditions] == ["d", "e"]


def test_delete_is_flat() -> None:
    assert [target.id for target in _only("del (a, [b, (c)]), d\n").targets] == list("abcd")


def test_imports() -> None:
    statement = _only("from ...a . b import (c as d, e)\n")
    assert (statement.module, statement.level) == ("a.b", 3)
    assert [(alias.name, alias.asname) for alias in statement.names] == [("c", "d"), ("e", None)]
    star = _only("from . import *\n")
    assert (star.module, star.level, star.names[0].name) == ("", 1, "*")
    assert _only("import a.b as c\n").names[0].name == "a.b"


def test_assignments() -> None:
    assert len(_only("a = b, c = d\n").targets) == 2
    bare = _only("a: int\n")
    assert (bare.value, bare.annotation.id) == (None, "int")
    alias = _only("type A[T: str] = list[T]\n")
    assert alias.targets[0].id == "A"
    assert isinstance(alias.value, tree.Subscript)


def test_class_bases() -> None:
    definition: Any = _only("class A(B, metaclass=M): pass\n")
    assert [base.keyword for base in definition.bases] == [None, "metaclass"]


def test_function_span_leaves_out_decorators() -> None:
    function = _only("@a\n@b(c)\nasync def f(): pass\n")
    assert function.is_async
    assert function.span[:2] == (3, 1)
    assert function.name_span == (3, 11, 3, 12)
    assert [type(decorator) for decorator in function.decorators] == [tree.Name, tree.Call]


def test_with_try_and_raise() -> None:
    statement = _only("async with (a as b, c): pass\n")
    assert statement.is_async
    assert [item.target and item.target.id for item in statement.items] == ["b", None]
    attempt = _only("try: a\nexcept* (B, C) as d: e\nexcept* E: f\nelse: g\nfinally: h\n")
    assert [handler.name for handler in attempt.handlers] == ["d", None]
    assert len(attempt.orelse) == len(attempt.final) == 1
    assert _only("raise a from b\n").cause.id == "b"


def test_match_values_and_names() -> None:
    statement = _only(
        "match a:\n case B.c(d, e=f) | {1: g, **h} if i: pass\n case [_, *j] as k: pass\n"
    )
    first, second = statement.cases
    assert [type(value) for value in first.patterns] == [tree.Attribute, tree.Constant]
    assert [name.id for name in first.bound] == ["d", "f", "g", "h"]
    assert first.guard.id == "i"
    assert [name.id for name in second.bound] == ["j", "k"]


def test_yields() -> None:
    statement = _only("def f():\n  a = yield\n  yield from b\n")
    assert statement.body[0].value.value is None
    assert statement.body[1].value.delegates
