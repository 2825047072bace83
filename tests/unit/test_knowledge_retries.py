"""Retry decorators do to generators what the table says: each is run on one that fails once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import backoff
import pytest
import retrying
import stamina
import tenacity
from google.api_core import retry as google
from retry import retry

from lg_lint.knowledge import table, type_table
from test_knowledge import installed, member

RETRIERS: dict[str, dict[str, Any]] = table("retries")["retriers"]

# Names of older versions, which code in the wild still imports.
OLD = {
    "tenacity._asyncio.AsyncRetrying": "until tenacity 8.2",
    "langgraph.pregel.StreamWriter": "until langgraph 0.2",
    "langgraph.graph.push_message": "until langgraph 0.3",
}

Wrap = Callable[[Any], Callable[[], Any]]

# How each is put around a function so that it tries at once, and often enough.
SYNC: dict[str, Wrap] = {
    "tenacity.retry": tenacity.retry(stop=tenacity.stop_after_attempt(3)),
    "tenacity.Retrying": lambda function: (
        lambda: tenacity.Retrying(stop=tenacity.stop_after_attempt(3))(function)
    ),
    "tenacity.BaseRetrying.wraps": tenacity.Retrying(stop=tenacity.stop_after_attempt(3)).wraps,
    "backoff.on_exception": backoff.on_exception(
        backoff.constant, ConnectionError, max_tries=3, interval=0, jitter=None
    ),
    "backoff.on_predicate": backoff.on_predicate(
        backoff.constant, max_tries=3, interval=0, jitter=None
    ),
    "stamina.retry": stamina.retry(on=ConnectionError, attempts=3, wait_initial=0, wait_jitter=0),
    "stamina.RetryingCaller": lambda function: (
        lambda: stamina.RetryingCaller(attempts=3, wait_initial=0, wait_jitter=0)(
            ConnectionError, function
        )
    ),
    "retrying.retry": retrying.retry(stop_max_attempt_number=3),
    "retry.retry": retry(tries=3, delay=0),
    "google.api_core.retry.Retry": google.Retry(
        predicate=google.if_exception_type(ConnectionError), initial=0.001
    ),
    "google.api_core.retry.StreamingRetry": google.StreamingRetry(
        predicate=google.if_exception_type(ConnectionError), initial=0.001
    ),
}
ASYNC: dict[str, Wrap] = {
    "tenacity.retry": SYNC["tenacity.retry"],
    "tenacity.AsyncRetrying": tenacity.AsyncRetrying(stop=tenacity.stop_after_attempt(3)).wraps,
    "backoff.on_exception": SYNC["backoff.on_exception"],
    "stamina.retry": SYNC["stamina.retry"],
    "stamina.AsyncRetryingCaller": lambda function: (
        lambda: stamina.AsyncRetryingCaller(attempts=3, wait_initial=0, wait_jitter=0)(
            ConnectionError, function
        )
    ),
    "google.api_core.retry.AsyncRetry": google.AsyncRetry(
        predicate=google.if_exception_type(ConnectionError), initial=0.001
    ),
    "google.api_core.retry.AsyncStreamingRetry": google.AsyncStreamingRetry(
        predicate=google.if_exception_type(ConnectionError), initial=0.001
    ),
}
RESTARTED, BROKEN = ["a", "a", "b"], ["a", "ConnectionError"]


def generators() -> tuple[Callable[[], Iterator[str]], Callable[[], AsyncIterator[str]]]:
    """Generator functions that send "a", then fail the first time, then send "b"."""
    starts: list[int] = []

    def fail_once() -> None:
        if len(starts) == 1:
            raise ConnectionError

    def generate() -> Iterator[str]:
        starts.append(1)
        yield "a"
        fail_once()
        yield "b"

    async def agenerate() -> AsyncIterator[str]:
        for item in generate():
            yield item

    return generate, agenerate


def drained(wrap: Wrap) -> list[str]:
    """What iterating the result of a wrapped generator function gives, with how it breaks."""
    found: list[str] = []
    try:
        for item in wrap(generators()[0])():
            found.append(item)
    except ConnectionError as error:
        found.append(type(error).__name__)
    return found


async def adrained(wrap: Wrap) -> list[str]:
    found: list[str] = []
    try:
        made = wrap(generators()[1])()
        stream = made if hasattr(made, "__aiter__") else await made
        async for item in stream:
            found.append(item)
    except ConnectionError as error:
        found.append(type(error).__name__)
    except TypeError:  # what is no coroutine cannot be awaited: nothing is retried either
        return BROKEN
    return found


def expected(name: str) -> list[str]:
    return RESTARTED if RETRIERS[name]["generators"] == "re-runs" else BROKEN


def test_every_row_is_run() -> None:
    assert {*SYNC, *ASYNC} == {*RETRIERS}
    assert {row["generators"] for row in RETRIERS.values()} == {"never", "re-runs"}


@pytest.mark.parametrize("name", sorted(SYNC))
def test_sync_generators(name: str) -> None:
    assert drained(SYNC[name]) == expected(name)


@pytest.mark.parametrize("name", sorted(ASYNC))
def test_async_generators(name: str) -> None:
    assert asyncio.run(adrained(ASYNC[name])) == expected(name)


@pytest.mark.parametrize("name", sorted(SYNC.keys() - {"backoff.on_predicate"}))
def test_plain_functions_are_called_again(name: str) -> None:
    calls: list[int] = []

    def fetch() -> list[str]:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError
        return ["found"]

    assert list(SYNC[name](fetch)()) == ["found"]
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("wrap", "row"),
    [
        (tenacity.retry(stop=tenacity.stop_after_attempt(1), reraise=True), "tenacity.retry"),
        (
            backoff.on_exception(backoff.constant, ConnectionError, max_tries=1),
            "backoff.on_exception",
        ),
        (stamina.retry(on=ConnectionError, attempts=1), "stamina.retry"),
        (retrying.retry(stop_max_attempt_number=1), "retrying.retry"),
        (retry(tries=1), "retry.retry"),
    ],
)
def test_the_keyword_counts_all_attempts(wrap: Wrap, row: str) -> None:
    assert RETRIERS[row]["attempts"]
    calls: list[int] = []

    def fetch() -> None:
        calls.append(1)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        wrap(fetch)()
    assert len(calls) == 1


@pytest.mark.parametrize("name", sorted(table("retries")["contexts"]))
def test_contexts_are_iterated(name: str) -> None:
    there, found = installed(name)
    assert there
    made = found(on=ConnectionError) if name.startswith("stamina") else found()
    assert hasattr(made, "__iter__") or hasattr(made, "__aiter__")


@pytest.mark.parametrize("section", ["emitters", "middleware"])
def test_other_names_exist(section: str) -> None:
    for name in table("retries")[section]:
        there, found = installed(name)
        assert there, name
        assert (found is None) == (name in OLD), name


WRITERS = [name for name, kind in table("attributes").items() if kind.endswith(".StreamWriter")]


@pytest.mark.parametrize("name", WRITERS)
def test_attributes_are_fields(name: str) -> None:
    owner, _, attribute = name.rpartition(".")
    assert attribute in installed(owner)[1].__dataclass_fields__


def test_middleware_takes_the_keyword_of_its_row() -> None:
    import inspect

    for name, keyword in table("retries")["middleware"].items():
        parameters = inspect.signature(installed(name)[1].__init__).parameters
        assert not keyword or keyword in parameters


def test_methods_that_send_are_those_of_sockets_and_queues() -> None:
    """Each name is a method of one of the objects that the section's source names."""
    owners = [
        installed(name)[1]
        for name in (
            "starlette.websockets.WebSocket", "aiohttp.web.WebSocketResponse", "asyncio.Queue",
            "queue.Queue", "redis.Redis", "asyncio.StreamWriter",
        )
    ]  # fmt: skip
    methods = set(table("retries")["sends"]["methods"])
    known = {name for name in methods for owner in owners if member(owner, name) is not None}
    helpers = {
        "emit": "socketio's servers, not installed",
        "broadcast": "broadcasters and connection managers, by custom",
        "push": "queues of applications, by custom",
        "send_message": "connection managers and chat SDKs, by custom",
        "send_personal_message": "the connection manager of FastAPI's documentation",
        "send_nowait": "anyio.streams.memory.MemoryObjectSendStream",
        "stream_chunk": "applications, by custom",
        "stream_token": "chainlit.Message, not installed",
    }
    assert methods - known == set(helpers)
    assert type_table().returns["tenacity.Retrying.copy"] == "tenacity.Retrying"
