"""A finding: one weak hop of a stream, with the path that proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.remedy import Remedy


class Severity(str, Enum):
    """How bad: an error will hurt, a warning hurts under the condition that the message states."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Confidence(str, Enum):
    """How sure."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return list(Confidence).index(self)


class Hop(str, Enum):
    """The stations of a stream, from the code that makes a token to the client that reads it."""

    NODE = "node"
    GRAPH = "graph"
    GENERATOR = "generator"
    RESPONSE = "response"
    MIDDLEWARE = "middleware"
    SERVER = "server"
    PROXY = "proxy"
    PLATFORM = "platform"
    CLIENT = "client"
    SOURCE = "source"


class Place(Struct, frozen=True, order=True):
    """Part of one file.

    `path` as reported (relative to the working directory where it lies below it); rows and
    columns are 1-based, columns count code points, the end is exclusive. For a notebook the rows
    count within `cell` (1-based).
    """

    path: str
    row: int
    column: int
    end_row: int
    end_column: int
    cell: int | None = None


class Step(Struct, frozen=True):
    """One step of a trace: what happens at a place."""

    place: Place
    message: str


class Finding(Struct, frozen=True):
    """One report. `place` is the primary place; `trace` leads from the entry point to the cause.

    `fix` mends it at the primary place; None where nothing does.
    """

    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence
    hop: Hop
    place: Place
    trace: tuple[Step, ...] = ()
    help: str = ""
    fix: Remedy | None = None

    @property
    def sort_key(self) -> tuple[Place, str, str]:
        return (self.place, self.code, self.message)

    def with_severity(self, severity: Severity) -> Finding:
        return replace(self, severity=severity)


class Unresolved(Struct, frozen=True):
    """A call that looks like a graph's, whose receiver could not be resolved."""

    place: Place
    message: str


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """One finding a rule, place and sink, and one a rule, place and message.

    The surest is kept, then the worst, then the shortest to tell.
    """
    return _best_of(_best_of(findings, _sink), lambda finding: finding.message)


def _best_of(
    findings: Iterable[Finding], what: Callable[[Finding], Place | str | None]
) -> list[Finding]:
    best: dict[tuple[str, Place, Place | str | None], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.place, what(finding))
        known = best.get(key)
        if known is None or _rank(finding) < _rank(known):
            best[key] = finding
    return list(best.values())


def _sink(finding: Finding) -> Place | None:
    return finding.trace[-1].place if finding.trace else None


def _rank(finding: Finding) -> tuple[int, int, int]:
    return finding.confidence.rank, finding.severity.rank, len(finding.trace)
