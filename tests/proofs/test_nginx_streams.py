"""What is read out of a random nginx configuration is what a real nginx does with it.

240 servers with locations of all kinds, in ten configurations of a fixed seed; of each server three
requests, of which the application streams one, falls silent in one, and breaks one off.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import unquote

from lg_lint.deploy.nginx.including import whole
from lg_lint.deploy.nginx.reading import read_text
from lg_lint.deploy.nginx.records import Configuration, Location
from lg_lint.deploy.nginx.rewriting import Way, location_for, server_for
from lg_lint.deploy.nginx.servers import configuration
from lg_lint.deploy.nginx.streaming import (
    Response,
    hides_truncation,
    holds_back,
    http_version,
    passes_on_buffering_header,
    silence_limit,
)

from .nginx_grammar import draw
from .nginx_probe import CHUNKS, PATIENCE, Application, Probe, ask
from .servers import free_ports, nginx_version, serving_nginx

SEED = 20261130
CONFIGURATIONS = 10
SERVERS = 24
AT_ONCE = 60
ATTEMPTS = 3
"""A busy machine answers late, and then nginx gives up; it does not do so each time."""
HELD_FOR = 0.6
"""Seconds for which the application waits in vain; less than any read timeout of the grammar."""
SHORT = 1.3
"""Read timeouts below are waited for, longer ones are not."""
STATUS = {"redirected": (301, 302), "returned": (204, 404, 500), "files": (403, 404)}


def test_what_is_predicted_is_what_a_client_sees() -> None:
    seen, wrong = asyncio.run(_compare(SEED))
    assert not wrong, "\n\n".join(wrong)
    for each in (
        "passes",
        "waits",
        "waits for gzip",
        "cut",
        "not cut",
        "hidden",
        "visible",
        *STATUS,
        "1.0",
        "1.1",
    ):
        assert seen[each] > 10, f"too few were: {each}"


async def _compare(seed: int) -> tuple[Counter[str], list[str]]:
    """What was seen how often, and each thing that was predicted otherwise."""
    random_ = random.Random(seed)
    application = Application()
    server = await asyncio.start_server(application, "127.0.0.1", 0)
    upstream = server.sockets[0].getsockname()[1]
    version = tuple(map(int, nginx_version().split(".")))
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    with ExitStack() as stack:
        asked: list[tuple[Probe, Configuration, str]] = []
        for _ in range(CONFIGURATIONS):
            ports = free_ports(SERVERS)
            drawn = draw(random_, ports, upstream)
            stack.enter_context(serving_nginx(drawn.text, ports[0]))
            read = configuration(whole("nginx.conf", read_text(drawn.text)), version)
            asked += [(probe, read, drawn.text) for probe in drawn.probes]
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, probe: Probe, read: Configuration, text: str) -> None:
            for attempt in range(ATTEMPTS):
                again = replace(probe, first=asyncio.Event(), answered=asyncio.Event())
                name = f"{number}-{attempt}"
                application.probes[name] = again
                async with limit:
                    found = await _one(name, again, read, seen)
                if not found:
                    return
            wrong.append(f"{found}\n{again}\n{_excerpt(text, probe.port)}")

        await asyncio.gather(*(one(number, *each) for number, each in enumerate(asked)))
    server.close()
    return seen, wrong


def _excerpt(text: str, port: int) -> str:
    outside, *servers = text.split("server {")
    return outside + next(each for each in servers if f":{port};" in each)


async def _one(name: str, probe: Probe, read: Configuration, seen: Counter[str]) -> str:
    """Make one request; what was not as predicted."""
    server = server_for(read, probe.port)
    assert server is not None
    way = location_for(read, server, probe.uri, probe.method)
    if not way.is_certain:
        return "the way is not sure"
    if way.end != "passed" or way.location is None:
        seen[way.end] += 1
        await ask(probe, name)
        is_right = not probe.seen_path and probe.status in STATUS[way.end]
        return "" if is_right else f"predicted: {way.end}; seen: {probe.status}"
    probe.wait = _wait(probe, way.location)
    await ask(probe, name)
    return _way(probe, way) or _stream(probe, way.location, seen)


def _response(probe: Probe) -> Response:
    return Response(
        probe.media_type,
        tuple(probe.headers.items()),
        method=probe.method,
        accepts_gzip=probe.accepts_gzip,
        is_via_proxy=probe.via,
        client=probe.client,
    )


def _wait(probe: Probe, location: Location) -> float:
    """How long the application waits: long for what is predicted, short for what is not."""
    seconds, _ = silence_limit(location)
    assert seconds is not None
    if probe.act == "silent":
        return PATIENCE if seconds < SHORT else SHORT + 0.3
    return PATIENCE if holds_back(location, _response(probe)).is_so is False else HELD_FOR


def _way(probe: Probe, way: Way) -> str:
    if way.path is None or unquote(way.path) != unquote(probe.seen_path):
        return f"path: {way.path}; seen: {probe.seen_path} ({probe.status})"
    assert way.location is not None
    version = "1.1" if http_version(way.location).is_so else "1.0"
    if version != probe.seen_version:
        return f"HTTP version: {version}; seen: {probe.seen_version}"
    is_passed_on = passes_on_buffering_header(way.location, _response(probe)).is_so
    header = probe.got_headers.get("x-accel-buffering", "")
    if is_passed_on != (header == "no"):
        return f"header passed on: {is_passed_on}; seen: {header}"
    return ""


def _stream(probe: Probe, location: Location, seen: Counter[str]) -> str:
    seen[probe.seen_version] += 1
    if probe.act == "stream":
        is_held = holds_back(location, _response(probe)).is_so
        seen["waits" if is_held else "passes"] += 1
        seen["waits for gzip"] += bool(is_held) and probe.seen_version == "1.1"
        return "" if is_held is not probe.seen_first else f"held back: {is_held}; seen otherwise"
    if probe.act == "silent":
        seconds, _ = silence_limit(location)
        assert seconds is not None
        seen["cut" if probe.was_closed else "not cut"] += 1
        if probe.was_closed != (seconds < SHORT):
            return f"cut after {seconds} s; seen: {probe.was_closed}"
        if not probe.was_closed:
            return "" if probe.got == b"".join(CHUNKS) else "incomplete"
        return "" if probe.silent_for > seconds / 2 else f"cut after {probe.silent_for} s already"
    is_hidden = hides_truncation(location, _response(probe)).is_so
    seen["hidden" if probe.is_complete else "visible"] += 1
    return "" if is_hidden == probe.is_complete else f"hidden: {is_hidden}; seen otherwise"
