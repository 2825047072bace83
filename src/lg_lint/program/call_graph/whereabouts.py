"""What the program was looked at for when a question broke off."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from lg_lint.program.call_graph.execution import CallNode
from lg_lint.program.scopes import Scope
from lg_lint.program.values import Env


def looked_at(traceback: TracebackType | None) -> Iterator[Scope]:
    """The functions, classes and modules that the broken calls had in hand, innermost first."""
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    for frame in reversed(frames):
        for value in frame.f_locals.values():
            if isinstance(value, Scope):
                yield value
            elif isinstance(value, Env):
                yield value.scope
            elif isinstance(value, CallNode):
                yield value.function
