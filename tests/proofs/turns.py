"""Four turns of one client, a request each, and which of them are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .client import QUESTION
from .proof import Form, Proof
from .servers import uvicorn

LG108 = "LG108_loop_bound"
TURNS = 4


@dataclass(frozen=True, slots=True)
class Turns:
    """Whether each turn was answered."""

    answered: tuple[bool, ...]


def turns(project: Path) -> Turns:
    """Ask one server of uvicorn several times."""
    with uvicorn(project) as url:
        texts = [
            httpx.get(f"{url}/run", params=QUESTION, trust_env=False, timeout=30).text
            for _ in range(TURNS)
        ]
    return Turns(tuple("about" in text and "event: error" not in text for text in texts))


def show_turns(figures: Turns) -> str:
    return ", ".join("answered" if each else "an error" for each in figures.answered)


def claim_turns(bad: Sequence[Turns], good: Sequence[Turns]) -> Mapping[str, bool]:
    return {
        "the first turn is answered in all forms": all(f.answered[0] for f in (*bad, *good)),
        "the second one fails in the bad forms": not any(each.answered[1] for each in bad),
        "the good forms answer all": all(all(each.answered) for each in good),
    }


TURN_BY_TURN: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG108",
        title="Four turns, each with an event loop of its own",
        bad=(
            Form(f"{LG108}/bad", "a shared `httpx.AsyncClient`", turns),
            Form(f"{LG108}/bad_saver", "a shared AsyncSqliteSaver", turns),
        ),
        good=(
            Form(f"{LG108}/good_loop", "one loop, which a thread keeps", turns),
            Form(f"{LG108}/good_inside", "the client is made in the coroutine", turns),
        ),
        show=show_turns,
        claims=claim_turns,
    ),
)
