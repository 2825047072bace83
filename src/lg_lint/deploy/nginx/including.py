"""Includes: the files of a configuration put together, by what a caller hands in for each."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

import msgspec

from lg_lint.deploy.nginx.reading import MOST_DEPTH, Directive, Nginx
from lg_lint.deploy.place import Unread, Word

MOST_DIRECTIVES = 20_000
"""Directives of a configuration with all its includes."""

_HARMLESS = (
    "mime.types",
    "fastcgi_params",
    "fastcgi.conf",
    "uwsgi_params",
    "scgi_params",
    "proxy_params",
    "koi-utf",
    "koi-win",
    "win-utf",
    "options-ssl-nginx.conf",
)
_SKIPPED = ("events", "stream", "mail", "types")


class Included(msgspec.Struct, frozen=True):
    """A file that an `include` names: what the caller calls it, and what it says."""

    file: str
    nginx: Nginx


Find = Callable[[str, str], Sequence[Included] | None]
"""What an include stands for: given its pattern, as written, and the file that includes.

None where there is no such file; files in nginx's order, which is by name, for a pattern with `*`.
The pattern may name anything (`/etc/nginx/conf.d/*.conf`, `../../secret`, a template's gap): what
may be seen is the caller's to say, and nothing else is ever opened.
"""


class Whole(msgspec.Struct, frozen=True):
    """A configuration with its includes put in: each directive knows its file.

    `unread` are the places of includes and files that could not be read, each with its file.
    """

    file: str
    directives: tuple[Directive, ...]
    unread: tuple[tuple[str, Unread], ...] = ()
    gaps: tuple[tuple[str, Word], ...] = ()


def nothing(_pattern: str, _file: str) -> None:
    """Finds no include: for a file that is judged alone."""


def whole(file: str, nginx: Nginx, find: Find = nothing) -> Whole:
    """Put the includes of a configuration in.

    An include that cannot be found or read is kept as a directive that is not sure, unless it is
    one of nginx's own files, which say nothing about streams, or a pattern such as `conf.d/*.conf`.
    """
    work = _Including(find)
    directives = work.file(file, nginx, ())
    return Whole(file, tuple(directives), tuple(work.unread), tuple(work.gaps))


class _Including:
    def __init__(self, find: Find) -> None:
        self._find = find
        self._count = 0
        self._depth = 0
        self._missing: set[tuple[str, str]] = set()
        self.unread: dict[tuple[str, Unread], None] = {}
        self.gaps: dict[tuple[str, Word], None] = {}

    def file(self, file: str, nginx: Nginx, outer: tuple[str, ...]) -> list[Directive]:
        self.unread.update(dict.fromkeys((file, each) for each in nginx.unread))
        self.gaps.update(dict.fromkeys((file, each) for each in nginx.gaps))
        return self._block(nginx.directives, file, (*outer, file), is_certain=True)

    def _tell(self, file: str, line: int, reason: str) -> None:
        self.unread[file, Unread(line, reason)] = None

    def _block(
        self, block: Sequence[Directive], file: str, outer: tuple[str, ...], *, is_certain: bool
    ) -> list[Directive]:
        found: list[Directive] = []
        self._depth += 1
        for each in block:
            self._count += 1
            if self._count > MOST_DIRECTIVES:
                self._tell(file, 1, f"more than {MOST_DIRECTIVES:,} directives")
                break
            if each.name == "include" and each.arguments:
                found += self._include(each, file, outer, is_certain=is_certain and each.is_certain)
                continue
            certain = is_certain and each.is_certain
            inner = each.block
            if inner is not None and each.name not in _SKIPPED:
                inner = tuple(self._block(inner, file, outer, is_certain=certain))
            found.append(Directive(each.name, each.arguments, each.line, inner, certain, file))
        self._depth -= 1
        return found

    def _include(
        self, line: Directive, file: str, outer: tuple[str, ...], *, is_certain: bool
    ) -> list[Directive]:
        pattern = line.arguments[0].text
        missing = Directive("include", line.arguments, line.line, None, False, file)
        files = self._find(pattern, file)
        if files is None:
            if posixpath.basename(pattern) in _HARMLESS or any(sign in pattern for sign in "*?["):
                return []
            if (file, pattern) not in self._missing:
                self._missing.add((file, pattern))
                self._tell(file, line.line, f"the included {pattern} was not found")
            return [missing]
        found: list[Directive] = []
        for each in files:
            if each.file in outer:
                self._tell(file, line.line, f"{each.file} includes itself")
            elif self._depth > MOST_DEPTH:
                self._tell(file, line.line, "includes and blocks nested too deeply")
            else:
                inner = self.file(each.file, each.nginx, outer)
                found += inner if is_certain else map(_doubtful, inner)
                if each.nginx.unread:
                    found.append(missing)
        return found


def _doubtful(directive: Directive) -> Directive:
    inner = directive.block
    block = inner if inner is None else tuple(map(_doubtful, inner))
    return msgspec.structs.replace(directive, is_certain=False, block=block)
