"""Which remedy fits a call that waits, and what makes it unsafe."""

from __future__ import annotations

from lg_lint.base.fix import Fix
from lg_lint.facts import tree as t
from lg_lint.model.blocking.calls import Blocking
from lg_lint.model.graph import GraphRun
from lg_lint.model.graph_analysis.async_support import obstacle
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.program.await_places import (
    enclosing,
    held_lock,
    is_given_as_coroutine,
    is_iterated,
    may_await,
)
from lg_lint.program.call_graph.execution import CallPath
from lg_lint.program.scopes import Function, Scope
from lg_lint.program.store import terminal_name

_OTHER_TWINS = {"stream_events", "transform"}
"""Methods whose async twin takes or gives something else."""


def twin_fix(function: Function, call: t.Node, method: str, twin: str, *, lazy: bool) -> Fix | None:
    """The remedy that calls the async twin of a method instead, where the place allows it.

    `lazy` for methods whose result is iterated.
    """
    if not isinstance(call, t.Call) or not isinstance(call.func, t.Attribute):
        return None
    around = enclosing(function, call)
    if call.func.attr != method or twin != f"a{method}" or not may_await(function, around):
        return None
    if is_given_as_coroutine(around):
        return None
    if not lazy:
        return _unless_locked(Fix.await_twin(twin), around)
    return _unless_locked(Fix.iterate_twin(twin), around) if is_iterated(around, call) else None


def run_fix(project: Project, scope: Scope, call: t.Node, run: GraphRun) -> Fix | None:
    """The remedy that runs a graph asynchronously, where it stands in an async function."""
    if not isinstance(scope, Function) or run.method in _OTHER_TWINS:
        return None
    row = methods()[run.method]
    lazy = bool(row.get("lazy"))
    remedy = twin_fix(scope, call, run.method, str(row["twin"]), lazy=lazy)
    return remedy.unless(obstacle(project.program, run)) if remedy is not None else None


def wait_fix(chain: CallPath, blocking: Blocking) -> Fix | None:
    """The remedy that awaits the async twin of a call that waits, where the frame itself makes it.

    For a `time.sleep`, the one that awaits asyncio.sleep.
    """
    function, call = chain.start.function, chain.sink
    if chain.edges or not isinstance(call, t.Call):
        return None
    if blocking.kind == "sleep":
        return sleep_fix(function, call)
    method = terminal_name(call.func) or ""
    if blocking.cure != f"a{method}" or method == "transform":
        return None
    lazy = method in ("stream", "batch_as_completed")
    remedy = twin_fix(function, call, method, blocking.cure, lazy=lazy)
    unseen = "" if blocking.certain else "what it calls cannot be seen in full"
    if not blocking.awaitable:
        unseen = f"{blocking.cure}() is not known to be a coroutine"
    return remedy.unless(unseen) if remedy is not None else None


def sleep_fix(function: Function, call: t.Node) -> Fix | None:
    """The remedy that awaits asyncio.sleep, where the sleep is a statement of an async function."""
    around = enclosing(function, call)
    if not isinstance(call, t.Call) or not _is_imported(function, call.func):
        return None
    plain = len(call.args) == 1 and not call.args[0].star and call.args[0].keyword is None
    if not plain or not may_await(function, around):
        return None
    if not isinstance(around[-1], t.ExprStatement):
        return None
    return _unless_locked(Fix.await_sleep(), around)


def _unless_locked(fix: Fix, around: list[t.Node]) -> Fix:
    """Giving up the loop while a lock is held is not safe: others would then wait for it."""
    name = held_lock(around)
    return fix.unless(f"{name} would be held while the loop does other work" if name else "")


def _is_imported(function: Function, func: t.Expr) -> bool:
    """Whether `sleep` or `time` is a name of the module, and nothing that was handed in."""
    root = func.value if isinstance(func, t.Attribute) else func
    return isinstance(root, t.Name) and root.id not in function.bindings
