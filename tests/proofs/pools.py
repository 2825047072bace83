"""What is left of a pool of three connections while three answers stream."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from .client import QUESTION
from .servers import uvicorn

STREAMS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What another route answered while the streams were open, and how long it took."""

    status: int
    seconds: float


def asked(project: Path) -> Asked:
    """Three clients of uvicorn read one event each, and a fourth asks another route."""
    with uvicorn(project) as url, ExitStack() as stack:
        client = stack.enter_context(httpx.Client(trust_env=False, timeout=30))
        streams = []  # a generator that nothing keeps is closed, and its connection with it
        for _ in range(STREAMS):
            answer = stack.enter_context(client.stream("GET", f"{url}/run", params=QUESTION))
            lines = answer.iter_lines()
            next(lines)
            streams.append(lines)
        begun = time.monotonic()
        status = client.get(f"{url}/other").status_code
        return Asked(status, time.monotonic() - begun)


def show_asked(figures: Asked) -> str:
    return f"status {figures.status} after {figures.seconds:.2f} s"


def claim_asked(bad: Sequence[Asked], good: Sequence[Asked]) -> Mapping[str, bool]:
    return {
        "another route fails while the bad forms stream": all(each.status == 500 for each in bad),
        "and answers while the good forms do": all(each.status == 200 for each in good),
        "in less than half of the time": all(
            calm.seconds < hurt.seconds / 2 for calm in good for hurt in bad
        ),
    }
