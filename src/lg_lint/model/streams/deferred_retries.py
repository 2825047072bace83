"""Retries around calls that only build what runs, and fails, later: they never retry."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import runs_giving
from lg_lint.model.project import Project
from lg_lint.model.retries.retry_helpers import Decoration, Retriers
from lg_lint.model.streams.forwarding import STREAMS
from lg_lint.model.web.tables import response_classes
from lg_lint.program import inference
from lg_lint.program.scopes import Function, Scope
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import ExternalObject, GeneratorOf, Value

_METHODS = runs_giving("chunks", "events")


class DeferredDecoration(Struct, frozen=True):
    """A retry decorator on a function whose call fails at no time, and what that returns.

    `returned` is as messages name it: "a generator", a response's class.
    """

    decoration: Decoration
    returned: str


class UnretriedStream(Struct, frozen=True):
    """A stream of a runnable `made` by with_retry(), which covers invoke and batch alone."""

    made: Site
    call: Site
    method: str


def deferred_decorations(
    project: Project, retriers: Retriers, function: Function
) -> Iterator[DeferredDecoration]:
    """The retry decorators of a function that returns nothing but what runs later.

    A decorator that iterates generators itself retries them, and is left out.
    """
    for decoration in retriers.decorations(function):
        if decoration.retrier.restarts_generators and function.is_generator:
            continue
        generator = "a generator" if function.is_generator else None
        returned = generator or _returned(project.program, function)
        if returned is not None:
            yield DeferredDecoration(decoration, returned)


def _returned(program: Program, function: Function) -> str | None:
    """What a function returns, where all that it returns runs only later."""
    env = program.env(function)
    found: list[str | None] = []
    for expr in function.result_exprs():
        for value in inference.infer(program, expr, env):
            found.append(_late(value))
    names = [name for name in found if name is not None]
    return names[0] if names and len(names) == len(found) else None


def _late(value: Value) -> str | None:
    if isinstance(value, GeneratorOf):
        return "a generator"
    if not isinstance(value, ExternalObject):
        return None
    if value.type in STREAMS:
        return "a stream that has not begun"
    response = response_classes().get(value.type)
    if response is not None and not response.only_iterators:
        return value.type.rpartition(".")[2]
    return None


def unretried_streams(program: Program, scope: Scope) -> Iterator[UnretriedStream]:
    """`runnable.with_retry().astream(...)`, one for each runnable that a call may be of."""
    env = program.env(scope)
    for site in scope.calls:
        func = site.node.func
        if not isinstance(func, t.Attribute) or func.attr not in _METHODS:
            continue
        for value in inference.infer(program, func.value, env):
            made = _retrying(value)
            if made is not None and made.env is not None and made.site is not None:
                yield UnretriedStream(Site(made.site, made.env), Site(site.node, env), func.attr)


def _retrying(value: Value) -> ExternalObject | None:
    """The `with_retry(...)` that a runnable comes from."""
    while isinstance(value, ExternalObject):
        func = value.site.func if isinstance(value.site, t.Call) else None
        if isinstance(func, t.Attribute) and func.attr == "with_retry" and value.base is not None:
            return value
        if value.base is None:
            return None
        value = value.base
    return None
