"""Which builder calls stand in one graph: arms of a branch exclude each other."""

from __future__ import annotations

import pytest

from lg_lint.model.graph import Edge
from lg_lint.model.graph_analysis.builder_paths import alternatives, exclude
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from model.programs import program_of

APART = {
    "if and else": "if x:\n  one()\nelse:\n  two()",
    "elif": "if x:\n  one()\nelif y:\n  pass\nelse:\n  two()",
    "cases": "match x:\n  case 1:\n    one()\n  case _:\n    two()",
    "try and except": "try:\n  one()\nexcept ImportError:\n  two()",
    "early return": "if x:\n  one()\n  return g\ntwo()",
    "early raise": "if x:\n  one()\n  raise E\nfor y in x:\n  two()",
    "deeper": "with x:\n  if y:\n    for z in x:\n      one()\n  else:\n    two()",
}
TOGETHER = {
    "one after the other": "one()\ntwo()",
    "in a chain": "one().two()",
    "one condition": "if x:\n  one()\ntwo()",
    "two conditions": "if x:\n  one()\nif y:\n  two()",
    "one arm": "if x:\n  one()\n  two()",
    "rounds of a loop": "for y in x:\n  if y:\n    one()\n  else:\n    two()",
    "try and finally": "try:\n  one()\nfinally:\n  two()",
    "try and else": "try:\n  one()\nexcept E:\n  pass\nelse:\n  two()",
    "return of one arm": "if x:\n  if y:\n    return g\n  one()\ntwo()",
}


def site(program: Program, name: str) -> Site:
    for module in program.modules:
        for scope in (module, *module.all_functions):
            for call in scope.calls:
                if getattr(call.node.func, "id", getattr(call.node.func, "attr", "")) == name:
                    return Site(call.node, program.env(scope))
    raise AssertionError(name)


def inside(body: str) -> Program:
    return program_of("def f(x, y, g):\n" + "".join(f"  {line}\n" for line in body.splitlines()))


@pytest.mark.parametrize("body", APART.values(), ids=APART)
def test_at_most_one_is_made(body: str) -> None:
    program = inside(body)
    assert exclude(site(program, "one"), site(program, "two"))
    assert exclude(site(program, "two"), site(program, "one"))


@pytest.mark.parametrize("body", TOGETHER.values(), ids=TOGETHER)
def test_both_may_be_made(body: str) -> None:
    program = inside(body)
    assert not exclude(site(program, "one"), site(program, "two"))
    assert not exclude(site(program, "two"), site(program, "one"))


def test_calls_of_two_functions_are_made_side_by_side() -> None:
    program = program_of("if x:\n  one()\ndef f():\n  two()\n")
    assert not exclude(site(program, "one"), site(program, "two"))


def test_alternatives_are_what_each_arm_has_with_the_rest() -> None:
    program = inside("all()\nif x:\n  one()\nelse:\n  two()")
    edges = [Edge("a", name, "static", site(program, name)) for name in ("all", "one", "two")]
    groups = [[edge.target for edge in group] for group in alternatives(edges)]
    assert groups == [["all", "one"], ["all", "two"]]
