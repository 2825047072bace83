"""What is in force at a place of a configuration: nginx's inheritance, and its defaults.

A directive is inherited from `http` to `server` to `location`, and to the locations inside of it;
the inner one replaces the outer. One that may be repeated (`proxy_set_header`) is inherited only
where the inner block has none of that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from lg_lint.deploy.nginx.reading import Directive
from lg_lint.deploy.nginx.templates import has_gap

PROTOCOLS = ("proxy", "uwsgi", "fastcgi", "scgi", "grpc")
"""The protocols in which nginx passes a request on; `proxy` is HTTP."""

HTTP_1_1_BY_DEFAULT = (1, 29, 7)
"""The version of nginx since which it speaks HTTP/1.1 to an upstream that nobody gave a version."""

_LONGEST_TIME = 100
_UNITS = {"y": 31_536_000, "M": 2_592_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60}
_ALL_UNITS = {**_UNITS, "s": 1, "ms": 0.001}
_STEPS = tuple(_ALL_UNITS)

_ONCE = {
    "gzip": "off",
    "gzip_types": "text/html",
    "gzip_proxied": "off",
    "gzip_http_version": "1.1",
    "gzip_min_length": "20",
    "brotli": "off",
    "brotli_types": "text/html",
    "zstd": "off",
    "zstd_types": "text/html",
    "chunked_transfer_encoding": "on",
    "postpone_output": "1460",
    "send_timeout": "60s",
    "keepalive_timeout": "75s",
    "client_body_timeout": "60s",
    "client_max_body_size": "1m",
    "merge_slashes": "on",
    "root": "html",
}
_ONCE_EACH = {
    "buffering": "on",
    "read_timeout": "60s",
    "send_timeout": "60s",
    "connect_timeout": "60s",
    "cache": "off",
    "cache_methods": "GET HEAD",
    "store": "off",
    "ignore_headers": "",
    "next_upstream": "error timeout",
    "buffer_size": "",
    "buffers": "",
}
_MANY_EACH = ("set_header", "pass_header", "hide_header", "cache_valid", "no_cache")
_MANY = ("add_header", "js_body_filter", "body_filter_by_lua_block", "body_filter_by_lua_file")
_EACH = {f"{kind}_{name}": said for kind in PROTOCOLS for name, said in _ONCE_EACH.items()}
DEFAULTS = {**_ONCE, **_EACH, "proxy_http_version": "1.0"}
"""What nginx does where a directive is not given."""

LISTS = frozenset((*_MANY, *(f"{kind}_{name}" for kind in PROTOCOLS for name in _MANY_EACH)))
"""Directives that may be repeated at one place."""


class Setting(msgspec.Struct, frozen=True):
    """A directive in force: its arguments and its place.

    Where `is_default` nobody gave it, and the place is that of the block that it holds for. It is
    not sure where a template's gap, a condition of a template or a missing include may say
    something else.
    """

    name: str
    values: tuple[str, ...]
    file: str
    line: int
    is_default: bool = False
    is_certain: bool = True

    @property
    def value(self) -> str:
        """The arguments as one text."""
        return " ".join(self.values)

    @property
    def is_known(self) -> bool:
        """Whether the value is said in full: no variable, no gap of a template, no doubt."""
        return self.is_certain and not any(map(has_gap, self.values))

    @property
    def is_on(self) -> bool | None:
        """For a flag: whether it is on; None where that is not known."""
        text = self.value.lower()
        return text == "on" if self.is_known and text in ("on", "off") else None

    @property
    def seconds(self) -> float | None:
        """For a time: its seconds; None where they are not known."""
        return seconds(self.value) if self.is_known else None


Settings = Mapping[str, tuple[Setting, ...]]
"""The directives in force by name; one entry, or more for those that may be repeated."""


def by_default(version: tuple[int, ...] | None) -> Settings:
    """What is in force before anything is said: what depends on the version of nginx."""
    if version is None or version < HTTP_1_1_BY_DEFAULT:
        return {}
    name = "proxy_http_version"
    return {name: (Setting(name, ("1.1",), "", 0, is_default=True),)}


def seconds(text: str) -> float | None:
    """A time as nginx writes it: `300`, `5m`, `1h30m`, `1h 30m`, `500ms`. None where it is none."""
    if not text or len(text) > _LONGEST_TIME:
        return None
    parts = re.findall(r"([0-9]+)(ms|[yMwdhms]?) *", text)
    if "".join(number + unit for number, unit in parts) != text.replace(" ", ""):
        return None
    steps = [_STEPS.index(unit or "s") for _, unit in parts]
    if sorted(set(steps)) != steps:
        return None
    return float(sum(int(number) * _ALL_UNITS[unit or "s"] for number, unit in parts))


def inner(outer: Settings, block: Iterable[Directive]) -> dict[str, tuple[Setting, ...]]:
    """What is in force inside a block, given what is in force around it."""
    given: dict[str, list[Setting]] = {}
    is_certain = True
    for each in block:
        if each.is_gap or (each.name == "include" and not each.is_certain):
            is_certain = False
        elif each.name in DEFAULTS or each.name in LISTS:
            here = Setting(each.name, each.words, each.file, each.line, False, each.is_certain)
            given.setdefault(each.name, []).append(here)
    found = dict(outer)
    for name, settings in given.items():
        found[name] = tuple(settings) if name in LISTS else (_one(settings, outer.get(name)),)
    if not is_certain:
        found[DOUBTFUL] = (Setting(DOUBTFUL, (), "", 0),)
        for name, known in outer.items():
            if name not in given:
                found[name] = tuple(
                    msgspec.structs.replace(each, is_certain=False) for each in known
                )
    return found


DOUBTFUL = "?"
"""In settings: a gap or a missing include may say what is not said."""


def _one(settings: list[Setting], outer: tuple[Setting, ...] | None) -> Setting:
    """The one that holds of those at one place: a template has one for each of its conditions."""
    first = settings[0]
    if first.is_certain:
        return first
    before = outer[0].values if outer else tuple(DEFAULTS[first.name].split())
    same = all(each.values == before for each in settings)
    return msgspec.structs.replace(first, is_certain=True) if same else first
