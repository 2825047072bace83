"""Whether `await` may stand where a call stands, and what awaiting there would do."""

from __future__ import annotations

import pytest

from lg_lint.facts import tree as t
from lg_lint.program.await_places import (
    enclosing,
    held_lock,
    is_given_as_coroutine,
    is_iterated,
    may_await,
)
from lg_lint.program.scopes import Function
from model.programs import program_of

HEAD = "import asyncio\nimport threading\nlock = threading.Lock()\n"


def around(body: str, *, is_async: bool = True) -> tuple[Function, t.Node, list[t.Node]]:
    """The function `work`, its call of `call`, and what lies between them."""
    prefix = "async " if is_async else ""
    program = program_of(f"{HEAD}{prefix}def work():\n    {body}\n")
    (module,) = program.modules
    function = next(each for each in module.functions if each.name == "work")
    (call,) = (
        node
        for node in t.walk(function.node, into_functions=True)
        if isinstance(node, t.Call) and isinstance(node.func, t.Name) and node.func.id == "call"
    )
    return function, call, enclosing(function, call)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("call()", True),
        ("return call()", True),
        ("x = [call() for _ in 'ab']", True),
        ("x = (call() for _ in 'ab')", False),
        ("x = [[call() for _ in 'ab'] for _ in 'ab']", False),
        ("x = lambda: call()", False),
        ("def inner():\n        call()", False),
    ],
)
def test_where_await_may_stand(body: str, expected: bool) -> None:
    function, _, parts = around(body)
    assert may_await(function, parts) is expected


def test_no_await_in_a_plain_function_or_where_nothing_stands() -> None:
    function, _, parts = around("call()", is_async=False)
    assert not may_await(function, parts)
    function, call, _ = around("call()")
    other = around("call()")[0]
    assert enclosing(other, call) == []
    assert not may_await(function, [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for x in call():\n        pass", True),
        ("async for x in call():\n        pass", False),
        ("x = [y for y in call()]", True),
        ("x = list(call())", True),
        ("x = list(*call())", False),
        ("x = tuple(call())", False),
        ("x = call()", False),
    ],
)
def test_what_iterates_the_result(body: str, expected: bool) -> None:
    _, call, parts = around(body)
    assert is_iterated(parts, call) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("with lock:\n        call()", "lock"),
        ("with items[0]:\n        call()", "a context manager"),
        ("with open('a'):\n        call()", None),
        ("async with lock:\n        call()", None),
        ("call()", None),
    ],
)
def test_locks_that_are_held(body: str, expected: str | None) -> None:
    assert held_lock(around(body)[2]) == expected


@pytest.mark.parametrize(
    ("body", "expected"), [("await asyncio.gather(call())", True), ("print(call())", False)]
)
def test_what_takes_coroutines(body: str, expected: bool) -> None:
    assert is_given_as_coroutine(around(body)[2]) is expected
