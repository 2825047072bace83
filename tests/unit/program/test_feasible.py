"""Which paths of calls can be gone, by the arguments and attributes on the way."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lg_lint.program.call_graph.definite_values import MustValues
from lg_lint.program.call_graph.execution import Execution, ThreadContext
from lg_lint.program.call_graph.feasibility import is_feasible
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.store import terminal_name
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
EARLY = {
    "return": "if given is None:\n        return\n    mark()",
    "raise": "if not given:\n        raise ValueError\n    mark()",
    "else": "if given:\n        pass\n    else:\n        return\n    mark()",
    "continue": "for _ in other:\n        if not given:\n            continue\n        mark()",
    "set below": "if given is None:\n        return\n    given = 1\n    mark()",
    "in a block": "with other:\n        if not given:\n            return\n        mark()",
}
OPEN = {
    "either of two": "if given or other:\n        mark()",
    "is None": "if given is None:\n        mark()",
    "not": "if not given:\n        mark()",
    "else of truth": "if given:\n        pass\n    else:\n        mark()",
    "another name": "if other:\n        mark()",
    "set before": "given = given or 1\n    if given:\n        mark()",
    "no branch": "mark()",
    "a branch that goes on": "if not given:\n        pass\n    mark()",
    "a return below": "mark()\n    if not given:\n        return",
    "set in a branch": "if other:\n        given = 1\n    if given:\n        mark()",
    "set in a loop": "for _ in other:\n        if given:\n            mark()\n        given = 1",
    "bound in a nested function": (
        "def inner():\n        nonlocal given\n        given = 1\n    if given:\n        mark()"
    ),
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
    first = execution.state(FunctionRef(function), ThreadContext.LOOP)
    marks = lambda state: [  # noqa: E731
        site.node for site in state.function.calls if terminal_name(site.node.func) == "mark"
    ]
    (chain,) = Paths(execution, marks).chains(first)
    return is_feasible(MustValues(program, lambda _: True), chain)


@pytest.mark.parametrize("body", [*BRANCHES.values(), *EARLY.values()], ids=[*BRANCHES, *EARLY])
@pytest.mark.parametrize("call", ["helper(1)", "helper(1, None)", "helper(1, given=None)"])
def test_a_branch_that_asks_for_what_the_call_leaves_out(body: str, call: str) -> None:
    assert not feasible(body, call)


@pytest.mark.parametrize("body", [*BRANCHES.values(), *EARLY.values()], ids=[*BRANCHES, *EARLY])
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


COMPARED = {
    "truth": ("if given:\n        mark()", "0"),
    "equal": ("if given == 'image':\n        mark()", "'text'"),
    "unequal": ("if given != 'text':\n        mark()", "'text'"),
    "is": ("if given is True:\n        mark()", "False"),
    "an object is none": ("if given is None:\n        mark()", "Thing()"),
    "an object is false": ("if not given:\n        mark()", "Thing()"),
    "what a name holds": ("if given:\n        mark()", "nothing"),
}


@pytest.mark.parametrize(("body", "given"), COMPARED.values(), ids=COMPARED)
def test_constants_and_objects(body: str, given: str) -> None:
    middle = """
        class Thing:
            pass
    """
    assert not feasible(body, f"nothing = None\n    helper(1, {given})", middle=middle)
    assert feasible(body, f"nothing = None\n    helper(1, sandbox or {given})", middle=middle)


def test_an_object_may_say_itself_whether_it_is_true() -> None:
    middle = """
        class Thing:
            def __len__(self):
                return 0
    """
    assert feasible("if not given:\n        mark()", "helper(1, Thing())", middle=middle)


METHODS = """
    class Service:
        mode = "text"
        def __init__(self, loud=False):
            self.loud = loud
            self.count = 0
        def ask(self, quiet=False):
            if {test}:
                mark()
    {more}
"""
TAKEN = {
    "another object": ("self.loud", "Service(True)"),
    "set from outside": ("self.loud", "Service().loud = True"),
    "set on an unknown object": ("self.loud", "def f(x): x.loud = 1"),
    "setattr": ("self.loud", "setattr(Service(), 'loud', 1)"),
    "setattr of any name": ("self.loud", "for x in y: setattr(Service(), x, 1)"),
    "counted": ("self.count", "def f(x: Service): x.count += 1"),
    "a subclass": ("self.mode == 'image'", "class Other(Service): mode = 'image'"),
    "quiet": ("quiet", ""),
}


@pytest.mark.parametrize("test", ["self.loud", "self.mode == 'image'", "self.count"])
def test_an_attribute_that_nothing_sets(test: str) -> None:
    assert not feasible("pass", "Service().ask()", middle=METHODS.format(test=test, more=""))
    other = METHODS.format(test=f"not ({test})", more="")
    assert feasible("pass", "Service().ask()", middle=other)


@pytest.mark.parametrize(("test", "more"), TAKEN.values(), ids=TAKEN)
def test_an_attribute_that_something_sets(test: str, more: str) -> None:
    middle = METHODS.format(test=test, more=more)
    assert feasible("pass", "Service().ask(sandbox)", middle=middle)
