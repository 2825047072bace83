"""Findings that have one cause, reported as one.

Where more than `MOST` places lead to one cause, the first call that they all share is reported,
with the places in `related`. What rules find at one call is reported as the worst of it.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from lg_lint.base.finding import Confidence, Finding, Place, Reach, Step, Way

MOST = 3
"""So many places with one cause are told one by one."""

ALSO = "also "
"""How a step begins that leads from other places than the one whose way is told."""

_ONE_CALL = ("LG101", "LG103")
"""What these rules say of one call is mended together: the event loop is held there."""


def one_per_cause(
    findings: Iterable[Finding], may_stand: Callable[[Finding], bool]
) -> list[Finding]:
    """The findings, each cause once. `may_stand` says where a finding may be reported."""
    rest: list[Finding] = []
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in worst_of_each_call(findings):
        (by_code[finding.code] if finding.reach is not None else rest).append(finding)
    for found in by_code.values():
        rest += _by_cause(found, may_stand)
    return rest


def worst_of_each_call(findings: Iterable[Finding]) -> list[Finding]:
    """One finding a call: the worst, with what the others lead to at the end of its trace."""
    kept: list[Finding] = []
    calls: dict[Place, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.code in _ONE_CALL and finding.reach is not None:
            calls[finding.place].append(finding)
        else:
            kept.append(finding)
    for found in calls.values():
        worst, *others = sorted(found, key=_rank)
        for other in others:
            worst = worst.with_steps(other.trace)
        kept.append(worst)
    return kept


def _rank(finding: Finding) -> tuple[int, int, str]:
    return finding.severity.rank, finding.confidence.rank, finding.code


# --- one cause, many places ------------------------------------------------------------------


def _by_cause(findings: list[Finding], may_stand: Callable[[Finding], bool]) -> Iterator[Finding]:
    """The cause that most places have in common first, then what is left of the others."""
    left: dict[Place, list[int]] = defaultdict(list)
    depths: Counter[Place] = Counter()
    for index, finding in enumerate(findings):
        for depth, way in enumerate(_equally_bad(finding.reach)):
            if way.steps:
                left[way.steps[-1].place].append(index)
                depths[way.steps[-1].place] += depth
    queue = [
        (-len(those), depths[cause], cause) for cause, those in left.items() if len(those) > MOST
    ]
    heapq.heapify(queue)
    reported: set[int] = set()
    while queue:
        size, depth, cause = heapq.heappop(queue)
        those = [index for index in dict.fromkeys(left[cause]) if index not in reported]
        if len(those) <= MOST:
            continue
        if len(those) < -size:
            heapq.heappush(queue, (-len(those), depth, cause))
            continue
        reported.update(those)
        members = [(findings[index], _way_to(findings[index], cause)) for index in those]
        yield _together(members, may_stand)
    yield from (finding for index, finding in enumerate(findings) if index not in reported)


def _equally_bad(reach: Reach | None) -> Iterator[Way]:
    """The ways of a place that are as bad as the one that is told."""
    assert reach is not None
    return (way for way in reach.ways if way.weight == reach.ways[0].weight)


def _way_to(finding: Finding, cause: Place) -> Way:
    """The way to a cause, from the finding's place on."""
    assert finding.reach is not None
    ways = _equally_bad(finding.reach)
    way = next(each for each in ways if each.steps and each.steps[-1].place == cause)
    return replace(way, steps=(finding.reach.head, *way.steps))


def _together(members: list[tuple[Finding, Way]], may_stand: Callable[[Finding], bool]) -> Finding:
    """One finding for all of the places, at the first call that they share."""
    members.sort(key=lambda member: member[0].sort_key)
    worst, way = min(members, key=lambda member: (*_rank(member[0]), len(member[0].trace)))
    shared = _shared([each.steps for _, each in members])
    found = [finding for finding, _ in members]
    group = replace(
        worst,
        message=f"{way.shared}; reached from {_counted(found)}",
        confidence=min((each.confidence for each in found), key=_sureness),
        place=shared[0].place,
        trace=_through(worst, way, len(shared), members),
        help=way.help or _help(way, len(shared)),
        fix=None,
        related=tuple(each for each in found if each.place != shared[0].place),
        anchor=shared[0].place,
        reach=None,
    )
    return group if may_stand(group) else recentred(group, group.related[0])


def _help(way: Way, shared: int) -> str:
    """What to write where the places call what holds the shared line."""
    holder = way.steps[-1 - shared].message.removeprefix("calls ")
    return (
        f"this line stands in {holder}, which async functions call or lead to: in each of them, "
        "write `await asyncio.to_thread(...)` at the call that leads here, or make the way async"
    )


def _sureness(confidence: Confidence) -> int:
    return confidence.rank


def _shared(ways: list[tuple[Step, ...]]) -> tuple[Step, ...]:
    """The steps that all ways end in."""
    first, *others = ways
    count = 0
    for step in reversed(first):
        if any(len(way) <= count or way[-1 - count].place != step.place for way in others):
            break
        count += 1
    return first[len(first) - count :]


def _through(
    finding: Finding, way: Way, shared: int, members: list[tuple[Finding, Way]]
) -> tuple[Step, ...]:
    """A trace that leads by this way first, with the steps of the other places' traces.

    Those that lead to what they share stand before it, and what else they lead to at the end.
    """
    trace = finding.trace
    start = _position(finding)
    own, common = way.steps[: len(way.steps) - shared], way.steps[len(way.steps) - shared :]
    shown = {step.place for step in (*trace[:start], *way.steps)}
    shown.update(each.place for each, _ in members)
    ahead = {step.place: step for _, each in members for step in each.steps}
    beyond = {step.place: step for each, _ in members for step in each.trace[_position(each) :]}
    here = {step.place: step for step in trace[start:]}
    known = shown | ahead.keys()
    return (
        *trace[:start],
        *own,
        *(_also(step) for place, step in ahead.items() if place not in shown),
        *common,
        *(step for place, step in here.items() if place not in known),
        *(_also(step) for place, step in beyond.items() if place not in known | here.keys()),
    )


def _position(finding: Finding) -> int:
    """Where the steps of a trace begin that lead on from the finding's place."""
    found = (i for i, step in enumerate(finding.trace) if step.place == finding.place)
    return next(found, len(finding.trace))


def _also(step: Step) -> Step:
    return Step(step.place, f"{ALSO}{step.message}")


def _counted(findings: list[Finding]) -> str:
    who = {(each.place.path, each.reach.who) for each in findings if each.reach is not None}
    all_async = all(each.reach is not None and each.reach.is_async for each in findings)
    if len(who) == 1:
        return f"{len(findings)} calls in {next(iter(who))[1]}"
    return f"{len(who)} {'async functions' if all_async else 'functions'}"


def recentred(group: Finding, member: Finding) -> Finding:
    """The same finding, told at the place of one of those that it stands for."""
    others = tuple(each for each in group.related if each is not member)
    count = len(others)
    more = f"; {count} more {'place leads' if count == 1 else 'places lead'} to the same cause"
    centre = replace(group, related=(), anchor=None)
    return replace(
        member,
        message=member.message + more,
        related=(centre, *others),
        anchor=group.anchor,
        reach=None,
    )
