"""What starts an event loop of its own: `asyncio.run(f())`, `anyio.run(f)`, `async_to_sync(f)`."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Unknown,
    Value,
    Values,
    behind_partials,
)

_DISTINCT = "run_until_complete"
"""A name that only loops have: it counts on what is not known, too."""


def starters(program: Program) -> list[str]:
    """The last names of all that starts a loop."""
    return sorted({name.rpartition(".")[2] for name in program.types.own_loops})


def handed(program: Program, call: t.Call, callees: Values) -> t.Expr | None:
    """The coroutine, or the function that makes it, that a call runs on a loop of its own."""
    if not any(_starts(program, callee, call) for callee in callees):
        return None
    first = call.args[0] if call.args else None
    return first.value if first is not None and not first.star else None


def functions(program: Program, expr: t.Expr, env: Env) -> Iterator[FunctionRef]:
    """The functions that such an argument means, where it is no call that makes a coroutine."""
    if isinstance(expr, t.Call) and terminal_name(expr.func) != "partial":
        return
    for value in inference.infer(program, expr, env):
        meant = behind_partials(value)
        if isinstance(meant, FunctionRef):
            yield meant


def _starts(program: Program, callee: Value, call: t.Call) -> bool:
    if isinstance(callee, FunctionRef):
        return False
    if isinstance(callee, External):
        return callee.name in program.types.own_loops
    receiver = callee.receiver if isinstance(callee, ExternalMethod) else None
    if isinstance(receiver, ExternalObject) and isinstance(callee, ExternalMethod):
        return program.types.own_loop_method(receiver.type, callee.name) or _is_distinct(call)
    return isinstance(callee, (Unknown, ExternalMethod)) and _is_distinct(call)


def _is_distinct(call: t.Call) -> bool:
    return terminal_name(call.func) == _DISTINCT
