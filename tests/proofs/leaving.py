"""What is left of an answer whose client has gone away in the middle of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from .client import QUESTION
from .servers import uvicorn

READ = 2
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Left:
    """The answers that the application had stored some time after the client had left."""

    stored: Sequence[str]


def left(project: Path) -> Left:
    """A client of uvicorn reads two events, goes away, and asks what was stored."""
    with uvicorn(project) as url, httpx.Client(trust_env=False, timeout=30) as client:
        with client.stream("GET", f"{url}/run", params=QUESTION) as answer:
            lines = (line for line in answer.iter_lines() if line)
            for _ in range(READ):
                next(lines)
        end = time.monotonic() + PATIENCE_SECONDS
        stored: list[str] = []
        while not stored and time.monotonic() < end:
            time.sleep(0.2)
            stored = client.get(f"{url}/kept").json()
        return Left(stored)


def show_left(figures: Left) -> str:
    return f"stored: {', '.join(f'`{text}`' for text in figures.stored) or 'nothing'}"


def claim_left(bad: Sequence[Left], good: Sequence[Left]) -> Mapping[str, bool]:
    return {
        "the bad forms store nothing of the answer": not any(each.stored for each in bad),
        "the good forms store what was sent, at least": all(
            text.startswith("ab") for each in good for text in each.stored or [""]
        ),
    }
