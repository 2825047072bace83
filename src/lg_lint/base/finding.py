"""A finding: one weak hop of a stream, with the path that proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.base.fix import Fix


class Severity(str, Enum):
    """How bad: an error will hurt, a warning hurts under the condition that the message states."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Confidence(str, Enum):
    """How sure."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
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


class Way(Struct, frozen=True):
    """The calls that follow the place of a finding on the way to a cause, which is the last step.

    None follows where the place itself is the cause. Places that call the same share their ways.

    `shared` tells the cause without the place that leads to it, and `help` what to write there.
    `weight`: ways of one place with the same are equally bad.
    """

    steps: tuple[Step, ...]
    shared: str
    weight: int = 0
    help: str = ""


class Reach(Struct, frozen=True):
    """What a finding's place leads to, so that places with one cause can be told together.

    `who` is the function that holds the place, and `head` what is told of it; `ways` start with
    the one that is told.
    """

    who: str
    is_async: bool
    head: Step
    ways: tuple[Way, ...]


class Finding(Struct, frozen=True):
    """One report. `place` is the primary place; `trace` leads from the entry point to the cause.

    `fix` mends it at the primary place; None where nothing does. `related` are the findings that
    this one is told instead of: places that share its cause. `anchor` is the place that names it
    in baselines and fingerprints, where that is another one.
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
    fix: Fix | None = None
    related: tuple[Finding, ...] = ()
    anchor: Place | None = None
    reach: Reach | None = None

    @property
    def places(self) -> Iterator[Place]:
        """All places that it speaks of, the primary one first."""
        yield self.place
        for step in self.trace:
            yield step.place
        for other in self.related:
            yield from other.places

    @property
    def places_reached(self) -> Iterator[Place]:
        """All places that it may speak of once it is told together with others."""
        yield from self.places
        for way in self.reach.ways if self.reach is not None else ():
            yield from (step.place for step in way.steps)

    @property
    def sort_key(self) -> tuple[Place, str, str]:
        """The order of a report: by path, row and column, then by rule."""
        return (self.place, self.code, self.message)

    def with_steps(self, steps: Iterable[Step]) -> Finding:
        """The same with more steps, each place once."""
        known = {step.place for step in self.trace}
        return replace(
            self, trace=(*self.trace, *(step for step in steps if step.place not in known))
        )

    def with_severity(self, severity: Severity) -> Finding:
        """The same finding, as bad as the settings have it."""
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
