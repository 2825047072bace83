"""Which calls of a frame run in its own turn of the loop, each time anew."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.blocking.sync_runs import stays_on_loop
from lg_lint.program.call_graph.execution import CallEdge, CallNode
from lg_lint.program.store import terminal_name

_CACHES = names("cache_decorators")


def stays_in_frame(state: CallNode, edge: CallEdge) -> bool:
    """Whether a call leads to a plain function that the frame waits for, each time it calls."""
    function = edge.target.function
    return (
        stays_on_loop(state, edge)
        and not any(_is_cache(decorator) for decorator in function.decorators)
        and not _is_overridden(state, edge)
    )


def _is_cache(decorator: t.Expr) -> bool:
    return terminal_name(decorator.func if isinstance(decorator, t.Call) else decorator) in _CACHES


def _is_overridden(state: CallNode, edge: CallEdge) -> bool:
    """Whether `self.x()` leads to a subclass that has its own form of the calling method."""
    own, other = state.function.cls, edge.target.function.cls
    if own is None or other is None or other is own or not isinstance(edge.node, t.Call):
        return False
    func = edge.node.func
    through_self = (
        isinstance(func, t.Attribute)
        and isinstance(func.value, t.Name)
        and func.value.id == state.function.self_name
    )
    return through_self and other.method(state.function.name) is not None
