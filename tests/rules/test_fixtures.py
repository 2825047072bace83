"""Every case under `fixtures/` reports what it marks, no more and no less, with all rules on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fixture_cases import (
    FIXTURES,
    all_cases,
    case_id,
    cases,
    differences,
    findings_of,
    marks,
    path_of,
    source_files,
)
from lg_lint.rules.registry import BUILT_IN, all_rules

HEADLINE_RULES = (
    "LG101",
    "LG102",
    "LG201",
    "LG202",
    "LG203",
    "LG204",
    "LG301",
    "LG401",
    "LG402",
    "LG404",
)
RULES = [rule.code for rule in all_rules() if rule not in BUILT_IN]


@pytest.mark.parametrize("case", all_cases(), ids=case_id)
def test_case_reports_exactly_its_marks(case: Path) -> None:
    wrong = differences(marks(case), findings_of(case))
    assert not wrong, "\n" + "\n".join([case_id(case), *wrong])


@pytest.mark.parametrize("case", all_cases(), ids=case_id)
def test_case_is_python_that_says_why(case: Path) -> None:
    files = source_files(case)
    assert files or list(case.rglob("*.ipynb"))
    for path in files:
        code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
        says_why = isinstance(code.co_consts[0], str) if code.co_consts else False
        assert says_why, f"{path} has no docstring"


@pytest.mark.parametrize("case", cases("LG*/bad/*"), ids=case_id)
def test_bad_case_marks_its_own_rule(case: Path) -> None:
    assert case.parts[-3] in {mark.code for mark in marks(case)}


@pytest.mark.parametrize("case", cases("LG*/good/*"), ids=case_id)
def test_good_case_marks_nothing(case: Path) -> None:
    assert marks(case) == []


@pytest.mark.parametrize("code", sorted({*RULES, *HEADLINE_RULES}))
def test_rule_has_bad_and_good_cases(code: str) -> None:
    assert cases(f"{code}/bad/*"), f"{code} has no case that it reports"
    assert cases(f"{code}/good/*"), f"{code} has no case that it must leave alone"


def test_folders_are_named_for_rules() -> None:
    folders = {path.name for path in FIXTURES.glob("LG*")}
    kinds = {path.name for path in FIXTURES.glob("LG*/*")}
    assert folders <= {*RULES, *HEADLINE_RULES}
    assert kinds == {"bad", "good"}


def test_sample_application_has_each_headline_rule_once() -> None:
    counted = Counter(mark.code for mark in marks(FIXTURES / "apps" / "support_desk"))
    assert counted == Counter(HEADLINE_RULES)
    assert marks(FIXTURES / "apps" / "support_desk_fixed") == []


def test_sample_application_findings_lead_through_files() -> None:
    findings = findings_of(FIXTURES / "apps" / "support_desk")
    assert findings
    for finding in findings:
        steps = {Path(step.place.path).as_posix() for step in finding.trace}
        files = {path_of(finding)} | steps
        assert len(files) > 1, f"{finding.code} stays in {files}"
