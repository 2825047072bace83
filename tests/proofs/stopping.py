"""The proofs of a server that ends while it streams: told to stop, or replaced after requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from .proof import Form, Proof
from .servers import procfile, stoppable
from .workers import Arrival, claim_end, client, show_end

LG510 = "LG510_recycling"
FEW = "`--max-requests 40 --timeout 4`"
REQUESTS = 50
"""More requests than the commands of the cases allow a worker."""


def stopped(project: Path) -> list[Arrival]:
    """A client whose server is told to stop after the first event."""
    with stoppable(project) as (url, stop):
        return [client(url, after_first=stop)]


def replaced(project: Path) -> list[Arrival]:
    """A client while others bring its worker to the number of requests that it serves."""
    with procfile(project) as url:
        return [client(url, after_first=_asking(url))]


def _asking(url: str) -> Callable[[], None]:
    def ask() -> None:
        for _ in range(REQUESTS):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{url}/ping", trust_env=False, timeout=0.2)

    return ask


STOPPING: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG510",
        title="A server that is stopped in the middle of a stream",
        bad=(Form(f"{LG510}/bad", "`uvicorn --timeout-graceful-shutdown 2`", stopped),),
        good=(Form(f"{LG510}/good", "`--timeout-graceful-shutdown 60`", stopped),),
        show=show_end,
        claims=claim_end,
    ),
    Proof(
        rule="LG510",
        title="A worker that is replaced in the middle of a stream",
        bad=(
            Form(f"{LG510}/bad_requests", f"gunicorn, worker of uvicorn, {FEW}", replaced),
            Form(f"{LG510}/bad_asgi", f"gunicorn, `-k asgi`, {FEW}", replaced),
        ),
        good=(
            Form(f"{LG510}/good_requests", "worker of uvicorn, `--timeout 60`", replaced),
            Form(f"{LG510}/good_uvicorn", "`uvicorn --limit-max-requests 40`", replaced),
        ),
        show=show_end,
        claims=claim_end,
    ),
)
