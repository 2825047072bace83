"""The way of a request through a site: which `reverse_proxy` takes it, and with which path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import translate
from typing import Literal

import msgspec

from lg_lint.deploy.caddy.reading import Line
from lg_lint.deploy.caddy.sites import GAP, Site
from lg_lint.deploy.place import Word

_ORDER = (
    "redir",
    "method",
    "rewrite",
    "uri",
    "try_files",
    "forward_auth",
    "encode",
    "handle",
    "route",
    "abort",
    "error",
    "respond",
    "metrics",
    "reverse_proxy",
    "php_fastcgi",
    "file_server",
)
_ENDS: dict[str, Literal["answered", "files"]] = {
    "abort": "answered",
    "error": "answered",
    "respond": "answered",
    "metrics": "answered",
    "php_fastcgi": "answered",
    "file_server": "files",
}
_ONLY_FIRST = ("handle", "rewrite")
"""Of these only the first that matches counts, with those beside it that ask for the same."""
_URI = ("{uri}", "{path}", "{http.request.uri}", "{http.request.uri.path}")
_MOST_SORTED = 200
_MOST_STEPS = 2_000
_LONGEST_PATH = 2_000
_LONGEST_PATTERN = 300


class Way(msgspec.Struct, frozen=True):
    """Where a request ends.

    `end` is `passed` on by `proxy`, `redirected`, `answered` by Caddy, answered from `files`, or
    `nothing` answers. `upstreams` are the addresses as written. `path` is the path at the
    application, None where it is not known. Not `is_certain` where a matcher on more than the path
    and the method, or a missing import, may decide otherwise. `encode` is the compression on the
    way.
    """

    end: Literal["passed", "redirected", "answered", "files", "nothing"]
    proxy: Line | None
    upstreams: tuple[Word, ...]
    path: str | None
    is_certain: bool
    steps: tuple[Line, ...]
    encode: Line | None = None


def way_for(site: Site, path: str, method: str = "POST") -> Way:
    """The way of a request with that path through a site."""
    journey = _Journey(path.partition("?")[0], method)
    end = journey.block(site.lines, {}, is_ordered=False) or "nothing"
    proxy = journey.proxy
    upstreams = _upstreams(proxy) if proxy else ()
    steps = tuple(journey.steps)
    return Way(end, proxy, upstreams, journey.path, journey.is_certain, steps, journey.encode)


End = Literal["passed", "redirected", "answered", "files"]


class _Journey:
    def __init__(self, path: str, method: str) -> None:
        self.path: str | None = path
        self._method = method
        self._count = 0
        self.is_certain = True
        self.proxy: Line | None = None
        self.encode: Line | None = None
        self.steps: list[Line] = []

    def block(
        self, lines: Sequence[Line], outer: Mapping[str, Line], *, is_ordered: bool
    ) -> End | None:
        """Go through the directives of a block in Caddy's order, or as written in a `route`."""
        matchers = {**outer, **{each.name: each for each in lines if each.name.startswith("@")}}
        self.is_certain = self.is_certain and all(each.is_certain for each in lines)
        known = [each for each in lines if _group(each) in _ORDER]
        if len(known) > _MOST_SORTED:
            self.is_certain = False
        elif not is_ordered:
            known = _sorted(known, matchers)
        taken: dict[str, str] = {}
        for each in known:
            self._count += 1
            if self._count > _MOST_STEPS:
                self.is_certain = False
                return None
            group = _group(each)
            if group in _ONLY_FIRST and taken.get(group, _matcher(each)) != _matcher(each):
                continue
            matches = self._matches(each, matchers)
            if matches is None:
                self.is_certain = False
            if not matches:
                continue
            taken[group] = _matcher(each)
            end = self._step(each, matchers)
            if end is not None:
                return end
        return None

    def _step(self, line: Line, matchers: Mapping[str, Line]) -> End | None:
        words = _values(line)
        if line.name in ("handle", "handle_path", "route"):
            self.steps.append(line)
            before = self.path
            if line.name == "handle_path" and self.path is not None and _matcher(line):
                self.path = _stripped(self.path, _matcher(line).removesuffix("*").rstrip("/"))
            end = self.block(line.block or (), matchers, is_ordered=line.name == "route")
            self.is_certain = self.is_certain and (end is not None or self.path == before)
            return end
        if line.name == "encode":
            self.encode = line
        elif line.name == "rewrite" and words:
            self._rewrite(line, words[-1])
        elif line.name == "uri" and words:
            self._uri(line, words)
        elif line.name == "try_files":
            self.is_certain = False
        elif line.name == "reverse_proxy":
            return self._passed(line)
        elif line.name == "redir":
            self.steps.append(line)
            return "redirected"
        elif line.name in _ENDS:
            self.steps.append(line)
            return _ENDS[line.name]
        return None

    def _passed(self, line: Line) -> End:
        self.steps.append(line)
        self.proxy = line
        for each in line.block or ():
            self.is_certain = self.is_certain and each.is_certain
            if each.name == "rewrite" and each.arguments:
                self._rewrite(each, each.words[-1])
        return "passed"

    def _rewrite(self, line: Line, target: str) -> None:
        self.steps.append(line)
        if self.path is None:
            return
        path = target.partition("?")[0][: _LONGEST_PATH + 1]
        for name in _URI:
            path = path.replace(name, self.path)
        self.path = None if "{" in path or GAP in path or len(path) > _LONGEST_PATH else path

    def _uri(self, line: Line, words: Sequence[str]) -> None:
        self.steps.append(line)
        if self.path is None:
            return
        if len(words) == 2 and words[0] == "strip_prefix":
            self.path = _stripped(self.path, words[1])
        elif len(words) == 2 and words[0] == "strip_suffix":
            self.path = self.path.removesuffix(words[1])
        elif len(words) == 3 and words[0] == "replace" and len("".join(words)) < _LONGEST_PATTERN:
            path = self.path.replace(words[1], words[2])
            self.path = None if GAP in path or len(path) > _LONGEST_PATH else path
        else:
            self.path = None

    def _matches(self, line: Line, matchers: Mapping[str, Line]) -> bool | None:
        matcher = _matcher(line)
        if matcher in ("", "*"):
            return True
        if matcher.startswith("@"):
            named = matchers.get(matcher)
            return None if named is None else self._all(named)
        return self._path([matcher])

    def _all(self, named: Line) -> bool | None:
        """A named matcher: every line of it has to match."""
        answers = [self._one(each) for each in _conditions(named)]
        if False in answers:
            return False
        return None if None in answers else True

    def _one(self, line: Line) -> bool | None:
        if line.name == "path":
            return self._path(line.words)
        if line.name == "method":
            return self._method in line.words
        if line.name == "not" and line.arguments and line.block is None:
            first, *rest = line.arguments
            inner = self._one(Line(first.text, tuple(rest), line.line))
            return None if inner is None else not inner
        return None

    def _path(self, patterns: Sequence[str]) -> bool | None:
        if self.path is None or any(GAP in each or "{" in each for each in patterns):
            return None
        answers = [_fits(each, self.path) for each in patterns]
        return True if True in answers else (None if None in answers else False)


def _fits(pattern: str, path: str) -> bool | None:
    """Whether a path matches: as it is, or with a `*` for the rest; the case does not count."""
    pattern, path = pattern.lower(), path.lower()
    if pattern.count("*") == 0:
        return pattern == path
    if pattern.count("*") == 1 and pattern.endswith("*"):
        return path.startswith(pattern[:-1])
    if pattern.count("*") == 1 and pattern.startswith("*"):
        return path.endswith(pattern[1:])
    if pattern.count("*") == 2 and pattern.startswith("*") and pattern.endswith("*"):
        return pattern[1:-1] in path
    if len(pattern) > _LONGEST_PATTERN or pattern.count("*") > 3 or len(path) > _LONGEST_PATTERN:
        return None
    parts = translate(pattern).replace(".*", "[^/]*")
    return re.match(parts, path) is not None


def _matcher(line: Line) -> str:
    """The matcher of a directive: a path, `*` or `@name`; empty without one."""
    first = line.words[0] if line.arguments else ""
    return first if first.startswith(("/", "@")) or first == "*" else ""


def _values(line: Line) -> tuple[str, ...]:
    """The words of a directive behind its matcher; what is rewritten to is none."""
    if line.name == "rewrite" and len(line.words) == 1:
        return line.words
    return line.words[1:] if _matcher(line) else line.words


def _group(line: Line) -> str:
    return "handle" if line.name == "handle_path" else line.name


def _sorted(lines: Sequence[Line], matchers: Mapping[str, Line]) -> list[Line]:
    """Caddy's order. It is no total one, so the way of sorting counts: lines are put in singly."""
    found: list[Line] = []
    for each in lines:
        at = len(found)
        while at and _is_before(each, found[at - 1], matchers):
            at -= 1
        found.insert(at, each)
    return found


def _is_before(one: Line, other: Line, matchers: Mapping[str, Line]) -> bool:
    """By directive; of the same, longer paths first; where one has no path, matchers first."""
    ranks = _ORDER.index(_group(one)), _ORDER.index(_group(other))
    if ranks[0] != ranks[1]:
        return ranks[0] < ranks[1]
    path, path_of_other = _only_path(one, matchers), _only_path(other, matchers)
    if not path or not path_of_other:
        return bool(_matcher(one)) and _matcher(one) != "*" and _matcher(other) in ("", "*")
    bare, bare_other = path.removesuffix("*"), path_of_other.removesuffix("*")
    if bare == bare_other:
        return len(path) < len(path_of_other)
    if len(bare) == len(bare_other):
        return bare < bare_other
    return len(bare) > len(bare_other)


def _only_path(line: Line, matchers: Mapping[str, Line]) -> str:
    """The path that a directive matches, where it is one."""
    matcher = _matcher(line)
    if not matcher.startswith("@"):
        return matcher if matcher.startswith("/") else ""
    named = matchers.get(matcher)
    paths = [word for each in _conditions(named) if each.name == "path" for word in each.words]
    return paths[0] if len(paths) == 1 else ""


def _conditions(named: Line | None) -> list[Line]:
    """What a named matcher asks for, each on a line of its own or the only one behind its name."""
    if named is None:
        return []
    lines = list(named.block or ())
    if named.arguments:
        first, *rest = named.arguments
        lines.append(Line(first.text, tuple(rest), named.line))
    return lines


def _stripped(path: str, prefix: str) -> str | None:
    """A path without its prefix; not known where that leaves none that versions agree on."""
    if not path.lower().startswith(prefix.lower()):
        return path
    rest = path[len(prefix) :] or "/"
    return rest if rest.startswith("/") else None


def _upstreams(proxy: Line) -> tuple[Word, ...]:
    """The addresses of a proxy, also those of `to` in its block."""
    skipped = 1 if _matcher(proxy) else 0
    inside = [word for each in proxy.block or () if each.name == "to" for word in each.arguments]
    return (*proxy.arguments[skipped:], *inside)
