"""The proofs of rules about servers: the command of a project's own Procfile starts it."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .claims import claim_arrival, show_arrival
from .client import Stream, watch
from .proof import Form, Proof
from .servers import procfile

LG303 = "LG303_compressed"
LG312 = "LG312_wrong_iterator"
LG501 = "LG501_many_workers"
LG502 = "LG502_sync_worker"
LG503 = "LG503_worker_timeout"

TURNS = 12
MOST_TURNS = 300
CLIENTS = 3


@dataclass(frozen=True, slots=True)
class Turns:
    """A thread that goes on from turn to turn, each by a connection of its own."""

    asked: int
    remembered: int
    """Turns at which all turns before were known."""

    processes: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A client of a stream: seconds until its first and last event, since all began to ask."""

    first: float
    last: float
    events: int
    error: str


def arrival(project: Path) -> Stream:
    """One client of the project's own server."""
    with procfile(project) as url:
        return watch(url)


def turns(project: Path) -> Turns:
    """Ask for turns of one thread until two processes have answered, or often enough."""
    remembered, processes = 0, set()
    with procfile(project) as url:
        for turn in range(1, MOST_TURNS + 1):
            answer = httpx.get(
                f"{url}/run", params={"thread": "a", "turn": str(turn)}, trust_env=False
            )
            known = json.loads(answer.text.strip().rpartition("data: ")[2])
            remembered += known["turns"] == turn
            processes.add(known["process"])
            if turn >= TURNS and (len(processes) > 1 or turn >= 4 * TURNS):
                break
    return Turns(turn, remembered, len(processes))


def arrivals(project: Path) -> list[Arrival]:
    """Several clients that ask at once."""
    with procfile(project) as url, ThreadPoolExecutor(CLIENTS) as pool:
        start = time.monotonic()
        return list(pool.map(lambda _: client(url, start), range(CLIENTS)))


def alone(project: Path) -> list[Arrival]:
    """One client."""
    with procfile(project) as url:
        return [client(url)]


def client(
    url: str, start: float | None = None, after_first: Callable[[], None] | None = None
) -> Arrival:
    """A client that reads to the end; `after_first` is done once its first event has come."""
    start = time.monotonic() if start is None else start
    times: list[float] = []
    error = ""
    try:
        with httpx.stream("GET", f"{url}/run", timeout=60, trust_env=False) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    times.append(time.monotonic() - start)
                    if after_first is not None and len(times) == 1:
                        after_first()
    except httpx.HTTPError as problem:
        error = type(problem).__name__
    return Arrival(times[0], times[-1], len(times), error)


def show_turns(found: Turns) -> str:
    more = "" if found.processes == 1 else "es"
    return f"{found.remembered} of {found.asked} turns know all before, {found.processes} process{more}"


def claim_turns(bad: Sequence[Turns], good: Sequence[Turns]) -> Mapping[str, bool]:
    return {
        "several processes answer in the bad form, and some turns have forgotten others": all(
            each.processes > 1 and each.remembered < each.asked for each in bad
        ),
        "one process answers in the good form, and each turn knows all": all(
            each.processes == 1 and each.remembered == each.asked for each in good
        ),
    }


def show_waits(found: Sequence[Arrival]) -> str:
    firsts = ", ".join(f"{each.first:.1f}" for each in sorted(found, key=lambda each: each.first))
    return f"first events at {firsts} s"


def _is_in_turn(found: Sequence[Arrival]) -> bool:
    """Whether each client gets its first event after the last one of the client before."""
    order = sorted(found, key=lambda each: each.first)
    return all(one.last <= two.first for one, two in itertools.pairwise(order))


def claim_waits(
    bad: Sequence[Sequence[Arrival]], good: Sequence[Sequence[Arrival]]
) -> Mapping[str, bool]:
    return {
        "the bad form serves one client after the other": all(map(_is_in_turn, bad)),
        "in the good form all have their first event before anyone has the last": all(
            max(each.first for each in found) < min(each.last for each in found) for found in good
        ),
    }


def show_end(found: Sequence[Arrival]) -> str:
    (one,) = found
    return f"{one.events} events, {one.error or 'complete'}"


def claim_end(
    bad: Sequence[Sequence[Arrival]], good: Sequence[Sequence[Arrival]]
) -> Mapping[str, bool]:
    whole = max(found[0].events for found in good)
    return {
        "the bad form is cut, though events flow": all(
            0 < found[0].events < whole and found[0].error for found in bad
        ),
        "the good forms are complete": all(
            found[0].events == whole and not found[0].error for found in good
        ),
    }


WORKERS: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG303",
        title="A stream that a library compresses, for a client that accepts gzip",
        bad=(
            Form(f"{LG303}/bad_django", "Django's GZipMiddleware, a plain generator", arrival),
            Form(f"{LG303}/bad_aiohttp", "`enable_compression()` of aiohttp", arrival),
        ),
        good=(
            Form(f"{LG303}/good_identity", "`Content-Encoding: identity`", arrival),
            Form(f"{LG303}/good_aiohttp", "aiohttp without compression", arrival),
        ),
        show=show_arrival,
        claims=claim_arrival,
    ),
    Proof(
        rule="LG312",
        title="A stream of Django, and a server of the other kind",
        bad=(
            Form(f"{LG312}/bad_plain", "a plain generator under uvicorn", arrival),
            Form(f"{LG312}/bad_async", "an async generator under gunicorn", arrival),
        ),
        good=(
            Form(f"{LG312}/good_async", "an async generator under uvicorn", arrival),
            Form(f"{LG312}/good_plain", "a plain generator under gunicorn", arrival),
        ),
        show=show_arrival,
        claims=claim_arrival,
    ),
    Proof(
        rule="LG501",
        title="A thread in the memory of one of two processes",
        bad=(Form(f"{LG501}/bad", "`uvicorn --workers 2`, InMemorySaver", turns),),
        good=(Form(f"{LG501}/good", "one process", turns),),
        show=show_turns,
        claims=claim_turns,
    ),
    Proof(
        rule="LG502",
        title="Three clients of a sync worker",
        bad=(Form(f"{LG502}/bad", "`gunicorn app:app`", arrivals),),
        good=(Form(f"{LG502}/good", "`gunicorn --threads 4 app:app`", arrivals),),
        show=show_waits,
        claims=claim_waits,
    ),
    Proof(
        rule="LG503",
        title="A stream that takes longer than the worker's timeout",
        bad=(Form(f"{LG503}/bad", "a sync worker, `--timeout 2`", alone),),
        good=(
            Form(f"{LG503}/good", "`--timeout 2 --threads 4`", alone),
            Form(f"{LG503}/good_without_timeout", "a sync worker, `--timeout 0`", alone),
        ),
        show=show_end,
        claims=claim_end,
    ),
    Proof(
        rule="LG503",
        title="A worker for ASGI whose event loop stands still for longer than its timeout",
        bad=(Form(f"{LG503}/bad_loop", "`time.sleep(6)` and `--timeout 2`", alone),),
        good=(Form(f"{LG503}/good_loop", "`await asyncio.sleep(6)` and `--timeout 2`", alone),),
        show=show_end,
        claims=claim_end,
    ),
)
