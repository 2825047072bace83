"""What a `reverse_proxy` of Caddy does to a stream.

Caddy passes each chunk of an answer without a length at once, whatever its `flush_interval` and
`encode` say. It waits only where it is told to buffer answers, and bears any silence unless a read
timeout is given.
"""

from __future__ import annotations

import re

import msgspec

from lg_lint.deploy.caddy.reading import Line
from lg_lint.deploy.caddy.sites import GAP, Sites

SHOWS_TRUNCATION = (2, 8, 0)
"""The version since which Caddy breaks an answer off that the application has broken off."""

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST = 100
_time = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h|d)")


class Setting(msgspec.Struct, frozen=True):
    """An option as given: its words and its place. Where `is_default`, that of the proxy."""

    name: str
    value: str
    file: str
    line: int
    is_default: bool = False


class Answer(msgspec.Struct, frozen=True):
    """A yes, a no, or None for "not known"; and the options that it comes from."""

    is_so: bool | None
    because: tuple[Setting, ...] = ()


def option(proxy: Line, *path: str, default: str = "") -> Setting:
    """An option of a `reverse_proxy`: `option(proxy, "transport", "read_timeout")`."""
    lines = proxy.block or ()
    for depth, name in enumerate(path):
        found = next((each for each in lines if each.name == name), None)
        if found is None:
            break
        if depth == len(path) - 1:
            return Setting(" ".join(path), " ".join(found.words), found.file, found.line)
        lines = found.block or ()
    return Setting(" ".join(path), default, proxy.file, proxy.line, True)


def is_certain(proxy: Line) -> bool:
    """Whether no import that is missing may say more about a proxy than is said."""
    inside = proxy.block or ()
    return proxy.is_certain and all(is_certain(each) for each in inside)


def holds_back(proxy: Line) -> Answer:
    """Whether chunks of an answer wait: where `response_buffers` or `buffer_responses` is given."""
    settings = [option(proxy, name) for name in ("response_buffers", "buffer_responses")]
    given = tuple(each for each in settings if not each.is_default and each.value != "0")
    if given:
        return Answer(None if GAP in given[0].value else True, given)
    return Answer(False if is_certain(proxy) else None, (settings[0],))


def silence_limit(proxy: Line) -> tuple[float | None, Setting]:
    """The seconds without a byte of the application after which an answer is cut.

    Endless by default; None where they are not known.
    """
    setting = option(proxy, "transport", "read_timeout")
    if setting.is_default:
        return (float("inf") if is_certain(proxy) else None), setting
    seconds = duration(setting.value)
    return (float("inf") if seconds == 0 else seconds), setting


def total_limit(sites: Sites) -> tuple[float | None, Setting | None]:
    """The seconds after which every answer is cut, silent or not: `servers { timeouts { write } }`.

    Endless by default.
    """
    for servers in sites.options:
        if servers.name == "servers":
            setting = option(servers, "timeouts", "write")
            if not setting.is_default:
                seconds = duration(setting.value)
                return (float("inf") if seconds == 0 else seconds), setting
    return float("inf"), None


def hides_truncation(proxy: Line, version: tuple[int, ...] | None) -> Answer:
    """Whether an answer that breaks off midway looks complete: before Caddy 2.8. None: unknown."""
    place = Setting("reverse_proxy", "", proxy.file, proxy.line, True)
    return Answer(None if version is None else version < SHOWS_TRUNCATION, (place,))


def duration(text: str) -> float | None:
    """A time as Caddy writes it: `30s`, `1m30s`, `1.5h`, `1d`; None where it is none."""
    if text == "0":
        return 0.0
    parts = _time.findall(text) if len(text) <= _LONGEST else []
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * {**_UNITS, "d": 86_400.0}[unit] for number, unit in parts)
