"""What another response iterates, where a wrapper takes its body: `inner.body_iterator`."""

from __future__ import annotations

import functools

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.web.tables import response_classes
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import ExternalMethod, ExternalObject, Value, Values


@functools.cache
def _names() -> frozenset[str]:
    return frozenset(table("web")["live"]["bodies"])


def body_of(program: Program, value: Value) -> Values:
    """The content of the response whose body a value is; empty for anything else."""
    if not isinstance(value, ExternalMethod) or value.name not in _names():
        return ()
    receiver = value.receiver
    if not isinstance(receiver, ExternalObject) or not isinstance(receiver.site, t.Call):
        return ()
    row = response_classes().get(receiver.type)
    given = row.body.of(receiver.site) if row is not None and row.body is not None else None
    if given is None or receiver.env is None:
        return ()
    return inference.infer(program, given, receiver.env)


def is_body(expr: t.Expr) -> bool:
    """Whether an expression names the body of some response."""
    return isinstance(expr, t.Attribute) and expr.attr in _names()
