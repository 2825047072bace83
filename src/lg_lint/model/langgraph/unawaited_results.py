"""Nodes that return a coroutine: a plain function or lambda around an asynchronous call."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.langgraph.runs import methods
from lg_lint.program import inference
from lg_lint.program.call_graph.awaiting import makes_coroutine
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import Env, ExternalMethod, ExternalObject, FunctionRef, Instance, Value

_MODELS = ("chat_models", "language_models", "runnables", "langgraph")


def unawaited_results(program: Program, ref: FunctionRef) -> Iterator[Site]:
    """The calls whose coroutine a function that is no `async def` returns; none of a generator.

    A call counts where all that it may call is asynchronous; of one that is not known, nothing
    is said.
    """
    if ref.function.is_async or ref.function.is_generator:
        return
    env = program.env(
        ref.function, program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    )
    for expr in ref.function.result_exprs():
        for part in _ways(expr):
            if isinstance(part, t.Call) and _is_async(program, part, env):
                yield Site(part, env)


def _ways(expr: t.Expr) -> Iterator[t.Expr]:
    if isinstance(expr, t.IfExp):
        yield from _ways(expr.body)
        yield from _ways(expr.orelse)
    else:
        yield expr


def _is_async(program: Program, call: t.Call, env: Env) -> bool:
    values = inference.infer(program, call.func, env)
    return bool(values) and all(_makes_coroutine(value) for value in values)


def _makes_coroutine(value: Value) -> bool:
    if makes_coroutine(value):
        return True
    if isinstance(value, ExternalMethod) and isinstance(value.receiver, (ExternalObject, Instance)):
        row = methods().get(value.name, {})
        kind = str(getattr(value.receiver, "type", ""))
        known = any(part in kind for part in _MODELS)
        return known and row.get("kind") == "async" and not row.get("lazy")
    return False
