"""A client of a streaming route: when events arrive, how it ends, who waits meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

PING_PAUSE = 0.01
LIMIT_SECONDS = 60.0
QUESTION = {"question": "why"}


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event, and the second after the request at which it was complete."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One streamed answer as its client saw it."""

    status: int
    events: tuple[Event, ...]
    seconds: float
    broken: bool
    """Whether the connection broke, instead of ending as if the answer were complete."""

    longest_ping: float
    """The longest answer time of `/ping`, asked again and again while the stream ran."""

    @property
    def first(self) -> float:
        """When the first event arrived: at the end where none did."""
        return self.events[0].at if self.events else self.seconds

    @property
    def silence(self) -> float:
        """The longest time without an event."""
        times = [0.0, *(event.at for event in self.events), self.seconds]
        return max(after - before for before, after in itertools.pairwise(times))

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events]

    @property
    def repeated(self) -> int:
        """How many events came again."""
        return len(self.texts) - len(set(self.texts))


def watch(url: str) -> Stream:
    """Ask for `/run` at `url` and record what arrives, with pings beside it."""
    return asyncio.run(_watch(url))


def listen(url: str, query: Mapping[str, str]) -> Stream:
    """Ask for `/run` with a query of one's own, and without pings."""
    return asyncio.run(_listen(url, query))


def crowd(url: str, clients: int) -> float:
    """Seconds until the last of so many clients, all asking at once, has its whole answer."""
    return asyncio.run(_crowd(url, clients))


def _client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(trust_env=False, timeout=LIMIT_SECONDS, limits=limits)


async def _watch(url: str) -> Stream:
    async with _client() as client, _client() as other:
        await other.get(f"{url}/ping")
        done = asyncio.Event()
        pings = asyncio.create_task(_longest_ping(other, url, done))
        status, events, seconds, broken = await _read(client, url, QUESTION)
        done.set()
        return Stream(status, tuple(events), seconds, broken, await pings)


async def _listen(url: str, query: Mapping[str, str]) -> Stream:
    async with _client() as client:
        status, events, seconds, broken = await _read(client, url, query)
        return Stream(status, tuple(events), seconds, broken, longest_ping=0.0)


async def _read(
    client: httpx.AsyncClient, url: str, query: Mapping[str, str]
) -> tuple[int, list[Event], float, bool]:
    events: list[Event] = []
    received = ""
    status, broken = 0, False
    start = time.perf_counter()
    try:
        async with client.stream("GET", f"{url}/run", params=query) as response:
            status = response.status_code
            async for text in response.aiter_text():
                at = time.perf_counter() - start
                *complete, received = (received + text).split("\n\n")
                events.extend(Event(at, frame) for frame in complete)
    except httpx.RemoteProtocolError:
        broken = True
    return status, events, time.perf_counter() - start, broken


async def _longest_ping(client: httpx.AsyncClient, url: str, done: asyncio.Event) -> float:
    longest = 0.0
    while not done.is_set():
        start = time.perf_counter()
        await client.get(f"{url}/ping")
        longest = max(longest, time.perf_counter() - start)
        await asyncio.sleep(PING_PAUSE)
    return longest


async def _crowd(url: str, clients: int) -> float:
    async with _client() as client:
        start = time.perf_counter()
        answers = await asyncio.gather(*(_read(client, url, QUESTION) for _ in range(clients)))
        for status, events, _, broken in answers:
            if status != 200 or broken or not events:
                raise AssertionError(f"an answer of the crowd failed: {status}, {events}")
        return time.perf_counter() - start
