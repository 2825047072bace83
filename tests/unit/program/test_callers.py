"""Who calls a function, where many modules share its name."""

from __future__ import annotations

import pytest

from lg_lint.facts.extract import extract
from lg_lint.knowledge import type_table
from lg_lint.program import inference
from lg_lint.program.inference import callees
from lg_lint.program.inference import callers_of as callers
from lg_lint.program.modules import ModuleFinder
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program
from model.programs import program_of

MODULES = 12


def function_of(program: Program, path: str, name: str) -> Function:
    (module,) = (module for module in program.modules if module.path.endswith(f"/{path}"))
    return next(item for item in module.all_functions if item.name == name)


def test_each_function_of_a_name_has_its_own_callers() -> None:
    program = program_of(
        {
            "one.py": "def step(x):\n    return x\n\nstep(1)\nstep(2)\n",
            "two.py": "def step(x):\n    return x\n\nstep(3)\n",
            "three.py": "from one import step as renamed\nimport two\nrenamed(4)\ntwo.step(5)\n",
        }
    )
    given = {
        path: [
            caller.node.args[0].value.value  # type: ignore[union-attr]
            for caller in callers(program, function_of(program, path, "step"))
        ]
        for path in ("one.py", "two.py")
    }
    assert given == {"one.py": [1, 2, 4], "two.py": [3, 5]}


def test_a_module_that_is_read_later_adds_callers() -> None:
    texts = {
        "/project/one.py": "def step(x):\n    return x\n",
        "/project/two.py": "import one\none.step(1)\n",
    }
    program = Program(
        ModuleFinder("/project", texts), lambda path: extract(texts[path]), type_table()
    )
    program.module("/project/one.py")
    step = function_of(program, "one.py", "step")
    assert callers(program, step) == []
    program.module("/project/two.py")
    assert len(callers(program, step)) == 1


def test_a_call_inside_of_its_own_question_is_asked_again() -> None:
    program = program_of(
        """
        def pick(f):
            return f(1)

        def step(x):
            return pick(step)

        step(2)
        """
    )
    step = function_of(program, "app.py", "step")
    pick = function_of(program, "app.py", "pick")
    inference.infer(program, next(step.result_exprs()), program.env(step))
    assert [len(callers(program, each)) for each in (step, pick)] == [2, 1]


def test_each_call_is_asked_once_however_many_functions_share_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "def step(x):\n    return x\n\nstep(1)\n"
    program = program_of({f"part_{number}.py": text for number in range(MODULES)})
    asked: list[object] = []

    class Counting:
        @staticmethod
        def infer(program: Program, expr: object, env: object) -> object:
            asked.append(expr)
            return inference.infer(program, expr, env)  # type: ignore[arg-type]

    monkeypatch.setattr(callees, "core", Counting)
    for number in range(MODULES):
        step = function_of(program, f"part_{number}.py", "step")
        assert len(callers(program, step)) == 1
    assert len(asked) == MODULES


def test_classes_below_a_generic_one_are_found() -> None:
    program = program_of(
        {
            "a.py": "class Reader(Generic[T]):\n    def read(self): ...\n",
            "b.py": "from a import Reader\nclass Pages(Reader[str]):\n    pass\n",
        }
    )
    (reader,) = (
        cls for module in program.modules for cls in module.classes if cls.name == "Reader"
    )
    assert [cls.name for cls in inference.subclasses(program, reader)] == ["Pages"]
