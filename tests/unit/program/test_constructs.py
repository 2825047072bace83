"""The call graph of each construct is what Python calls when it runs the program."""

from __future__ import annotations

import sys
from types import CodeType, FrameType, ModuleType

import pytest

from lg_lint.program.call_graph.execution import CallNode, Execution, ThreadContext
from lg_lint.program.scopes import Class, Function, Module, Scope
from lg_lint.program.store import scopes
from model.programs import program_of
from program.constructs import CONSTRUCTS, HEAD

Place = tuple[str, int]
"""The name of a function and the line where its definition begins; of the module, line 0."""

BAR = 0.95
MODULE: Place = ("<module>", 0)
INLINE = {"<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>"}
MISSED = {
    "defaultdict", "descriptor", "enum of functions", "getattr of a class", "match", "proxy",
}  # fmt: skip
"""What the call graph does not see; kept strictly: what is found no longer stands here."""

EXTRA = {
    "get", "item that replaces", "methods of two objects", "nonlocal", "two objects of a class",
}  # fmt: skip
"""Where it sees more than runs."""


def called_by_running(text: str) -> set[tuple[Place, Place]]:
    """The edges between the program's own functions, by the profiler."""
    module = ModuleType("construct_that_runs")
    code = compile(text, "<construct>", "exec")
    bodies = _class_bodies(code)
    found: set[tuple[Place, Place]] = set()

    def caller(frame: FrameType | None) -> Place | None:
        while frame is not None:
            if is_own(frame.f_code):
                return place(frame.f_code)
            frame = frame.f_back
        return None

    def is_own(each: CodeType) -> bool:
        return each.co_filename == "<construct>" and each.co_name not in INLINE

    def place(each: CodeType) -> Place:
        if each.co_name == "<module>" or each in bodies:
            return MODULE
        return (each.co_name, each.co_firstlineno)

    def note(frame: FrameType, event: str, _arg: object) -> None:
        code = frame.f_code
        if event == "call" and is_own(code) and code.co_name != "<module>" and code not in bodies:
            start = caller(frame.f_back)
            if start is not None:
                found.add((start, place(code)))

    sys.modules[module.__name__] = module
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        exec(code, module.__dict__)
    finally:
        sys.setprofile(before)
        del sys.modules[module.__name__]
    return found


def _class_bodies(code: CodeType) -> set[CodeType]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    own = {
        each for each in inner if "__module__" in each.co_names and "__qualname__" in each.co_names
    }
    return own.union(*(_class_bodies(each) for each in inner))


def called_by_the_graph(text: str) -> set[tuple[Place, Place]]:
    """The edges that lead on from the module's own code."""
    program = program_of(text)
    (module,) = program.modules
    execution = Execution(program)
    found: set[tuple[Place, Place]] = set()
    queue = [
        _state(execution, scope) for scope in scopes(module) if not isinstance(scope, Function)
    ]
    seen: set[CallNode] = set()
    while queue:
        state = queue.pop()
        if state in seen:
            continue
        seen.add(state)
        for edge in execution.edges(state):
            found.add((_place(state.function), _place(edge.target.function)))
            queue.append(edge.target)
    return found


def _state(execution: Execution, scope: Scope) -> CallNode:
    return execution.state_of(scope, None, ThreadContext.LOOP)  # type: ignore[arg-type]


def _place(scope: Scope) -> Place:
    if isinstance(scope, (Module, Class)):
        return MODULE
    assert isinstance(scope, Function)
    rows = [scope.node.row, *(item.row for item in scope.decorators)]
    return (scope.name, min(rows))


def _cases(known: set[str], why: str) -> list[object]:
    marks = {name: [pytest.mark.xfail(strict=True, reason=why)] for name in known}
    return [pytest.param(name, id=name, marks=marks.get(name, [])) for name in CONSTRUCTS]


def _both(name: str) -> tuple[set[tuple[Place, Place]], set[tuple[Place, Place]]]:
    text = HEAD + CONSTRUCTS[name] + "\n"
    return called_by_running(text), called_by_the_graph(text)


@pytest.mark.parametrize("name", _cases(MISSED, "a call that the graph does not have yet"))
def test_what_runs_is_found(name: str) -> None:
    running, found = _both(name)
    assert running - found == set()


@pytest.mark.parametrize("name", _cases(EXTRA, "the graph takes several objects or items for one"))
def test_nothing_else_is_found(name: str) -> None:
    running, found = _both(name)
    assert found - running == set()


def test_nearly_all_are_right() -> None:
    assert len(MISSED) <= (1 - BAR) * len(CONSTRUCTS)
    assert len(EXTRA) <= (1 - BAR) * len(CONSTRUCTS)
