"""How rules tell a wait: what its users see, what makes it, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Step
from lg_lint.model.blocking.call_places import hands_on, written_callee, written_receiver
from lg_lint.model.blocking.calls import Blocking
from lg_lint.model.blocking.connections import makes, source_of
from lg_lint.model.blocking.graph_sleeps import seconds_of
from lg_lint.model.blocking.waits import Waits
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallPath
from lg_lint.rules.telling.chains import call_steps

_UNTIL = {
    "model": "until the model has answered",
    "http": "for a round trip over the network",
    "database": "for a round trip to the database",
    "session": "until the other side is done",
    "process": "until another process is done",
    "wait": "until another thread is done",
}

_GIVEN = {
    "model": ("makes the client", "gets the client"),
    "http": ("makes the client", "gets the client"),
    "database": ("opens the connection", "gets the connection"),
    "session": ("opens the connection", "gets the connection"),
}
"""What a trace says of the call that makes, or hands out, what another call waits on."""


def message_of(
    project: Project, chain: CallPath, blocking: Blocking, more: int, *, streams: bool
) -> str:
    """What is seen, and then what waits; `streams` where the tokens of a model go to a client."""
    through = f" through {chain.last.function.qualname}()" if chain.edges else ""
    hold = f" and {more} more hold" if more else " holds"
    what = f"{blocking.title}{through}{hold} the event loop"
    length = _length(project, chain, blocking)
    if blocking.kind == "model" and streams:
        return (
            f"the tokens come out together at the end, and every other stream stands still: {what} "
            f"{length}"
        )
    return f"every stream and request of the process stands still {length}: {what}"


def _length(project: Project, chain: CallPath, blocking: Blocking) -> str:
    if blocking.kind == "sleep":
        return duration(seconds_of(project.program, chain))
    return _UNTIL.get(blocking.kind, "for its whole time")


def duration(seconds: float | None) -> str:
    """How long something takes, as messages say it: "for 2 s"."""
    return "for a time that is not known" if seconds is None else f"for {seconds:g} s"


def wait_steps(
    project: Project, waits: Waits, worst: CallPath, others: list[CallPath]
) -> Iterator[Step]:
    """The calls that wait, the worst first, each after the one that gives what it waits on."""
    shown = set()
    for chain in (worst, *others):
        if chain is not worst and len(chain.edges) > 1:
            yield from list(call_steps(project, chain.start, chain.edges))[-1:]
        state, blocking = chain.last, waits.at_end_of(chain)
        module, source = state.function.module, source_of(state, chain.sink)
        if blocking.kind in _GIVEN and source is not None and source not in shown:
            shown.add(source)
            opens_it = makes(project.program, state, source)
            message = _GIVEN[blocking.kind][0 if opens_it else 1]
            yield Step(project.place(module, source.span), message)
        too = "" if chain is worst else " too"
        yield Step(project.place(module, chain.sink.span), f"{blocking.title} waits here{too}")


def help_of(project: Project, chain: CallPath, blocking: Blocking, *, alone: bool) -> str:
    """What to write; `alone` where it is one call that waits, not several on a connection."""
    if chain.edges:
        helper = chain.edges[0].target.function.name
        thread = f"in this line, write {in_thread(project, chain)}, which waits in a thread"
        if helper.startswith("__"):
            return thread
        return f"{thread}, or make {helper}() async and await it"
    thread = f"{in_thread(project, chain)}, which waits in a thread"
    if not alone:
        thread = "`await asyncio.to_thread(function, ...)` for a plain function of all that waits"
    cure = blocking.cure
    if cure == "asyncio.to_thread":
        return f"in this line, write {thread}"
    twin = (
        f"`await {written_receiver(chain.sink) or '...'}.{cure}(...)`"
        if cure.isidentifier()
        else cure
    )
    return f"in this line, use {twin}, or write {thread}"


def in_thread(project: Project, chain: CallPath) -> str:
    """The call in the frame as it would stand, spelled as it is where it has a plain name."""
    if not chain.edges:
        spelled = written_callee(chain.sink) or "function"
        return f"`await asyncio.to_thread({spelled}, ...)`"
    call, helper = chain.edges[0].node, chain.edges[0].target.function.name
    spelled = helper if hands_on(project.program, chain) else written_callee(call) or helper
    return f"`await asyncio.to_thread({spelled}, ...)`"
