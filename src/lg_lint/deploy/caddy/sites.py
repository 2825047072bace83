"""A Caddyfile's sites, with imports, snippets and the environment's values put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from lg_lint.deploy.caddy.reading import MOST_DEPTH, Caddyfile, Line
from lg_lint.deploy.place import Unread, Word

MOST_LINES = 20_000
GAP = "\ue000"
"""In a word: a part that is not known, such as `{$NAME}` without a value or a default."""

_environment = re.compile(r"\{\$([^{}:\n]*)(?::([^{}\n]*))?\}")
_argument = re.compile(r"\{args(?:\.|\[)(\d+)\]?\}")
_LONGEST = 4_000


class Included(msgspec.Struct, frozen=True):
    """A file that an `import` names: what the caller calls it, and what it says."""

    file: str
    caddyfile: Caddyfile


Find = Callable[[str, str], Sequence[Included] | None]
"""What an `import` of files stands for: given its pattern, as written, and the importing file.

None where there is no such file. What may be seen is the caller's to say.
"""


class Site(msgspec.Struct, frozen=True):
    """A site: its addresses (`example.com`, `:80`, `http://a:8080`) and its directives."""

    addresses: tuple[Word, ...]
    file: str
    line: int
    lines: tuple[Line, ...]

    @property
    def ports(self) -> tuple[int | None, ...]:
        """The port of each address: said, or by its scheme; None where it is not known."""
        return tuple(_port(each.text) for each in self.addresses)


class Sites(msgspec.Struct, frozen=True):
    """The sites of a configuration; its global options; and what could not be read, by file."""

    sites: tuple[Site, ...]
    options: tuple[Line, ...] = ()
    unread: tuple[tuple[str, Unread], ...] = ()


def nothing(_pattern: str, _file: str) -> None:
    """Finds no file: for a Caddyfile that is judged alone."""


def sites(
    file: str, caddyfile: Caddyfile, find: Find = nothing, environment: Mapping[str, str] = {}
) -> Sites:
    """The sites of a Caddyfile.

    `{$NAME:default}` is the environment's value, else the default; without either it is a `GAP`. An
    `import` that cannot be found stays a line that is not sure.
    """
    work = _Sites(find, environment)
    work.tell(file, caddyfile.unread)
    lines = work.top(caddyfile.lines, file, ())
    options = [each for each in lines if each.name == "" and each.block is not None]
    found = _blocks([each for each in lines if each.name])
    inside = tuple(inner for each in options[:1] for inner in each.block or ())
    return Sites(tuple(found), inside, tuple(work.unread))


def _blocks(lines: Sequence[Line]) -> list[Site]:
    """Each site in its braces; or one without, which has the rest of the file."""
    first = next((each for each in lines if each.is_certain), None)
    if first is not None and first.block is None:
        return [_site(first, tuple(lines[lines.index(first) + 1 :]))]
    return [_site(each, each.block) for each in lines if each.block is not None]


def _site(head: Line, lines: tuple[Line, ...]) -> Site:
    words = [Word(head.name, head.line), *head.arguments]
    parts = [Word(part, each.line) for each in words for part in each.text.split(",") if part]
    return Site(tuple(parts), head.file, head.line, lines)


class _Sites:
    def __init__(self, find: Find, environment: Mapping[str, str]) -> None:
        self._find = find
        self._environment = environment
        self._snippets: dict[str, Line] = {}
        self._count = 0
        self._depth = 0
        self.unread: dict[tuple[str, Unread], None] = {}

    def tell(self, file: str, unread: Sequence[Unread]) -> None:
        self.unread.update(dict.fromkeys((file, each) for each in unread))

    def top(self, lines: Sequence[Line], file: str, outer: tuple[str, ...]) -> list[Line]:
        """The lines outside of all blocks: snippets are kept for whoever imports them."""
        rest: list[Line] = []
        for each in lines:
            if each.name.startswith("(") and each.name.endswith(")") and each.block is not None:
                self._snippets[each.name[1:-1]] = msgspec.structs.replace(each, file=file)
            else:
                rest.append(each)
        return self._block(rest, file, (*outer, file), ())

    def _block(
        self, lines: Sequence[Line], file: str, outer: tuple[str, ...], given: Sequence[str]
    ) -> list[Line]:
        found: list[Line] = []
        self._depth += 1
        for each in lines:
            self._count += 1
            if self._count > MOST_LINES:
                self.tell(file, [Unread(1, f"more than {MOST_LINES:,} lines")])
                break
            here = self._line(each, file, given)
            if here.name == "import" and here.arguments:
                found += self._import(here, outer)
            elif here.block is None:
                found.append(here)
            else:
                inner = tuple(self._block(here.block, file, outer, given))
                found.append(msgspec.structs.replace(here, block=inner))
        self._depth -= 1
        return found

    def _line(self, line: Line, file: str, given: Sequence[str]) -> Line:
        name = self._fill(line.name, given)
        words = tuple(Word(self._fill(each.text, given), each.line) for each in line.arguments)
        is_certain = line.is_certain and not name.startswith(GAP)
        return Line(name, words, line.line, line.block, file, is_certain)

    def _fill(self, text: str, given: Sequence[str]) -> str:
        if "{" not in text:
            return text
        if len(text) > _LONGEST:
            return GAP

        def value(found: re.Match[str]) -> str:
            return self._environment.get(found[1], found[2] if found[2] is not None else GAP)

        def argument(found: re.Match[str]) -> str:
            number = int(found[1]) if len(found[1]) < 4 else len(given)
            return given[number] if number < len(given) else GAP

        filled = _argument.sub(argument, _environment.sub(value, text))
        return filled if len(filled) <= _LONGEST else GAP

    def _import(self, line: Line, outer: tuple[str, ...]) -> list[Line]:
        name, *arguments = line.words
        given = [each if len(each) < _LONGEST else GAP for each in arguments]
        missing = msgspec.structs.replace(line, is_certain=False)
        snippet = self._snippets.get(name)
        if snippet is not None:
            return self._into(line, f"({name})", snippet.block or (), snippet.file, outer, given)
        files = self._find(name, line.file)
        if files is None:
            self.tell(line.file, [Unread(line.line, f"the imported {name} was not found")])
            return [missing]
        found: list[Line] = []
        for each in files:
            self.tell(each.file, each.caddyfile.unread)
            found += self._into(line, each.file, each.caddyfile.lines, each.file, outer, given)
            if each.caddyfile.unread:
                found.append(missing)
        return found

    def _into(
        self,
        line: Line,
        name: str,
        lines: Sequence[Line],
        file: str,
        outer: tuple[str, ...],
        given: Sequence[str],
    ) -> list[Line]:
        if name in outer:
            self.tell(line.file, [Unread(line.line, f"{name} imports itself")])
            return []
        if self._depth > MOST_DEPTH:
            self.tell(line.file, [Unread(line.line, "imports and blocks nested too deeply")])
            return []
        if name.startswith("("):
            return self._block(lines, file, (*outer, name), given)
        rest = [each for each in lines if not each.name.startswith("(")]
        for each in lines:
            if each.name.startswith("(") and each.block is not None:
                self._snippets[each.name[1:-1]] = msgspec.structs.replace(each, file=file)
        return self._block(rest, file, (*outer, name), given)


def _port(address: str) -> int | None:
    if GAP in address:
        found = re.search(r":(\d{1,5})$", address)
        return int(found[1]) if found else None
    scheme, _, rest = address.rpartition("://")
    port = rest.partition("/")[0].rpartition(":")[2]
    if ":" in rest.partition("/")[0]:
        return int(port) if port.isascii() and port.isdigit() and len(port) < 6 else None
    return 80 if scheme == "http" else 443
