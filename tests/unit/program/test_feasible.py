"""Which paths of calls can be gone, by the arguments on the way."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lg_lint.program.execution import Execution, World
from lg_lint.program.feasible import is_feasible
from lg_lint.program.paths import Paths
from lg_lint.program.program import terminal_name
from lg_lint.program.values import FunctionRef
from model.programs import program_of

BRANCHES = {
    "is not None": "if given is not None:\n        mark()",
    "truth": "if given:\n        mark()",
    "one of two": "if given and other:\n        mark()",
    "else of is None": "if given is None:\n        pass\n    else:\n        mark()",
    "else of not": "if not given:\n        pass\n    else:\n        mark()",
    "elif": "if given is None:\n        pass\n    elif other:\n        mark()",
    "double negation": "if not (given is None):\n        mark()",
}
OPEN = {
    "either of two": "if given or other:\n        mark()",
    "is None": "if given is None:\n        mark()",
    "not": "if not given:\n        mark()",
    "else of truth": "if given:\n        pass\n    else:\n        mark()",
    "another name": "if other:\n        mark()",
    "set before": "given = given or 1\n    if given:\n        mark()",
    "no branch": "mark()",
}


def feasible(body: str, call: str, *, middle: str = "") -> bool:
    """Whether `mark()` in a helper with this body can be reached through this call."""
    text = (
        f"def helper(other, given=None):\n    {body}\n"
        + dedent(middle)
        + f"\ndef start(sandbox):\n    {call}\n"
    )
    program = program_of(text)
    execution = Execution(program)
    (module,) = program.modules
    function = next(item for item in module.all_functions if item.name == "start")
    first = execution.state(FunctionRef(function), World.LOOP)
    marks = lambda state: [  # noqa: E731
        site.node for site in state.function.calls if terminal_name(site.node.func) == "mark"
    ]
    (chain,) = Paths(execution, marks).chains(first)
    return is_feasible(chain)


@pytest.mark.parametrize("body", BRANCHES.values(), ids=BRANCHES)
@pytest.mark.parametrize("call", ["helper(1)", "helper(1, None)", "helper(1, given=None)"])
def test_a_branch_that_asks_for_what_the_call_leaves_out(body: str, call: str) -> None:
    assert not feasible(body, call)


@pytest.mark.parametrize("body", BRANCHES.values(), ids=BRANCHES)
@pytest.mark.parametrize(
    "call", ["helper(1, sandbox)", "helper(1, given=sandbox)", "helper(*sandbox)", "helper(1, 2)"]
)
def test_a_branch_that_asks_for_what_the_call_may_give(body: str, call: str) -> None:
    assert feasible(body, call)


@pytest.mark.parametrize("body", OPEN.values(), ids=OPEN)
def test_a_branch_that_does_not_ask(body: str) -> None:
    assert feasible(body, "helper(1)")


def test_what_a_helper_hands_on() -> None:
    middle = """
        def between(given=None):
            helper(1, given)
    """
    body = BRANCHES["truth"]
    assert not feasible(body, "between()", middle=middle)
    assert feasible(body, "between(sandbox)", middle=middle)


def test_a_method_counts_its_arguments_after_the_receiver() -> None:
    middle = """
        class Service:
            def ask(self, given=None):
                helper(1, given)
    """
    body = BRANCHES["truth"]
    assert not feasible(body, "Service().ask()", middle=middle)
    assert feasible(body, "Service().ask(sandbox)", middle=middle)
