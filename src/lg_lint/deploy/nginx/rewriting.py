"""The way of a request through a server: rewrites, returns, try_files, and the path at the app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from lg_lint.deploy.nginx.matching import find, normal_path
from lg_lint.deploy.nginx.reading import Directive
from lg_lint.deploy.nginx.records import Configuration, Location, Place, Server
from lg_lint.deploy.nginx.regexes import UnknownMatchError, captures, search
from lg_lint.deploy.nginx.templates import has_gap
from lg_lint.deploy.nginx.variables import Variables

_MOST_ROUNDS = 10
_MOST_STEPS = 200
_condition = re.compile(r"^(\$\w+)\s*(!=|=|!~\*|!~|~\*|~)\s*(.*)$", re.DOTALL)


class Way(msgspec.Struct, frozen=True):
    """Where a request ends.

    `end` is `passed` on to `location.passes`, `redirect`ed or `returned` without the application,
    or answered from `files`. `path` is the path at the application, None where it is not known.
    `host` is what `proxy_pass http://$app` comes to; None where that is not known. `steps` are the
    lines that led there, the location's first. Not `is_certain` where something unknown may decide
    otherwise: a gap of a template, a condition on a variable, an expression that is PCRE's alone.
    """

    end: Literal["passed", "redirected", "returned", "files", "unknown"]
    location: Location | None
    path: str | None
    host: str | None
    is_certain: bool
    steps: tuple[Place, ...]


def location_for(
    configuration: Configuration, server: Server, uri: str, method: str = "POST"
) -> Way:
    """The way of a request with that URI, whose answer is a stream.

    A `return` under a condition that is not known ends other requests than those that stream.
    """
    return _Journey(configuration, server, uri, method).way()


def server_for(configuration: Configuration, port: int | None, host: str = "") -> Server | None:
    """The server that takes a request to a port, with that name: as nginx chooses it.

    With no name the default server. None where nothing listens there.
    """
    listening = [
        each
        for each in configuration.servers
        if any(port in (None, one.port) for one in each.listens)
        or (not each.listens and port == 80)
    ]
    for rank in range(4):
        for each in listening:
            if host and any(_names(name, host.lower(), rank) for name in each.names):
                return each
    default = (
        each
        for each in listening
        if any(one.is_default and port in (None, one.port) for one in each.listens)
    )
    return next(default, listening[0] if listening else None)


def _names(name: str, host: str, rank: int) -> bool:
    """Whether a name of a server is this one: exact, `*.name`, `name.*`, an expression."""
    lower = name.lower()
    if rank == 0:
        return lower == host or (lower.startswith(".") and lower[1:] == host)
    if rank == 1:
        return lower.startswith(("*.", ".")) and host.endswith(lower.lstrip("*"))
    if rank == 2:
        return lower.endswith(".*") and host.startswith(lower[:-1])
    try:
        return name.startswith("~") and search(name[1:], host, ignores_case=True) is not None
    except UnknownMatchError:
        return False


class _StopError(Exception):
    """The rewrite module says how a request goes on: the word, and the text with it."""

    def __init__(self, word: str, text: str = "") -> None:
        super().__init__(word)
        self.word = word
        self.text = text


class _Journey:
    def __init__(self, configuration: Configuration, server: Server, uri: str, method: str) -> None:
        self._server = server
        merges = server.outside.setting("merge_slashes").is_on is not False
        self._path: str | None = normal_path(uri, merges_slashes=merges)
        self._raw: str | None = re.split(r"[?#]", uri, maxsplit=1)[0]
        self._is_sent_back = self._is_broken = False
        self._is_certain = server.is_certain
        self._steps: list[Place] = []
        self._count = 0
        self._location: Location | None = None
        self._variables = Variables(configuration.maps, uri, method, _set_names(server.outside))

    def way(self) -> Way:
        if self._path is None:
            return self._end("returned")
        try:
            self._run(self._server.outside)
        except _StopError as stop:
            if stop.word not in ("last", "break"):
                return self._end(_ENDS.get(stop.word, "unknown"))
        for _ in range(_MOST_ROUNDS):
            end = self._round()
            if end is not None:
                return end
        return self._end("returned")  # nginx gives up, too: 500

    def _round(self) -> Way | None:
        """Search a location, and go through it; None where another search follows."""
        if self._path is None:
            return self._end("unknown")
        found = find(self._server, self._path)
        self._is_certain = self._is_certain and found.is_certain
        self._location = location = found.location
        if location is None:
            return self._end("files")
        self._steps.append(location.place)
        if found.is_redirect:
            return self._end("redirected")
        if location.kind == "regex":
            self._variables.capture(found.captures)
        return self._in(location)

    def _in(self, location: Location) -> Way | None:
        self._is_sent_back = self._is_broken = False
        try:
            self._run(location)
        except _StopError as stop:
            if stop.word in _ENDS:
                return self._end(_ENDS[stop.word])
        if self._is_sent_back:
            return None
        files = next((each for each in location.script if each.name == "try_files"), None)
        if files is not None:
            return self._fall_back(files)
        if location.passes is None:
            return self._end("files")
        return self._passed(location)

    def _fall_back(self, files: Directive) -> Way | None:
        """No file has the name of a route: the last of `try_files` follows."""
        self._steps.append(Place(files.file, files.line))
        last = files.words[-1] if files.words else ""
        if last.startswith("="):
            return self._end("returned")
        if last.startswith("@"):
            named = [each for each in self._server.locations if each.kind == "named"]
            self._location = next((each for each in named if each.text == last), None)
            if self._location is None:
                return self._end("unknown")
            self._steps.append(self._location.place)
            return self._in(self._location)
        path = self._variables.fill(last.partition("?")[0], self._path)
        self._path = None if path is None else normal_path(path)
        self._raw = None
        return None

    def _passed(self, location: Location) -> Way:
        passes = location.passes
        if passes is None:
            return self._end("files")
        self._is_certain = self._is_certain and passes.is_certain and location.is_certain
        self._is_certain = self._is_certain and not any(
            each.kind == "if" for each in location.locations
        )
        self._steps.append(passes.place)
        host: str | None = None
        path = self._path if self._raw is None else self._raw
        if has_gap(passes.target):
            host, own = self._variables.target(passes.target, self._path)
            path = path if own == "" else own
            if host == "":
                return self._end("returned")
        elif passes.path is not None and not self._is_broken and self._path is not None:
            path = _replaced(location, passes.path, self._path)
        return self._end("passed", path, host)

    def _end(
        self,
        end: Literal["passed", "redirected", "returned", "files", "unknown"],
        path: str | None = None,
        host: str | None = None,
    ) -> Way:
        return Way(end, self._location, path, host, self._is_certain, tuple(self._steps))

    def _run(self, location: Location) -> None:
        """The rewrite module's directives of a block, in order. Raises _StopError."""
        for each in location.script:
            self._step(each)

    def _step(self, line: Directive) -> None:
        self._count += 1
        if self._count > _MOST_STEPS:
            raise _StopError("unknown")
        words = line.words
        if line.name == "break":
            raise _StopError("break")
        if line.name == "return":
            self._steps.append(Place(line.file, line.line))
            raise _StopError("return")
        if line.name == "set" and len(words) == 2:
            self._variables.set(words[0], words[1], self._path)
        elif line.name == "rewrite" and len(words) > 1:
            self._rewrite(line, words)
        elif line.name == "if" and line.block is not None:
            self._if(line)

    def _rewrite(self, line: Directive, words: tuple[str, ...]) -> None:
        if self._path is None:
            return
        try:
            found = search(words[0], self._path)
        except UnknownMatchError:
            self._is_certain = False
            return
        if not found:
            return
        self._steps.append(Place(line.file, line.line))
        self._variables.capture(captures(found))
        flag = words[2] if len(words) > 2 else ""
        if flag in ("redirect", "permanent") or re.match(r"https?://|\$scheme", words[1]):
            raise _StopError("redirect")
        self._path = self._variables.fill(words[1].partition("?")[0], self._path)
        self._raw = None
        self._is_broken = flag == "break"
        self._is_sent_back = not self._is_broken
        if flag in ("last", "break"):
            raise _StopError(flag)

    def _if(self, line: Directive) -> None:
        is_met = self._is_met(_bare(" ".join(line.words)))
        inside = line.block or ()
        if is_met:
            for each in inside:
                self._step(each)
        elif is_met is None and any(each.name in ("rewrite", "break", "set") for each in inside):
            self._is_certain = False
            for each in inside:
                if each.name == "set" and each.words:
                    self._variables.forget(each.words[0])

    def _is_met(self, condition: str) -> bool | None:
        found = _condition.match(condition)
        if found is None:
            is_file = re.match(r"!?-[fdex]\b", condition)
            if is_file:
                return condition.startswith("!")
            value = self._variables.fill(condition, self._path)
            return None if value is None else value not in ("", "0")
        value = self._variables.fill(found[1], self._path)
        if value is None:
            return None
        sign, text = found[2], found[3].strip("\"'")
        if sign in ("=", "!="):
            return None if has_gap(text) else (value == text) == (sign == "=")
        try:
            match = search(text, value, ignores_case=sign.endswith("*"))
        except UnknownMatchError:
            return None
        if match and not sign.startswith("!"):
            self._variables.capture(captures(match))
        return (match is not None) != sign.startswith("!")


_ENDS: dict[str, Literal["redirected", "returned", "unknown"]] = {
    "redirect": "redirected",
    "return": "returned",
    "unknown": "unknown",
}


def _bare(condition: str) -> str:
    """A condition without its brackets."""
    return condition.removeprefix("(").removesuffix(")").strip()


def _set_names(location: Location) -> Iterator[str]:
    """The variables that `set` gives a value anywhere in a server: empty until it does."""
    waiting = list(location.script)
    while waiting:
        line = waiting.pop()
        if line.name == "set" and line.arguments:
            yield line.words[0].lstrip("$")
        waiting += line.block or ()
    for inside in location.locations:
        yield from _set_names(inside)


def _replaced(location: Location, uri_part: str, path: str) -> str | None:
    """The path at the application where `proxy_pass` has a URI part: it replaces the prefix."""
    part = uri_part.partition("?")[0]
    if location.kind in ("exact", "prefix", "first"):
        return part + path[len(location.text) :]
    return None
