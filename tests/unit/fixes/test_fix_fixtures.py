"""Every bad fixture, fixed: only what is claimed changes, the finding goes, and it stays so."""

from __future__ import annotations

import difflib
import functools
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from fix_cases import FIXTURES, check, comments, copied, inside, mended, rows, write
from fix_claims import changes, unclaimed

from lg_lint.base.finding import Finding
from lg_lint.base.fix import Applicability
from lg_lint.fixes.applying import Applied
from lg_lint.rules.registry import all_rules

SNAPSHOTS = Path(__file__).parent / "snapshots"
FIXABLE = [rule.code for rule in all_rules() if rule.fixable != "never"]


class Run(NamedTuple):
    """A case before fixing, after it, and after fixing it again."""

    findings: list[Finding]
    first: Applied
    second: Applied


@functools.cache
def run(case: Path) -> Run:
    with tempfile.TemporaryDirectory() as folder, inside(copied(case, Path(folder))):
        findings, first = check().findings, mended()
        write(first)
        return Run(findings, first, mended() if first.after else first)


def cases(code: str) -> list[Path]:
    return sorted(path for path in FIXTURES.glob(f"{code}/bad/*") if path.is_dir())


ALL = [case for code in FIXABLE for case in cases(code)]


def case_id(case: Path) -> str:
    return f"{case.parts[-3]}/{case.name}"


def difference(result: Applied) -> str:
    shown = []
    for path in sorted(result.after):
        before, after = rows(result.before[path]), rows(result.after[path])
        lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        shown += [Path(path).as_posix(), *(line for line in lines if not line.startswith("@@"))]
    reasons = [each.fix.reason for each in result.fixed if each.fix and each.fix.reason]
    shown += [f"unsafe: {reason}" for reason in reasons]
    return "".join(f"    {line}\n" for line in shown)


@pytest.mark.parametrize("code", FIXABLE)
def test_fixed_fixtures_are_as_expected(code: str) -> None:
    fixed = [case for case in cases(code) if run(case).first.after]
    found = "".join(f"{case.name}\n{difference(run(case).first)}" for case in fixed)
    snapshot = SNAPSHOTS / f"{code}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.write_text(found, encoding="utf-8")
    assert found == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", ALL, ids=case_id)
def test_fix_changes_only_what_it_claims(case: Path) -> None:
    result = run(case).first
    for path, after in result.after.items():
        before = result.before[path]
        assert changes(before, after)
        assert unclaimed(before, after) == []
        dropped = [row for row in rows(before) if row.startswith("@") and row not in rows(after)]
        assert comments(before) - comments("\n".join(dropped)) == comments(after)


@pytest.mark.parametrize("case", ALL, ids=case_id)
def test_every_offered_fix_is_applied_once(case: Path) -> None:
    findings, first, second = run(case)
    offered = [
        finding
        for finding in findings
        if finding.fix is not None and finding.fix.applicability is not Applicability.DISPLAY
    ]
    assert len(first.fixed) == len(offered)
    assert len(first.report.findings) == len(findings) - len(offered)
    assert first.refused == []
    assert second.fixed == first.fixed if not first.after else second.after == {}


@pytest.mark.parametrize("code", FIXABLE)
def test_rule_has_fixes(code: str) -> None:
    assert any(run(case).first.fixed for case in cases(code))
