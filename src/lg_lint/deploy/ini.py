"""Files of sections with `name = value` lines, where a name may repeat and each line counts."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.text import text_of


class Entry(Struct, frozen=True):
    """One setting. A value over several lines is one text, with the first one's line.

    Continued lines are joined by a blank where a backslash ends them, else by a new line; `rows`
    holds them as they are, each with its own line.
    """

    name: str
    value: Word
    rows: tuple[Word, ...]


class Section(Struct, frozen=True):
    """A section with its settings in order; what stands before any section has the name ""."""

    name: str
    line: int
    entries: tuple[Entry, ...]

    def last(self, name: str) -> Word | None:
        """The value that counts where a name repeats; None where it does not stand here."""
        return next((each.value for each in reversed(self.entries) if each.name == name), None)

    def entries_of(self, name: str) -> tuple[Entry, ...]:
        """All settings of a name since the last empty one, which takes away those before it."""
        found: list[Entry] = []
        for each in self.entries:
            if each.name == name:
                found.append(each)
                if not each.value.text:
                    found.clear()
        return tuple(found)

    def every(self, name: str) -> tuple[Word, ...]:
        """The values of those settings."""
        return tuple(each.value for each in self.entries_of(name))


class Ini(Struct, frozen=True):
    """The sections of a file, in order, and what could not be read of it."""

    sections: tuple[Section, ...] = ()
    unread: tuple[Unread, ...] = ()


def read_ini(data: bytes, *, is_systemd: bool = False) -> Ini:
    """The sections of a file. Any bytes are accepted.

    systemd continues a line by a backslash at its end and has comments on lines of their own;
    elsewhere an indented line continues the one before, and ` ;` or ` #` begins a comment.
    """
    text = text_of(data)
    if isinstance(text, Unread):
        return Ini(unread=(text,))
    reader = _Reader(is_systemd)
    for number, row in enumerate(text.split("\n"), 1):
        reader.take(row, number)
    reader.end_section()
    return Ini(tuple(reader.sections), tuple(reader.unread[:20]))


class _Reader:
    def __init__(self, is_systemd: bool) -> None:
        self.sections: list[Section] = []
        self.unread: list[Unread] = []
        self._is_systemd = is_systemd
        self._section = ("", 1)
        self._names: list[tuple[str, int]] = []
        self._rows: list[list[Word]] = []
        self._is_continued = False

    def take(self, row: str, number: int) -> None:
        """Takes one physical line."""
        stripped = row.strip()
        if stripped.startswith(("#", ";")) or not stripped:
            self._is_continued = self._is_continued and bool(stripped)
            return
        if self._continues(row):
            self._add(stripped, number)
        elif stripped.startswith("[") and "]" in stripped:
            self.end_section()
            self._section = (stripped[1 : stripped.index("]")].strip(), number)
        else:
            self._entry(row, number)

    def _continues(self, row: str) -> bool:
        if self._is_systemd:
            return self._is_continued
        return bool(self._rows) and row[0].isspace()

    def _entry(self, row: str, number: int) -> None:
        signs = [at for at in (row.find("="), row.find(":")) if at > 0]
        if self._is_systemd:
            signs = [row.find("=")] if "=" in row else []
        self._is_continued = False
        if not signs:
            self.unread.append(Unread(number, "a line that is neither a section nor a setting"))
            return
        at = min(signs)
        self._names.append((row[:at].strip(), number))
        self._rows.append([])
        self._add(row[at + 1 :].strip(), number)

    def _add(self, row: str, number: int) -> None:
        if self._is_systemd:
            self._is_continued = row.endswith("\\")
            row = row.removesuffix("\\")
        else:
            for mark in (" ;", "\t;", " #", "\t#"):
                row = row.partition(mark)[0]
        self._rows[-1].append(Word(row.strip(), number))

    def end_section(self) -> None:
        """Closes the section that is open."""
        joint = " " if self._is_systemd else "\n"
        entries = tuple(
            Entry(name, Word(joint.join(row.text for row in rows), line), tuple(rows))
            for (name, line), rows in zip(self._names, self._rows)  # noqa: B905
        )
        if entries or self._section[0]:
            self.sections.append(Section(*self._section, entries))
        self._names, self._rows, self._is_continued = [], [], False
