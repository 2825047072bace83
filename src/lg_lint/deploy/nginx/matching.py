"""Which location of a server takes a path, as nginx chooses it.

An exact location is taken at once. Else the longest prefix counts, and those inside of it; then the
first regular expression that matches, unless the prefix says `^~`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

import msgspec

from lg_lint.deploy.nginx.records import Location, Server
from lg_lint.deploy.nginx.regexes import UnknownMatchError, captures, search
from lg_lint.deploy.nginx.templates import has_gap

_STATIC = ("exact", "prefix", "first")


class Found(msgspec.Struct, frozen=True):
    """The location of a path; None where the server itself answers.

    `is_redirect` where nginx first sends the client to the path with a slash at its end. `captures`
    are the groups of the regular expression. Not sure where a gap, or an expression that only PCRE
    understands, may lead elsewhere.
    """

    location: Location | None
    captures: dict[str, str | None] = {}
    is_redirect: bool = False
    is_certain: bool = True


def normal_path(uri: str, *, merges_slashes: bool = True) -> str | None:
    """A path as nginx compares it: decoded, without `//`, `.` and `..`; None if it is none."""
    path = unquote(re.split(r"[?#]", uri, maxsplit=1)[0])
    if not path.startswith("/") or "\0" in path:
        return None
    if merges_slashes:
        path = re.sub(r"/{2,}", "/", path)
    kept: list[str] = []
    parts = path.split("/")[1:]
    for number, part in enumerate(parts):
        if part == "..":
            if not kept:
                return None
            kept.pop()
        elif part != ".":
            kept.append(part)
            continue
        if number == len(parts) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def find(server: Server, path: str) -> Found:
    """The location that takes a path, which is normal."""
    choice = _Choice(path)
    status = choice.into(server.outside)
    is_certain = choice.is_certain and server.outside.knows_all_lists
    return Found(choice.location, choice.captures, status == "redirect", is_certain)


class _Choice:
    """nginx's own search (`ngx_http_core_find_location`), with what it has chosen so far."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.location: Location | None = None
        self.captures: dict[str, str | None] = {}
        self.is_certain = True

    def into(self, outer: Location) -> str:
        """Search in a location: `done` is final, `redirect` as well; `open` may be replaced."""
        self.is_certain = self.is_certain and outer.knows_all_lists
        inside = [each for each in outer.locations if each.kind in (*_STATIC, "regex")]
        status, chosen = self._static([each for each in inside if each.kind in _STATIC])
        is_first = False
        if chosen is not None:
            self.location = chosen
            self.is_certain = self.is_certain and chosen.is_certain
            if status != "open":
                return status
            is_first = chosen.kind == "first"
            status = self.into(chosen)
            if status != "open":
                return status
        if not is_first and self._regex([each for each in inside if each.kind == "regex"]):
            return "done"
        return "open"

    def _static(self, inside: Sequence[Location]) -> tuple[str, Location | None]:
        longest: Location | None = None
        for each in inside:
            if has_gap(each.text):
                self._doubt(each)
            elif each.kind == "exact":
                if each.text == self._path:
                    return "done", each
            elif self._path.startswith(each.text) and (
                longest is None or len(each.text) > len(longest.text)
            ):
                longest = each
        if longest is None or longest.text != self._path:
            for each in inside:
                if each.passes and each.text == self._path + "/":
                    return "redirect", each
        return "open", longest

    def _regex(self, inside: Sequence[Location]) -> bool:
        for each in inside:
            try:
                found = search(each.text, self._path, ignores_case=each.ignores_case)
            except UnknownMatchError:
                self.is_certain = False
                continue
            if found:
                self.location = each
                self.is_certain = self.is_certain and each.is_certain
                self.captures = captures(found)
                self.into(each)
                return True
        return False

    def _doubt(self, location: Location) -> None:
        """A location with a gap in its path may be the one, unless its beginning is another's."""
        before = re.split(r"\$|\{\{|\{%|<%|`", location.text, maxsplit=1)[0]
        if self._path.startswith(before):
            self.is_certain = False
