"""The proofs of rules about clients: the project's own client asks its own server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .measures import printed
from .proof import Form, Proof
from .servers import uvicorn

LG403 = "LG403_client_retry"
LG509 = "LG509_client_timeout"


@dataclass(frozen=True, slots=True)
class Call:
    """What one call of a client came to."""

    received: Sequence[str]
    error: str
    """The name of the exception that ended it, or nothing."""

    runs: int
    """How often the server ran its graph."""


def called(project: Path) -> Call:
    """The project's client asks its server once."""
    with uvicorn(project) as url:
        answer = json.loads(printed(project, "calling.py", url))
        return Call(**answer, runs=httpx.get(f"{url}/runs", trust_env=False).json())


def events(call: Call) -> str:
    return f"{len(call.received)} event{'' if len(call.received) == 1 else 's'}"


def show_runs(call: Call) -> str:
    return f"{call.runs} run{'' if call.runs == 1 else 's'} of the graph, {events(call)}"


def claim_runs(bad: Sequence[Call], good: Sequence[Call]) -> Mapping[str, bool]:
    return {
        "the bad forms make the server run its graph again": all(call.runs > 1 for call in bad),
        "the good forms leave it at one run": all(call.runs == 1 for call in good),
    }


def show_call(call: Call) -> str:
    return f"{events(call)}, then `{call.error}`" if call.error else events(call)


def claim_cut(bad: Sequence[Call], good: Sequence[Call]) -> Mapping[str, bool]:
    whole = min(len(call.received) for call in good)
    return {
        "the bad forms get the first event, and then time out": all(
            call.received and "Timeout" in call.error for call in bad
        ),
        "the good forms get more, and no error": all(
            len(call.received) > len(cut.received) and not call.error
            for call in good
            for cut in bad
        ),
        "all good forms get the same": {len(call.received) for call in good} == {whole},
    }


CLIENTS: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG403",
        title="A client that sends a streamed request again",
        bad=(
            Form(f"{LG403}/bad", "a loop around `httpx.stream`, after a break", called),
            Form(f"{LG403}/bad_adapter", "`HTTPAdapter(max_retries=3)`, a silent GET", called),
        ),
        good=(
            Form(f"{LG403}/good", "the loop gives up once something arrived", called),
            Form(f"{LG403}/good_transport", "`httpx.HTTPTransport(retries=3)`", called),
            Form(f"{LG403}/good_post", "the adapter, a silent POST", called),
        ),
        show=show_runs,
        claims=claim_runs,
    ),
    Proof(
        rule="LG509",
        title="A client that gives up while a node is silent",
        bad=(
            Form(f"{LG509}/bad", "`httpx.Timeout(10, read=1)`", called),
            Form(f"{LG509}/bad_total", "`aiohttp.ClientTimeout(total=1)`", called),
        ),
        good=(
            Form(f"{LG509}/good", "`read=None`", called),
            Form(f"{LG509}/good_total", "`total=None`", called),
        ),
        show=show_call,
        claims=claim_cut,
    ),
)
