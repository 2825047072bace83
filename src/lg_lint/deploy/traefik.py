"""Traefik, as labels of containers configure it: routers, and what stands on their way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from lg_lint.deploy.settings import Setting, truth

_ROUTERS = "traefik.http.routers."
_MIDDLEWARES = "traefik.http.middlewares."
_LONGEST = 2000
_path = re.compile(r"(?<!!)\bPath(Prefix)?\(([^()]*)\)")
_quoted = re.compile(r"[`'\"]([^`'\"]*)[`'\"]")
_doubtful = re.compile(r"!|Regexp?\(|Headers?|Query|Method|ClientIP")


class Router(Struct, frozen=True):
    """A router, whose service is the container with the labels.

    `paths` are those of its rule, each with whether it is a prefix; without any it takes all.
    `stripped` are prefixes that are taken away. Not `is_certain` where the rule asks for more than
    a host and a path. `buffering` are options that make it read an answer before it goes on;
    `compresses` where it may do so, and `is_open` where a middleware stands in another place.
    """

    name: str
    rule: Setting
    paths: tuple[tuple[str, bool], ...] = ()
    stripped: tuple[str, ...] = ()
    is_certain: bool = True
    buffering: tuple[Setting, ...] = ()
    compresses: bool = False
    is_open: bool = False

    def fits(self, path: str) -> bool:
        """Whether it takes a path."""
        return not self.paths or any(
            path == text or (is_prefix and path.startswith(text)) for text, is_prefix in self.paths
        )


def routers(labels: Mapping[str, Setting]) -> Iterator[Router]:
    """The routers that the labels of a container describe, by their names in small letters."""
    if truth(labels.get("traefik.enable")) is False:
        return
    for key, rule in labels.items():
        if key.startswith(_ROUTERS) and key.endswith(".rule"):
            yield _router(key[len(_ROUTERS) : -len(".rule")], rule, labels)


def _router(name: str, rule: Setting, labels: Mapping[str, Setting]) -> Router:
    setting = labels.get(f"{_ROUTERS}{name}.middlewares")
    words = setting.text.split(",") if setting is not None else []
    middlewares = [f"{_MIDDLEWARES}{each.strip().partition('@')[0].lower()}." for each in words]
    stripped = [
        part.strip().rstrip("/")
        for each in middlewares
        if f"{each}stripprefix.prefixes" in labels
        for part in labels[f"{each}stripprefix.prefixes"].text.split(",")
    ]
    mine = {key: each for key, each in labels.items() if key.startswith(tuple(middlewares))}
    compressing = [each for key, each in mine.items() if ".compress" in key]
    return Router(
        name,
        rule,
        tuple(_paths(rule.text[:_LONGEST])),
        tuple(stripped),
        rule.known and not _doubtful.search(rule.text[:_LONGEST]),
        tuple(each for key, each in mine.items() if ".buffering" in key),
        any(truth(each) is not False for each in compressing),
        any(not any(key.startswith(each) for key in labels) for each in middlewares),
    )


def _paths(rule: str) -> Iterator[tuple[str, bool]]:
    for match in _path.finditer(rule):
        for text in _quoted.findall(match[2]):
            yield text, bool(match[1])
