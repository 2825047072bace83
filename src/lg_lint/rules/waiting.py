"""How LG103 tells a wait: what its users see, what makes it, and what to write instead."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.model.blocking import Blocking
from lg_lint.model.project import Project
from lg_lint.model.sleeps import seconds_of, told_length
from lg_lint.program.execution import Chain

_UNTIL = {
    "model": "until the model has answered",
    "http": "for a round trip over the network",
    "database": "for a round trip to the database",
    "session": "until the other side is done",
    "process": "until another process is done",
    "wait": "until another thread is done",
}


def message_of(project: Project, chain: Chain, blocking: Blocking, more: int) -> str:
    """What is seen, and then what waits."""
    through = f" through {chain.last.function.qualname}()" if chain.edges else ""
    hold = f" and {more} more hold" if more else " holds"
    what = f"{blocking.title}{through}{hold} the event loop"
    length = _length(project, chain, blocking)
    if blocking.kind == "model":
        return (
            f"the tokens come out together at the end, and every other stream stands still: {what} "
            f"{length}"
        )
    return f"every stream of the process stands still {length}: {what}"


def _length(project: Project, chain: Chain, blocking: Blocking) -> str:
    if blocking.kind == "sleep" and isinstance(chain.sink, t.Call):
        return told_length(seconds_of(project.program, chain.sink, chain.last.env))
    return _UNTIL.get(blocking.kind, "for its whole time")


def help_of(blocking: Blocking, chain: Chain) -> str:
    if chain.edges:
        helper = chain.edges[0].target.function.name
        return (
            f"in this line, write `await asyncio.to_thread({helper}, ...)`, which waits in a "
            f"thread, or make {helper}() async and await it"
        )
    thread = "`await asyncio.to_thread(function, ...)`, which waits in a thread"
    cure = blocking.cure
    if cure == "asyncio.to_thread":
        return f"in this line, write {thread}"
    twin = f"`await ....{cure}(...)`" if cure.isidentifier() else cure
    return f"in this line, use {twin}, or write {thread}"
