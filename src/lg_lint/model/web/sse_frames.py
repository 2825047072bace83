"""Which generator makes the frames of an event stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Const, Container, Env, FunctionRef, Values

_FRAME = re.compile(r"\s*(data|event|id|retry):|:")
_SAME_TEXT = {"encode", "format", "lstrip", "replace"}
_MAX_DEPTH = 4


class SseFrame(Struct, frozen=True):
    """A `yield` whose value starts like a server-sent event."""

    generator: FunctionRef
    node: t.Yield


def event_frame(program: Program, generators: Iterable[FunctionRef]) -> SseFrame | None:
    """The first event frame that reaches the client: of the outermost generator that makes its own.

    A generator that only passes on what it iterates is looked through. What a handler yields when
    the work has failed does not make a stream of events.
    """
    for ref in generators:
        failing = in_handlers(ref.function)
        for frame in _frames(program, ref):
            if frame.node not in failing:
                return frame
        if not passes_on(ref.function):
            return None
    return None


def in_handlers(function: Function) -> set[t.Node]:
    """The yields of a function that stand in an `except`."""
    return {
        node
        for statement in t.walk(function.node)
        if isinstance(statement, t.Try)
        for handler in statement.handlers
        for part in handler.body
        for node in t.walk(part)
        if isinstance(node, t.Yield)
    }


def element_frame(program: Program, values: Values) -> Site | None:
    """The element of a generator expression that starts like a server-sent event."""
    for site in elements(values):
        if any(_FRAME.match(text) for text in leading_texts(program, site.node, site.env)):  # type: ignore[arg-type]
            return site
    return None


def elements(values: Values) -> Iterator[Site]:
    """What the generator expressions among some values give, with where that stands."""
    for value in values:
        node = value.node if isinstance(value, Container) else None
        if isinstance(node, t.Comprehension) and node.kind == "generator":
            assert isinstance(value, Container)
            yield Site(node.element, value.env)


def makes_only_frames(program: Program, ref: FunctionRef) -> bool:
    """Whether everything that a generator yields itself starts like a server-sent event."""
    return len(list(_frames(program, ref))) == len(ref.function.yields)


def passes_on(function: Function) -> bool:
    """Whether every `yield` hands on an item of what the function iterates, but for handlers'."""
    failing = in_handlers(function)
    return all(
        item.delegates or item in failing or _is_element(function, item.value)
        for item in function.yields
    )


def maker(generators: Iterable[FunctionRef]) -> Function:
    """The generator that makes the chunks: the outermost that does more than pass them on.

    The innermost where all pass them on; there is at least one generator.
    """
    functions = [ref.function for ref in generators]
    return next((item for item in functions if not passes_on(item)), functions[-1])


def _is_element(function: Function, value: t.Expr | None) -> bool:
    if not isinstance(value, t.Name):
        return False
    bindings = function.bindings.get(value.id, ())
    return bool(bindings) and all(binding.kind == "element" for binding in bindings)


def _frames(program: Program, ref: FunctionRef) -> Iterator[SseFrame]:
    env = program.env(ref.function)
    for item in ref.function.yields:
        if item.value is None or item.delegates:
            continue
        if any(_FRAME.match(text) for text in leading_texts(program, item.value, env)):
            yield SseFrame(ref, item)


def leading_texts(program: Program, expr: t.Expr, env: Env, depth: int = 0) -> Iterator[str]:
    """The literal texts that a value may start with."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(expr, t.Constant):
        yield from _text(expr.value)
    elif isinstance(expr, t.JoinedString):
        if expr.parts:
            yield from leading_texts(program, expr.parts[0], env, depth + 1)
    elif isinstance(expr, t.BinOp):
        yield from leading_texts(program, expr.left, env, depth)
    elif isinstance(expr, t.IfExp):
        yield from leading_texts(program, expr.body, env, depth)
        yield from leading_texts(program, expr.orelse, env, depth)
    elif isinstance(expr, t.Call):
        yield from _of_call(program, expr, env, depth)
    elif isinstance(expr, t.Name):
        yield from _of_name(program, expr, env, depth)


def _of_call(program: Program, call: t.Call, env: Env, depth: int) -> Iterator[str]:
    if isinstance(call.func, t.Attribute) and terminal_name(call.func) in _SAME_TEXT:
        yield from leading_texts(program, call.func.value, env, depth)
        return
    for callee in inference.infer(program, call.func, env):
        if isinstance(callee, FunctionRef):
            inner = program.env(callee.function)
            for expr in callee.function.result_exprs():
                yield from leading_texts(program, expr, inner, depth + 1)


def _of_name(program: Program, name: t.Name, env: Env, depth: int) -> Iterator[str]:
    bindings = env.scope.bindings.get(name.id, ())
    assigned = [item.value for item in bindings if item.kind == "assign" and not item.unpack]
    for value in assigned:
        if value is not None:
            yield from leading_texts(program, value, env, depth + 1)
    if not bindings:
        for item in inference.infer(program, name, env):
            if isinstance(item, Const):
                yield from _text(item.value)


def _text(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("latin-1")
