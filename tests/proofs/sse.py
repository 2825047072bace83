"""What a client that follows the SSE specification reads of a streaming route."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import httpx
from httpx_sse import SSEError, connect_sse

from .client import LIMIT_SECONDS, QUESTION
from .servers import uvicorn


@dataclass(frozen=True, slots=True)
class Reading:
    """One streamed answer, event by event."""

    refused: bool
    """Whether the client refused the answer as none that holds events."""

    data: tuple[str, ...]

    @property
    def encoded(self) -> list[str]:
        """The data that is JSON."""
        return [data for data in self.data if _is_json(data)]

    @property
    def text(self) -> str:
        """The tokens joined, decoded where all of them are JSON."""
        decode = json.loads if self.encoded == list(self.data) else str
        return "".join(str(decode(data)) for data in self.data)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def read_events(project: Path) -> Reading:
    """What httpx-sse reads of `/run`."""
    client = httpx.Client(trust_env=False, timeout=LIMIT_SECONDS)
    with (
        uvicorn(project) as url,
        client,
        connect_sse(client, "GET", f"{url}/run", params=QUESTION) as source,
    ):
        try:
            return Reading(False, tuple(event.data for event in source.iter_sse()))
        except SSEError:
            return Reading(True, ())
