"""What conditions say when counters stand at their limits: which ways are left then."""

from __future__ import annotations

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.state_flow.lattice import Content
from lg_lint.program import inference
from lg_lint.program.scopes import owner
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import Instance

Variable = tuple[object, str]
"""A name with the scope that owns it, or an attribute with the class of its object."""
_NOT = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


class Limits(Struct):
    """Counters that have grown, or fallen, as far as any condition asks.

    `values` are keys of the state with the sign of what is added, `lengths` keys whose length
    grows, `variables` the same outside the state. `moving` are keys that change while a node goes
    round: what is compared with one of them is not known. `assumed` are keys with a flag that is
    known. `exact` is the one comparison with `==` that holds just now; `equal` are all of them.
    """

    values: dict[str, int] = field(default_factory=dict)
    lengths: frozenset[str] = frozenset()
    variables: frozenset[Variable] = frozenset()
    moving: frozenset[str] = frozenset()
    assumed: dict[str, bool] = field(default_factory=dict)
    exact: t.Node | None = None
    equal: dict[t.Node, None] = field(default_factory=dict)

    def compared(
        self, program: Program, node: t.Compare, position: int, sides: list[Content], env: object
    ) -> bool | None:
        """How one comparison ends."""
        op = node.ops[position]
        exprs = (node.left, *node.comparators)[position : position + 2]
        signs = [
            self._sign(program, content, expr, env)
            for content, expr in zip(sides, exprs, strict=True)
        ]
        if op in ("in", "not in") and signs[0]:
            fixed = not sides[1].reads and isinstance(exprs[1], (t.Sequence, t.Call, t.Constant))
            return op == "not in" if fixed else None
        if op not in _NOT or (bool(signs[0]) is bool(signs[1])):
            return None
        at = 0 if signs[0] else 1
        if sides[1 - at].keys & self.moving:
            return None
        return self._ends(node, op if at == 0 else _MIRRORED[op], signs[at], exprs[1 - at])

    def _ends(self, node: t.Node, op: str, sign: int, other: t.Expr) -> bool:
        if op in ("==", "!="):
            start = isinstance(other, t.Constant) and other.value == 0 and sign > 0
            if not start:
                self.equal[node] = None
            return (node is self.exact and not start) is (op == "==")
        return op in ((">", ">=") if sign > 0 else ("<", "<="))

    def _sign(self, program: Program, content: Content, expr: t.Expr, env: object) -> int:
        """Whether a side is a counter at its limit: one that grew, 1, or fell, -1."""
        if content.keys:
            if content.shape == "length":
                found = 1 if content.keys <= self.lengths else 0
            else:
                signs = {self.values.get(key, 0) for key in content.keys}
                found = signs.pop() if len(signs) == 1 else 0
            return -found if content.falls else found
        if isinstance(expr, (t.Name, t.Attribute)):
            return int(bool(variables(program, Site(expr, env)) & self.variables))  # type: ignore[arg-type]
        return 0

    def truth(self, content: Content) -> bool | None:
        """Whether a value is truthy."""
        if content.holds is not None:
            return content.holds
        if content.alias in self.assumed:
            return self.assumed[content.alias]
        if content.shape == "length" and content.keys and content.keys <= self.lengths:
            return True
        return None


def variables(program: Program, site: Site) -> set[Variable]:
    """Which variable a name or an attribute is: with its frame, or the class of its object."""
    node, scope = site.node, site.env.scope
    if isinstance(node, t.Name):
        return {(owner(scope, node.id), node.id)}
    if not isinstance(node, t.Attribute):
        return set()
    return {
        (value.cls, node.attr)
        for value in inference.infer(program, node.value, site.env)
        if isinstance(value, Instance)
    }
