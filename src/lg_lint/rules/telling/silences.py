"""How bad a silence of a stream is, before a proxy that bears so many seconds of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.base.finding import Confidence, Severity, Step
from lg_lint.model.graph import GraphRun
from lg_lint.model.hosting.proxies import READ_TIMEOUT
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.silences import Silence, Silences

_NOTABLE = 15.0
"""Seconds without a byte after which a heartbeat is due: the interval of the classes that ping."""

FOREVER = 3600.0
"""Seconds that no stream waits: a proxy that bears so many cuts none."""


class Verdict(Struct):
    """A silence, the run that it is part of, and how bad and how sure it is."""

    silence: Silence
    run: GraphRun | None
    severity: Severity
    confidence: Confidence

    def lower(self) -> None:
        """A proxy that may stand before the application may bear the silence."""
        self.severity = Severity.INFO
        if self.confidence is Confidence.HIGH:
            self.confidence = Confidence.MEDIUM

    @property
    def rank(self) -> tuple[int, int, float]:
        """The surest first, then the worst, then the longest."""
        return self.confidence.rank, self.severity.rank, -(self.silence.seconds or 0)

    @property
    def text(self) -> str:
        """What is silent, and for how long."""
        seconds = self.silence.seconds
        return self.silence.what + (f" for {seconds:g} s" if seconds is not None else "")


def worst(
    project: Project, response: StreamResponse, limit: float, *, is_known: bool
) -> Verdict | None:
    """The worst silence of a response's generators; `is_known` where a file says the limit."""
    verdicts = [
        verdict
        for silence, run in project.once(Silences.of).of_response(response)
        for verdict in _judged(silence, run, limit, is_known)
    ]
    return min(verdicts, key=lambda verdict: verdict.rank, default=None)


def _judged(
    silence: Silence, run: GraphRun | None, limit: float, is_known: bool
) -> Iterator[Verdict]:
    """How bad a silence is, if it counts: one of unknown length only before a usual proxy."""
    if silence.seconds is not None:
        cuts = silence.seconds >= limit
        notable = not is_known and silence.seconds >= _NOTABLE and not silence.blocking
        if cuts or notable:
            severity = Severity.WARNING if cuts and silence.certain else Severity.INFO
            certain = Confidence.HIGH if silence.certain else Confidence.MEDIUM
            yield Verdict(silence, run, severity, certain)
    elif limit <= READ_TIMEOUT:
        cuts = silence.long and is_known
        certain = Confidence.MEDIUM if silence.long else Confidence.LOW
        yield Verdict(silence, run, Severity.WARNING if cuts else Severity.INFO, certain)


def silence_steps(project: Project, response: StreamResponse, verdict: Verdict) -> Iterator[Step]:
    """The steps from the response over the run to the silence."""
    yield project.step(response.site, "the response")
    if verdict.run is not None:
        yield project.step(verdict.run.site, f"{verdict.run.method}() runs the graph")
    if verdict.run is None or verdict.silence.site.node is not verdict.run.site.node:
        yield project.step(verdict.silence.site, "nothing is sent meanwhile")
