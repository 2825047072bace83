"""Calls of outside functions, classes and methods, and what they are given."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import ExternalObject, Value, Values, strings


class OutsideCall(Site, frozen=True):
    """A call, and the environment that its arguments stand in."""

    node: t.Call

    @property
    def is_spread(self) -> bool:
        """Whether it unpacks arguments, so that some of them cannot be seen."""
        return any(arg.star for arg in self.node.args)

    def argument(self, program: Program, keyword: str, position: int | None = None) -> Values:
        """What it gives a parameter; empty where it leaves that out."""
        expr = self.node.argument(keyword, position)
        return inference.infer(program, expr, self.env) if expr is not None else ()

    def texts(self, program: Program, keyword: str, position: int | None = None) -> list[str]:
        """The strings that an argument may be; empty where it is not given or not literal."""
        return strings(self.argument(program, keyword, position))


def made_by(value: Value | None) -> OutsideCall | None:
    """The call that gave an outside object, where it can be seen."""
    if isinstance(value, ExternalObject) and isinstance(value.site, t.Call) and value.env:
        return OutsideCall(value.site, value.env)
    return None
