"""How findings tell that something in front of a stream gives up before the stream goes on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.base.finding import Confidence, Finding, Place, Severity, Step
from lg_lint.model.hosting.fronts.limits import FrontLimits, Sort, Wait
from lg_lint.model.hosting.recycling import USUAL_ANSWER
from lg_lint.model.project import Project
from lg_lint.model.streams.heartbeats import has_heartbeat
from lg_lint.model.web.sse_frames import maker
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import entry_step
from lg_lint.rules.telling.silences import FOREVER, Verdict, silence_steps, worst


class Cut(Struct):
    """A stream that something in front cuts; without a verdict because all of it takes too long."""

    wait: Wait
    seconds: float
    verdict: Verdict | None
    severity: Severity
    confidence: Confidence

    @property
    def rank(self) -> tuple[int, int]:
        """The worst first, then the surest."""
        return self.severity.rank, self.confidence.rank


def findings(rule: Rule, project: Project, sort: Sort, helps: dict[str, str]) -> Iterator[Finding]:
    """One finding for each limit that cuts streams; `helps` say by title what to write there."""
    found: dict[tuple[str, int, bool], list[Cut]] = {}
    for response in project.responses:
        for waits in project.once(FrontLimits).of(response) if response.live else ():
            for cut in _cut(project, waits) if waits[0].sort == sort else ():
                limit = cut.wait.limit
                found.setdefault((limit.path, limit.line, limit.is_total), []).append(cut)
    for (path, row, _), cuts in found.items():
        cuts.sort(key=lambda each: each.rank)
        place = Place(project.display(path), row, 1, row, 1)
        yield _finding(rule, project, place, cuts, helps)


def _cut(project: Project, waits: list[Wait]) -> list[Cut]:
    """The limits of ways among which clients may choose; none where one lets the stream through."""
    cuts = []
    for wait in waits:
        cut = _of_whole(wait) if wait.limit.is_total else _of_silence(project, wait)
        if cut is None:
            return []
        cuts.append(cut)
    return cuts


def _of_whole(wait: Wait) -> Cut | None:
    """A limit of the whole answer counts where somebody has chosen a short one."""
    seconds = wait.limit.seconds
    if seconds is None or wait.limit.is_default or not 0 < seconds < USUAL_ANSWER:
        return None
    return Cut(wait, seconds, None, Severity.WARNING, Confidence.MEDIUM)


def _of_silence(project: Project, wait: Wait) -> Cut | None:
    response, seconds = wait.served.response, wait.limit.seconds
    if seconds is None or seconds >= FOREVER or not response.generators:
        return None
    if has_heartbeat(project, response, seconds):
        return None
    verdict = worst(project, response, seconds, is_known=True)
    if verdict is None:
        return None
    severity, confidence = verdict.severity, verdict.confidence
    if wait.sort == "balancer" and wait.limit.is_default:
        severity = Severity.INFO
    if not wait.is_certain and confidence is Confidence.HIGH:
        confidence = Confidence.MEDIUM
    return Cut(wait, seconds, verdict, severity, confidence)


def _finding(
    rule: Rule, project: Project, place: Place, cuts: list[Cut], helps: dict[str, str]
) -> Finding:
    cut = cuts[0]
    wait, response = cut.wait, cut.wait.served.response
    streams = {id(each.wait.served.response) for each in cuts}
    more = f" (and {len(streams) - 1} more streams)" if len(streams) > 1 else ""
    name = wait.asked or f"{wait.served.route.name}()"
    seen = "is" if cut.severity is Severity.WARNING else "may be"
    if cut.verdict is None:
        reason = f"{wait.title} allows the whole of it {cut.seconds:g} s, also while chunks flow"
    else:
        reason = (
            f"{wait.title} gives up after {cut.seconds:g} s without a byte, and nothing is sent "
            f"while {cut.verdict.text}, as {maker(response.generators).name}() has no heartbeat"
        )
    return rule.finding(
        place,
        f"the answer of {name}{more} {seen} cut off half-way, with status 200: {reason}",
        trace=_trace(project, cuts),
        help=helps.get(wait.title, helps[""]),
        severity=cut.severity,
        confidence=cut.confidence,
    )


def _trace(project: Project, cuts: list[Cut]) -> Iterator[Step]:
    cut = cuts[0]
    wait = cut.wait
    yield _step(project, wait.path, wait.line, f"carries {wait.asked or 'the stream'}")
    if wait.join is not None:
        process = wait.join.process
        yield _step(project, process.path, process.command.line, "starts the application behind it")
    yield entry_step(project, wait.served.entry)
    shown = {id(wait.served.response)}
    for other in cuts[1:]:
        response = other.wait.served.response
        if id(response) not in shown:
            shown.add(id(response))
            yield project.step(response.site, "another response that it carries")
    if cut.verdict is None:
        yield project.step(wait.served.response.site, "the response")
    else:
        yield from silence_steps(project, wait.served.response, cut.verdict)


def _step(project: Project, path: str, row: int, text: str) -> Step:
    return Step(Place(project.display(path), row, 1, row, 1), text)
