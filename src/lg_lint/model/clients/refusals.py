"""Exceptions of the project's own that say that a server took a request and ran nothing."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Class
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, Const

_STATUS = {"status_code", "status"}
_REFUSING = {"==": 400, "in": 400, ">=": 400, ">": 399, "!=": 200}
"""Comparisons of a status with numbers, and the least of these that leaves failures alone."""


def is_refusal(program: Program, cls: Class) -> bool:
    """Whether a class is raised for an answer with a status that refuses, and nowhere else."""
    if inference.subclasses(program, cls):
        return False
    sites = [
        site
        for spoken in program.names_of(cls.name)
        for site in program.calls_spoken(spoken)
        if not site.scope.module.is_test and _means(program, site, cls)
    ]
    return bool(sites) and all(_is_for_a_refusal(program, site) for site in sites)


def _means(program: Program, site: CallSite, cls: Class) -> bool:
    values = inference.infer(program, site.node.func, program.env(site.scope))
    return any(isinstance(value, ClassRef) and value.cls is cls for value in values)


def _is_for_a_refusal(program: Program, site: CallSite) -> bool:
    """Whether it stands below `if response.status_code == 409:` or its kin."""
    return any(
        isinstance(part, t.If)
        and t.in_block(part.body, site.node)
        and isinstance(part.test, t.Compare)
        and _refuses(program, part.test, site)
        for part in site.enclosing
    )


def _refuses(program: Program, test: t.Compare, site: CallSite) -> bool:
    if len(test.ops) != 1 or test.ops[0] not in _REFUSING:
        return False
    if not isinstance(test.left, t.Attribute) or test.left.attr not in _STATUS:
        return False
    given = test.comparators[0]
    parts = given.items if isinstance(given, t.Sequence) else (given,)
    env = program.env(site.scope)
    values = [value for part in parts for value in inference.infer(program, part, env)]
    least = _REFUSING[test.ops[0]]
    return bool(values) and all(
        isinstance(value, Const) and isinstance(value.value, int) and value.value >= least
        for value in values
    )
