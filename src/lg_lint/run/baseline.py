"""A baseline: the findings that a project had when it took up the linter, and lives with for now.

Entries go by rule, path and the text of the row, never by the row's number; equal rows of a file
are counted. Paths start at the folder that holds the baseline. A cause that is reported once for
many places has one entry, that of the call they share, however many places there are.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from lg_lint.base import atomic, containment, door
from lg_lint.base.finding import Finding, Place
from lg_lint.base.identity import Identity, identities, row_text
from lg_lint.base.source_lines import SourceLines
from lg_lint.settings import Nearest

_VERSION = 1
_LONGEST = 200
_LARGEST = 64 << 20
_NEVER = frozenset({"LG000"})
"""A file that cannot be read has to be mended: what it hides is not known."""


class BaselineError(Exception):
    """A file that is no baseline."""


class Baseline(Struct, frozen=True):
    """The entries of a baseline file."""

    file: Path
    entries: frozenset[Identity]

    @classmethod
    def read(cls, file: Path) -> Baseline:
        """Read a file. Raises BaselineError."""
        try:
            document = json.loads(door.read(file, _LARGEST).decode("utf-8"))
        except OSError as error:
            raise BaselineError(f"{file}: cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise BaselineError(f"{file}: not a baseline: {error}") from None
        version = document.get("version") if isinstance(document, dict) else None
        if version != _VERSION:
            raise BaselineError(f"{file}: not a baseline of version {_VERSION}")
        try:
            return cls(file, frozenset(_entry(raw) for raw in document["findings"]))
        except (KeyError, TypeError) as error:
            raise BaselineError(f"{file}: not a baseline: an entry lacks {error}") from None

    def write(self) -> None:
        """Writes the file. Raises OSError."""
        findings = [entry._asdict() for entry in sorted(self.entries, key=_by_path)]
        text = json.dumps({"version": _VERSION, "findings": findings}, indent=2)
        containment.check(self.file)
        atomic.write(self.file, f"{text}\n".encode())

    def split(
        self, findings: list[Finding], sources: Mapping[str, str]
    ) -> tuple[list[Finding], frozenset[Identity]]:
        """The findings without an entry, and the entries that the others have."""
        marks = entries_of(findings, sources, self.file)
        known = _Known(self, SourceLines(sources))
        new: list[Finding] = []
        met: set[Identity] = set()
        for finding, mark in zip(findings, marks, strict=True):
            entries = {mark} if mark in self.entries else known.by_cause(finding)
            met |= entries
            if not entries or finding.code in _NEVER:
                new.append(finding)
        return new, frozenset(met)

    def stale(
        self, met: Collection[Identity], paths: Iterable[str | Path], nearest: Nearest
    ) -> list[Identity]:
        """The entries that a run on these paths with these settings has not met."""
        targets = [os.path.realpath(path) for path in paths]

        def is_covered(entry: Identity) -> bool:
            path = os.path.realpath(self.file.absolute().parent / entry.path)
            return entry.rule in nearest.of(path).shown_codes and any(
                path == target or path.startswith(target.rstrip(os.sep) + os.sep)
                for target in targets
            )

        return sorted((e for e in self.entries if e not in met and is_covered(e)), key=_by_path)


class _Known:
    """Finds what was told of a cause while it had more places, or fewer, than it has now."""

    def __init__(self, baseline: Baseline, lines: SourceLines) -> None:
        self._lines = lines
        self._folder = os.path.realpath(baseline.file.absolute().parent)
        self._entries: dict[tuple[str, str, str], set[Identity]] = {}
        for entry in baseline.entries:
            self._entries.setdefault(entry[:3], set()).add(entry)

    def by_cause(self, finding: Finding) -> set[Identity]:
        """The entries of places told as one now, or of the call at which they were told."""
        found: set[Identity] = set()
        for place in _other_places(finding):
            if text := row_text(place, self._lines):
                path = _from(self._folder, place.path)
                found |= self._entries.get((finding.code, path, _shortened(text)), set())
        return found


def _other_places(finding: Finding) -> list[Place]:
    if finding.related:
        return [other.place for other in finding.related]
    ways = finding.reach.ways if finding.reach is not None else ()
    return [step.place for way in ways[:1] for step in way.steps]


def entries_of(
    findings: Iterable[Finding], sources: Mapping[str, str], file: Path
) -> list[Identity]:
    """The entry of each finding in the baseline of that name."""
    folder = os.path.realpath(file.absolute().parent)
    return [
        mark._replace(path=_from(folder, mark.path), code=_shortened(mark.code))
        for mark in identities(findings, SourceLines(sources))
    ]


def _from(folder: str, path: str) -> str:
    try:
        return Path(os.path.relpath(os.path.realpath(path), folder)).as_posix()
    except ValueError:  # on another drive
        return Path(path).as_posix()


def _shortened(code: str) -> str:
    if len(code) <= _LONGEST:
        return code
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{code[:_LONGEST]} sha256:{digest}"


def _entry(raw: Any) -> Identity:
    return Identity(str(raw["rule"]), str(raw["path"]), str(raw["code"]), int(raw["ordinal"]))


def _by_path(entry: Identity) -> tuple[str, str, str, int]:
    return (entry.path, entry.code, entry.rule, entry.ordinal)
