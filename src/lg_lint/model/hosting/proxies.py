"""What the nginx configurations of a repository do to a stream.

Facts from ngx_http_proxy_module and ngx_http_gzip_module: directives are inherited from `http` to
`server` to `location`, the inner one replaces the outer. A stream passes at once where
`proxy_buffering off` is set, or where the upstream is spoken to in HTTP/1.1 and the answer is not
compressed. Before nginx 1.29.7 the upstream's default is HTTP/1.0, which buffers. An answer is cut
where nothing of it comes for as long as `proxy_read_timeout` says, 60 s by default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from lg_lint.base import door

READ_TIMEOUT = 60.0
"""The seconds of silence that nginx and most load balancers bear by default."""

_INHERITED = ("proxy_buffering", "proxy_http_version", "gzip", "proxy_read_timeout")
_PROXIES = ("proxy_pass", "uwsgi_pass")
_LONGEST_TIME = 100
_UNITS = {"ms": 0.001, "s": 1, "": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class Directive(Struct, frozen=True):
    """A directive in force: its first argument, and where it stands."""

    value: str
    path: str
    row: int
    argument: str = ""


class Patience(Struct, frozen=True):
    """The seconds of silence after which a location cuts an answer, and the line that says so."""

    seconds: float
    path: str
    row: int


class Location(Struct, frozen=True):
    """A block that proxies: its file, the directives in force, and the hosts behind it."""

    path: str
    directives: Mapping[str, Directive]
    hosts: tuple[str, ...] = ()


def pass_streams(found: list[Location]) -> bool:
    """Whether there are locations that proxy, and all of them let a stream through at once."""
    return bool(found) and all(_passes(location.directives) for location in found)


def longest_patience(found: list[Location]) -> Patience | None:
    """The patience of the most patient location; None without one."""
    each = [_patience(location.directives) for location in found]
    return max(each, key=lambda item: item.seconds, default=None)


def locations(path: str) -> Iterator[Location]:
    """The blocks of a file that proxy. A file that nginx could not read has none."""
    import crossplane

    try:
        door.read(path)
        payload = crossplane.parse(
            path, single=True, check_ctx=False, check_args=False, comments=False
        )
    except (OSError, ValueError, RecursionError):
        return
    for config in payload.get("config", ()):
        parsed = config.get("parsed", ())
        upstreams = dict(_upstreams(parsed))
        for directives in _walk(parsed, {}, path):
            host = _host(directives["proxies"].argument)
            yield Location(path, directives, upstreams.get(host, (host,) if host else ()))


def _upstreams(block: list[dict[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of groups of servers, with the hosts of these."""
    for line in block:
        if line["directive"] == "upstream" and line["args"]:
            servers = [
                _host(inner["args"][0])
                for inner in line.get("block", ())
                if inner["directive"] == "server" and inner["args"]
            ]
            yield line["args"][0], tuple(filter(None, servers))
        elif "block" in line:
            yield from _upstreams(line["block"])


def _host(target: str) -> str:
    """The host of `http://chat:8000/api`, or of `chat:8000`."""
    return re.sub(r"^\w+://", "", target).partition("/")[0].partition(":")[0]


def _walk(
    block: list[dict[str, Any]], outer: Mapping[str, Directive], path: str
) -> Iterator[Mapping[str, Directive]]:
    here = dict(outer)
    for line in block:
        name = line["directive"]
        if name in _INHERITED and line["args"]:
            here[name] = Directive(line["args"][0], path, line["line"])
        elif name in _PROXIES:
            argument = line["args"][0] if line["args"] else ""
            here["proxies"] = Directive(name, path, line["line"], argument)
    if any(line["directive"] in _PROXIES for line in block):
        yield here
    for line in block:
        if "block" in line and line["directive"] != "upstream":
            yield from _walk(line["block"], here, path)


def _passes(directives: Mapping[str, Directive]) -> bool:
    def given(name: str, default: str) -> str:
        return directives[name].value if name in directives else default

    if given("proxy_buffering", "on") == "off":
        return True
    compressed = given("gzip", "off") == "on"
    return given("proxy_http_version", "1.0") == "1.1" and not compressed


def _patience(directives: Mapping[str, Directive]) -> Patience:
    said = directives.get("proxy_read_timeout")
    if said is None or directives["proxies"].value != "proxy_pass":
        proxy = directives["proxies"]
        return Patience(READ_TIMEOUT, proxy.path, proxy.row)
    return Patience(_seconds(said.value), said.path, said.row)


def _seconds(text: str) -> float:
    """A time as nginx writes it: `300`, `5m`, `1h30m`, `500ms`; endless where it is no time."""
    parts = re.findall(r"(\d+)(ms|[smhdw]?)\s*", text) if len(text) <= _LONGEST_TIME else ()
    if not parts or re.sub(r"\d+(ms|[smhdw]?)\s*", "", text):
        return float("inf")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)
