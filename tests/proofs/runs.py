"""What a client is sent of a run, where the project is a graph and nothing else."""

from __future__ import annotations

import atexit
import functools
import itertools
import json
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .client import Stream, listen
from .servers import uvicorn

SERVER = Path(__file__).parent / "graph_server"

_threads = itertools.count()
_starting = threading.Lock()
_servers = ExitStack()
atexit.register(_servers.close)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a graph, as its client saw it."""

    nodes: tuple[str, ...]
    """All that the graph has."""

    ran: tuple[str, ...]
    """The nodes whose updates arrived, in order."""

    states: tuple[Mapping[str, Any], ...]
    interrupts: int
    error: str
    """The name of the exception that ended the stream, or nothing."""

    broken: bool

    @property
    def last(self) -> Mapping[str, Any]:
        return self.states[-1]


@dataclass(frozen=True, slots=True)
class Pause:
    """A run that should wait for a person, and the one that brings the answer."""

    asked: Run
    answered: Run


@dataclass(frozen=True, slots=True)
class Write:
    """What became of a node's write to a key of the state."""

    key: str
    before: Any
    """What the key held before the run; None where it held nothing."""

    after: Any
    """What a later reader finds: at the end of the run, or in the next turn of its thread."""

    run: Run


def streamed(state: Mapping[str, Any], *, limit: int | None = None) -> Callable[[Path], Run]:
    """One run of the project's graph, with LangGraph's own limit of steps or this one."""

    def measure(project: Path) -> Run:
        given = {"state": json.dumps(state)} | ({"limit": str(limit)} if limit is not None else {})
        return _run(project, _thread(), **given)

    return measure


def asked_and_answered(state: Mapping[str, Any], answer: str) -> Callable[[Path], Pause]:
    """A run, then another on its thread that resumes it."""

    def measure(project: Path) -> Pause:
        thread = _thread()
        asked = _run(project, thread, state=json.dumps(state))
        return Pause(asked, _run(project, thread, resume=answer))

    return measure


def written(
    state: Mapping[str, Any], key: str, *, next_turn: Mapping[str, Any] | None = None
) -> Callable[[Path], Write]:
    """What `key` holds after a run: in its last state, or in the first one of the next turn."""

    def measure(project: Path) -> Write:
        thread = _thread()
        run = _run(project, thread, state=json.dumps(state))
        seen = run.last
        if next_turn is not None:
            seen = _run(project, thread, state=json.dumps(next_turn)).states[0]
        return Write(key, state.get(key), seen.get(key), run)

    return measure


def _thread() -> str:
    return str(next(_threads))


def _server() -> str:
    """The address of the one server that all these runs share: its start takes longest."""
    with _starting:
        return _started()


@functools.cache
def _started() -> str:
    return _servers.enter_context(uvicorn(SERVER))


def _run(project: Path, thread: str, **given: str) -> Run:
    (source,) = project.glob("*.py")
    return _read(listen(_server(), {"source": str(source), "thread": thread, **given}))


def _read(stream: Stream) -> Run:
    sent: dict[str, list[Any]] = {"nodes": [], "updates": [], "values": [], "error": [], "end": []}
    for text in stream.texts:
        event, _, data = text.partition("\ndata: ")
        sent[event.removeprefix("event: ")].append(json.loads(data))
    names = [name for update in sent["updates"] for name in update]
    return Run(
        nodes=tuple(sent["nodes"][0]),
        ran=tuple(name for name in names if name != "__interrupt__"),
        states=tuple(sent["values"]),
        interrupts=names.count("__interrupt__"),
        error="".join(sent["error"]),
        broken=stream.broken,
    )
