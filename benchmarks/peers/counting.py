"""What of the marked defects each tool caught, and which silent cases it spoke in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.peers.cases import Case, Mark
from benchmarks.peers.findings import Finding, near

Places = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Count:
    """For one rule: of its marks those caught, of its silent cases those flagged."""

    caught: int
    marked: int
    flagged: int
    silent: int


def traces(own: Iterable[Finding]) -> dict[tuple[str, Mark], Places]:
    """The places that belong to a mark: its line, and each step of the trace that proves it."""
    found: dict[tuple[str, Mark], Places] = {}
    for finding in own:
        (path, row), *_ = finding.places
        found[finding.case, Mark(path, row, finding.rules[0])] = finding.places
    return found


def counts(
    cases: Sequence[Case],
    findings: Sequence[Finding],
    rule: str,
    steps: dict[tuple[str, Mark], Places],
) -> Count:
    of_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        if rule in finding.rules:
            of_rule.setdefault(finding.case, []).append(finding)
    caught = marked = flagged = silent = 0
    for case in cases:
        said = of_rule.get(case.name, [])
        for mark in (mark for mark in case.marks if mark.rule == rule):
            places = ((mark.path, mark.row), *steps.get((case.name, mark), ()))
            marked += 1
            caught += any(not each.places or near(each.places, places) for each in said)
        if case.silent_for == rule:
            silent += 1
            flagged += bool(said)
    return Count(caught, marked, flagged, silent)


def elsewhere(cases: Sequence[Case], findings: Sequence[Finding]) -> int:
    """Findings in cases where no rule that they could speak of marks anything or must be silent."""
    marked = {case.name: {mark.rule for mark in case.marks} for case in cases}
    own = {case.name: case.silent_for for case in cases}
    return sum(
        not marked[each.case] & set(each.rules) and own[each.case] not in each.rules
        for each in findings
    )
