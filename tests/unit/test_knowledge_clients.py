"""The table of HTTP clients says what the installed libraries do."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Iterator
from typing import Any

import aiohttp.client
import httpx
import httpx_sse
import langgraph_sdk
import pytest
import requests
import urllib3

from lg_lint.knowledge import table, type_table
from test_knowledge import installed, member

CLIENTS = table("clients")
IN_REALITY = {
    "httpx_sse.EventSource": httpx_sse.EventSource,
    "httpx.Response": httpx.Response,
    "requests.Response": requests.Response,
    "urllib3.HTTPResponse": urllib3.HTTPResponse,
    "aiohttp.StreamReader": aiohttp.StreamReader,
}


def request_rows() -> Iterator[Any]:
    for row in CLIENTS["requests"]:
        for owner in row["owners"]:
            for name in row["names"]:
                yield pytest.param(row, owner, name, id=f"{owner}.{name}")


def positional(function: Any) -> list[str]:
    names = list(inspect.signature(function).parameters)
    return [name for name in names if name != "self"]


@pytest.mark.parametrize(("row", "owner", "name"), list(request_rows()))
def test_requests_have_their_parameters_where_the_row_says(
    row: dict[str, Any], owner: str, name: str
) -> None:
    there, found = installed(owner)
    assert there, owner
    function = member(found, name)
    assert callable(function), f"{owner}.{name}"
    names = positional(function)
    for parameter in ("method", "url", "client"):
        if parameter in row:
            assert names[row[parameter]] in (parameter, "str_or_url"), f"{owner}.{name}"


@pytest.mark.parametrize("owner", sorted(IN_REALITY))
def test_reads_are_methods_of_the_answer(owner: str) -> None:
    for name in CLIENTS["reads"][owner]:
        assert callable(getattr(IN_REALITY[owner], name)), f"{owner}.{name}"


def test_classes_that_are_not_checked_are_known() -> None:
    assert set(CLIENTS["reads"]) - set(IN_REALITY) == {"sseclient.SSEClient"}


def test_event_source_takes_the_answer() -> None:
    assert positional(httpx_sse.EventSource)[0] == CLIENTS["wrappers"]["httpx_sse.EventSource"]


def test_every_library_of_a_request_has_a_row_of_timeouts() -> None:
    libraries = {row["library"] for row in CLIENTS["requests"]} | {"langgraph_sdk"}
    assert libraries == set(CLIENTS["timeouts"])


def test_default_timeouts() -> None:
    with httpx.Client() as client:
        assert client.timeout.read == CLIENTS["timeouts"]["httpx"]["default"]
    assert aiohttp.client.DEFAULT_TIMEOUT.total == CLIENTS["timeouts"]["aiohttp"]["default"]
    assert aiohttp.client.DEFAULT_TIMEOUT.sock_read is None
    assert inspect.signature(requests.Session.request).parameters["timeout"].default is None
    default = inspect.signature(urllib3.request).parameters["timeout"].default
    assert CLIENTS["timeouts"]["urllib3"]["functions"] == {"urllib3.request": default}
    assert urllib3.PoolManager().connection_from_url("http://a").timeout.read_timeout is None


def test_langgraph_sdk_waits_for_minutes() -> None:
    client = langgraph_sdk.get_sync_client(url="http://localhost")
    assert client.http.client.timeout.read == 300
    for path in (*CLIENTS["sdk"]["starts"], *CLIENTS["sdk"]["joins"]):
        assert callable(member(client, path)), path


@pytest.mark.parametrize("library", ["httpx", "aiohttp", "urllib3"])
def test_suggested_timeouts_limit_the_connection_alone(library: str) -> None:
    names = {"httpx": httpx, "aiohttp": aiohttp, "urllib3": urllib3}
    row = CLIENTS["timeouts"][library]
    made = eval(row["suggestion"], names)
    assert isinstance(made, installed(row["limits"])[1])
    silence = {"httpx": "read", "aiohttp": "sock_read", "urllib3": "read_timeout"}
    assert getattr(made, silence[library]) is None
    assert getattr(made, "total", None) is None


def test_urllib3_sends_idempotent_requests_again_by_default() -> None:
    retry = urllib3.Retry.DEFAULT
    assert retry.total == 3
    assert "GET" in urllib3.Retry.DEFAULT_ALLOWED_METHODS
    assert "POST" not in urllib3.Retry.DEFAULT_ALLOWED_METHODS
    assert urllib3.Retry().total == 10
    adapter = requests.adapters.HTTPAdapter()
    assert (adapter.max_retries.total, adapter.max_retries.read) == (0, False)


@pytest.mark.parametrize(
    "name", [f"{m}.{n}" for m, names in CLIENTS["before_the_run"].items() for n in names]
)
def test_exceptions_exist(name: str) -> None:
    there, found = installed(name)
    if name.startswith("builtins."):
        there, found = True, getattr(builtins, name.rpartition(".")[2])
    assert there
    assert issubclass(found, Exception)


def test_names_are_canonical() -> None:
    types = type_table()
    owners = {owner for row in CLIENTS["requests"] for owner in row["owners"]}
    limits = {row["limits"] for row in CLIENTS["timeouts"].values() if "limits" in row}
    for name in (*owners, *limits, *CLIENTS["sdk"]["clients"]):
        assert types.canonical(name) == name
