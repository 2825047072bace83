"""YAML and JSON to nodes with lines. Documents are composed, never constructed.

The base loader is used, which gives no scalar a type: half of the time went into that.

Anchors make a node part of several others, and of itself: whoever walks nodes looks keys up, or
keeps what was seen. Merge keys are followed where a mapping is asked for its keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Union

from msgspec import Struct

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.settings import Setting, unknown

MOST_BYTES = 512 * 1024
"""Larger files are not read: the C parser takes three seconds for a megabyte of small mappings."""
MOST_DOCUMENTS = 1_000
MOST_ITEMS = 20_000
"""What one mapping or list yields at most, merge keys included."""

_NULLS = ("", "~", "null", "Null", "NULL")
_PLAIN = "tag:yaml.org,2002:"
_comment = re.compile(r"(?m)(?:^|(?<=[\s,\[{]))//[^\n\"]*$")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_LONGEST_REASON = 200

Splice = Union["Node", str]


class Source(Struct, eq=False):
    """What nodes of one text share.

    `rows` tells for each row of the text the line of the file it came from, where the text was made
    from a template. `splices` says what stands for a word of the text: a node of another file, or
    the template's own text where its value is unknown. `doubtful` are the lines of the file of
    which it is not known whether they count.
    """

    text: str
    path: str = ""
    rows: tuple[int, ...] = ()
    splices: Mapping[str, Splice] = {}
    splice: re.Pattern[str] | None = None
    doubtful: frozenset[int] = frozenset()
    cut: list[str] = []

    def between(self, first: int, last: int) -> list[str]:
        """The rows of the text from one to another, both from 0."""
        if not self.cut:
            self.cut = self.text.split("\n")
        return self.cut[first : last + 1]

    def line(self, row: int) -> int:
        """The line of the file for a row of the text, both from 1."""
        if not self.rows:
            return row
        return self.rows[min(row, len(self.rows)) - 1]


class Node:
    """A mapping, a list or a scalar of a document."""

    __slots__ = ("_entries", "raw", "source")

    def __init__(self, raw: Any, source: Source) -> None:
        self.raw = raw
        self.source = source
        self._entries: dict[str, tuple[Word, Node]] | None = None

    @property
    def kind(self) -> str:
        """One of "mapping", "sequence" and "scalar"."""
        return str(self.raw.id)

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.source.line(self.raw.start_mark.line + 1)

    @property
    def null(self) -> bool:
        """Whether it is nothing: an empty value, `null`, `~`, or what Compose is told to reset."""
        raw = self.raw
        if raw.id != "scalar":
            return False
        plain = not raw.style and raw.tag.startswith(_PLAIN)
        return raw.tag == "!reset" or (plain and raw.value in _NULLS)

    @property
    def tag(self) -> str:
        """A tag of its own such as `!Ref`, or nothing."""
        tag = str(self.raw.tag)
        return "" if tag.startswith(_PLAIN) else tag

    def entries(self) -> Mapping[str, tuple[Word, Node]]:
        """The keys of a mapping with their places and values, merge keys followed."""
        if self._entries is None:
            self._entries = {}
            if self.kind == "mapping":
                _collect(self.raw, self.source, self._entries, set())
        return self._entries

    def items(self) -> Iterator[tuple[Word, Node]]:
        """The keys of a mapping and their values."""
        yield from self.entries().values()

    def get(self, key: str) -> Node | None:
        """The value of a key; None where it is missing or nothing."""
        found = self.entries().get(key)
        return None if found is None or found[1].null else found[1]

    def at(self, *keys: str) -> Node | None:
        """The value that lies behind several keys, one inside the other."""
        node: Node | None = self
        for key in keys:
            node = node.get(key) if node is not None else None
        return node

    def elements(self) -> Iterator[Node]:
        """The elements of a list."""
        if self.kind == "sequence":
            for raw in self.raw.value[:MOST_ITEMS]:
                yield resolved(raw, self.source)

    def setting(self, *keys: str) -> Setting | None:
        """The scalar behind the keys, or this one: None where there is none, or nothing in it."""
        node = self.at(*keys)
        if node is None or node.kind != "scalar" or node.null:
            return None
        return _setting(node)

    def text(self, *keys: str) -> str:
        """The known text behind the keys, or nothing."""
        found = self.setting(*keys)
        return found.text if found is not None and found.known else ""


class Documents(Struct, eq=False):
    """The documents of a file, and what could not be read of it."""

    roots: tuple[Node, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def root(self) -> Node | None:
        """The first document."""
        return self.roots[0] if self.roots else None


def documents(data: bytes, path: str = "") -> Documents:
    """The documents of a YAML or JSON file."""
    if len(data) > MOST_BYTES:
        return Documents(unread=(Unread(1, f"larger than {MOST_BYTES // 1024} KiB"),))
    if b"\0" in data[:1024] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return Documents(unread=(Unread(1, "not a text"),))
    text = decoded(data)
    if "//" in text and text.lstrip()[:1] in ("{", "["):
        text = _comment.sub("", text)
    return compose(Source(text, path))


def decoded(data: bytes) -> str:
    """The text of a file; what is no character of it becomes a question mark."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    data = _SURROGATE.sub(rb"?", data) if b"\\u" in data else data
    return data.decode(encoding, "replace").replace("\r\n", "\n")


def compose(source: Source) -> Documents:
    """The documents of a text: those before an error count, and the error is told."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    roots: list[Node] = []
    unread: tuple[Unread, ...] = ()
    try:
        for raw in yaml.compose_all(source.text, loader):
            if raw is not None:
                roots.append(resolved(raw, source))
            if len(roots) >= MOST_DOCUMENTS:
                break
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark is not None else 1
        reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML")
        unread = (Unread(source.line(row), reason[:_LONGEST_REASON]),)
    except (ValueError, RecursionError, OverflowError):
        unread = (Unread(1, "no YAML"),)
    return Documents(tuple(roots), unread)


def guarded(read: Callable[[Node], None], roots: tuple[Node, ...], unread: list[Unread]) -> None:
    """Reads each document; one that is too deep is told, and the rest counts."""
    for root in roots:
        try:
            read(root)
        except RecursionError:
            unread.append(Unread(root.line, "nested too deeply"))


def resolved(raw: Any, source: Source) -> Node:
    """A node, or what a template put in its place."""
    if source.splice is not None and raw.id == "scalar":
        found = source.splices.get(raw.value)
        if isinstance(found, Node):
            return found
    return Node(raw, source)


def _collect(raw: Any, source: Source, into: dict[str, tuple[Word, Node]], seen: set[int]) -> None:
    """The keys of a mapping; its own win over merged ones, earlier merged ones over later."""
    seen.add(id(raw))
    own: dict[str, tuple[Word, Node]] = {}
    merged: list[Any] = []
    for key, value in raw.value:
        if key.id == "scalar" and key.value == "<<" and not key.style:
            merged += value.value if value.id == "sequence" else [value]
        elif key.id == "scalar":
            text = _plain(key.value, source)
            line = source.line(key.start_mark.line + 1)
            own[text] = (Word(text, line), resolved(value, source))
    for text, entry in own.items():
        into.setdefault(text, entry)
    for each in merged:
        if each.id == "mapping" and id(each) not in seen and len(into) < MOST_ITEMS:
            _collect(each, source, into, seen)


def _plain(text: str, source: Source) -> str:
    """A text in which what a template left is written out."""
    if source.splice is None or not source.splice.search(text):
        return text
    return _spliced(Setting(text, 1), source).text


def _spliced(setting: Setting, source: Source) -> Setting:
    """A text with the template's values in it; unknown unless all of these are known."""
    assert source.splice is not None
    known, at, length = setting.known, 0, 0
    parts: list[str] = []
    moves: list[tuple[int, int]] = []
    for match in source.splice.finditer(setting.text):
        found = source.splices.get(match[0], "")
        inner = found.setting() if isinstance(found, Node) else unknown(str(found), 1)
        known = known and inner is not None and inner.known
        parts += [setting.text[at : match.start()], inner.text if inner is not None else ""]
        length += len(parts[-2]) + len(parts[-1])
        at = match.end()
        moves.append((at, length - at))
        if length > MOST_BYTES:
            return Setting("", setting.line, setting.path, "unknown")
    text = "".join((*parts, setting.text[at:]))
    breaks = _moved(setting.breaks, moves)
    return Setting(text, setting.line, setting.path, "set" if known else "unknown", breaks)


def _moved(
    breaks: tuple[tuple[int, int], ...], moves: list[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """The offsets after the moves: from each offset on, by how much."""
    found, index, by = [], 0, 0
    for offset, line in breaks:
        while index < len(moves) and moves[index][0] <= offset:
            by = moves[index][1]
            index += 1
        found.append((offset + by, line))
    return tuple(found)


def _setting(node: Node) -> Setting:
    raw, source = node.raw, node.source
    text, line = str(raw.value), node.line
    doubted = node.tag or line in source.doubtful
    breaks = _breaks(raw, source)
    found = Setting(text, line, source.path, "unknown" if doubted else "set", breaks)
    if source.splice is not None and source.splice.search(text):
        return _spliced(found, source)
    return found


def _breaks(raw: Any, source: Source) -> tuple[tuple[int, int], ...]:
    """Where the lines of the file begin in a scalar's text.

    Folding and quoting change white space alone, so that the n-th other character of the text is
    the n-th of the source.
    """
    first, last = raw.start_mark.line, raw.end_mark.line
    if first == last:
        return ()
    rows = source.between(first, last)
    rows[-1] = rows[-1][: raw.end_mark.column]
    if raw.style in ("|", ">"):
        rows[0] = ""
    else:
        rows[0] = rows[0][raw.start_mark.column + (1 if raw.style else 0) :]
    counts = [sum(map(len, row.split())) for row in rows]
    return tuple(_offsets(str(raw.value), counts, first, source))


def _offsets(text: str, counts: list[int], first: int, source: Source) -> Iterator[tuple[int, int]]:
    characters = (at for at, character in enumerate(text) if not character.isspace())
    passed = 0
    wanted = 0
    for row, count in enumerate(counts):
        if not count:
            continue
        while passed < wanted:
            if next(characters, None) is None:
                return
            passed += 1
        at = next(characters, None)
        if at is None:
            return
        passed += 1
        yield (at, source.line(first + row + 1))
        wanted += count
