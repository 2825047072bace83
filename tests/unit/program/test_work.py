"""What is asked of each call is not worked out again for each: the steps are counted, not timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lg_lint.program import inference
from lg_lint.program.call_graph import awaiting
from lg_lint.program.call_graph.execution import Execution
from lg_lint.program.inference import narrowing
from lg_lint.program.modules import ModuleFinder
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program
from model.programs import program_of


def function_of(program: Program, name: str) -> Function:
    return next(
        function
        for module in program.modules
        for function in module.all_functions
        if function.name == name
    )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], Counter[str]]:
    """Makes a function count how often it is called."""
    calls: Counter[str] = Counter()

    def count(owner: object, name: str) -> Counter[str]:
        function = getattr(owner, name)

        def counting(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            return function(*args, **kwargs)

        monkeypatch.setattr(owner, name, counting)
        return calls

    return count


def test_no_code_is_read_for_tests_that_has_none(
    counted: Callable[[object, str], Counter[str]],
) -> None:
    program = program_of("""
        def plain(x):
            with x:
                for y in x:
                    return f(y)

        def tested(x):
            return f(x) if x else g(x)

        def guarded(x):
            match x:
                case 1:
                    if x:
                        return f(x)
    """)
    calls = counted(narrowing, "read")
    execution = Execution(program)
    for name, expected in (("plain", 0), ("tested", 1), ("guarded", 2)):
        list(execution.calls(execution.state_of(function_of(program, name))))
        assert calls["read"] == expected, name


@pytest.mark.parametrize("test", ["a and f()", "f() if a else 0", "[f() for x in a if x]"])
@pytest.mark.parametrize("form", ["{}", "g({})", "return {}", "x = [{}]", "lambda: {}"])
def test_a_test_in_any_place_is_known_of(test: str, form: str) -> None:
    program = program_of(f"def found(a):\n    {form.format(test)}\n")
    tested = [item for item in program.modules for item in item.all_functions]
    assert any(function.has_tests for function in tested)


def test_a_name_of_a_star_is_looked_up_once(
    counted: Callable[[object, str], Counter[str]],
) -> None:
    uses = "".join(f"def f{i}():\n    work()\n    more()\n\n" for i in range(50))
    program = program_of({"a.py": f"from b import *\n{uses}", "b.py": "def work(): ...\n"})
    calls = counted(ModuleFinder, "absolute")
    for module in program.modules:
        for site in (site for function in module.all_functions for site in function.calls):
            inference.infer(program, site.node.func, program.env(site.scope))
    assert 0 < calls["absolute"] <= 4


def test_what_helpers_return_is_worked_out_once(
    counted: Callable[[object, str], Counter[str]],
) -> None:
    """Five layers of eight plain functions, each of which calls all of the next."""
    width, layers = 8, 5
    lines = [f"def f0_{i}():\n    return unknown()\n" for i in range(width)]
    for layer in range(1, layers):
        calls = "".join(
            f"    if x == {j}:\n        return f{layer - 1}_{j}()\n" for j in range(width)
        )
        lines += [f"def f{layer}_{i}(x=0):\n{calls}" for i in range(width)]
    lines.append(f"async def chat():\n    await f{layers - 1}_0()\n")
    program = program_of("\n".join(lines))
    calls_of = counted(awaiting, "_is_made")
    execution = Execution(program)
    list(execution.calls(execution.state_of(function_of(program, "chat"))))
    assert 0 < calls_of["_is_made"] <= width * width * layers
