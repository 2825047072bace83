"""Which remedy fits a place, and what makes it unsafe."""

from __future__ import annotations

from functools import lru_cache

from lg_lint.base.fix import Fix
from lg_lint.facts import tree as t
from lg_lint.model.blocking.calls import Blocking
from lg_lint.model.graph import GraphRun
from lg_lint.model.graph_analysis.async_support import obstacle
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.tables import response_classes
from lg_lint.program import inference
from lg_lint.program.blocks import takes_coroutines
from lg_lint.program.call_graph.execution import CallPath
from lg_lint.program.scopes import Function, Scope
from lg_lint.program.store import terminal_name
from lg_lint.program.values import External

_OTHER_TWINS = {"stream_events", "transform"}
"""Methods whose async twin takes or gives something else."""


def twin_fix(function: Function, call: t.Node, method: str, twin: str, *, lazy: bool) -> Fix | None:
    """The remedy that calls the async twin of a method instead, where the place allows it.

    `lazy` for methods whose result is iterated.
    """
    if not isinstance(call, t.Call) or not isinstance(call.func, t.Attribute):
        return None
    around = enclosing(function, call)
    if call.func.attr != method or twin != f"a{method}" or not _may_await(function, around):
        return None
    if any(isinstance(part, t.Call) and takes_coroutines(part) for part in around):
        return None
    if not lazy:
        return Fix.await_twin(twin).unless(held_lock(around))
    if not around or not _iterates(around, call):
        return None
    return Fix.iterate_twin(twin).unless(held_lock(around))


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
    if not plain or not _may_await(function, around):
        return None
    if not isinstance(around[-1], t.ExprStatement):
        return None
    return Fix.await_sleep().unless(held_lock(around))


def direct_call(project: Project, response: StreamResponse) -> t.Call | None:
    """The call that makes a response of an outside class, where it can be given a keyword more."""
    call = response.site.node
    if not isinstance(call, t.Call) or any(arg.star for arg in call.args):
        return None
    only = call.args[0].value if len(call.args) == 1 else None
    if isinstance(only, t.Comprehension) and only.kind == "generator":
        return None
    made = inference.infer(project.program, call.func, response.site.env)
    known = response_classes()
    return call if all(isinstance(v, External) and v.name in known for v in made) else None


def enclosing(function: Function, node: t.Node) -> list[t.Node]:
    """What lies between a function and a node of its body, outermost first; empty if not there."""
    above = _parents(function)
    around = []
    current = above.get(node)
    while current is not None:
        around.append(current)
        current = above.get(current)
    return around[::-1]


@lru_cache(maxsize=1)
def _parents(function: Function) -> dict[t.Node, t.Node]:
    """The parent of each node of a function's body; kept for the next finding in the function."""
    root = function.node
    above: dict[t.Node, t.Node] = {}
    stack: list[tuple[t.Node, t.Node]] = [
        (root, part) for part in (root.body if isinstance(root, t.FunctionDef) else (root.body,))
    ]
    while stack:
        parent, node = stack.pop()
        above[node] = parent
        stack += [(node, child) for child in t.children(node)]
    return above


def held_lock(around: list[t.Node]) -> str:
    """Why giving up the loop there is not safe: a lock that others would then wait for."""
    for statement in around:
        if isinstance(statement, t.With) and not statement.is_async:
            for item in statement.items:
                if not isinstance(item.context, t.Call):
                    name = terminal_name(item.context) or "a context manager"
                    return f"{name} would be held while the loop does other work"
    return ""


def _is_imported(function: Function, func: t.Expr) -> bool:
    """Whether `sleep` or `time` is a name of the module, and nothing that was handed in."""
    root = func.value if isinstance(func, t.Attribute) else func
    return isinstance(root, t.Name) and root.id not in function.bindings


def _may_await(function: Function, around: list[t.Node]) -> bool:
    """Whether `await` may stand there, and belongs to the function itself."""
    if not function.is_async or not around:
        return False
    inner = around[1:]
    collected = [part for part in inner if isinstance(part, t.Comprehension)]
    return (
        not any(isinstance(part, (t.Lambda, t.FunctionDef, t.ClassDef)) for part in inner)
        and not any(part.kind == "generator" for part in collected)
        and len(collected) <= 1
    )


def _iterates(around: list[t.Node], call: t.Node) -> bool:
    """Whether a `for`, a comprehension or `list(...)` iterates the result there."""
    parent = around[-1]
    if isinstance(parent, t.For):
        return parent.iterable is call and not parent.is_async
    if isinstance(parent, t.Generator):
        return parent.iterable is call and not parent.is_async
    outer = around[-2] if isinstance(parent, t.Arg) else None
    return (
        isinstance(outer, t.Call)
        and isinstance(outer.func, t.Name)
        and outer.func.id == "list"
        and len(outer.args) == 1
        and not outer.args[0].star
    )
