"""Every proof: the linter tells its forms apart, what it says of them is true, and a fix cures.

One file, and so one process: measurements are shared, and never disturb each other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lg_lint.rules.registry import all_rules

from .fixed import fixed
from .linted import flagged
from .proof import Proof, Result, measured
from .proofs import LG102_THREAD, LG304_MESSAGES, LG404, PROOFS
from .results import result_of, steady

FIXABLE = {rule.code for rule in all_rules() if rule.fixable != "never"}
# Sleeps in `def` nodes and messages in JSON have no fix; LG404 takes a decorator away that does nothing.
UNCURED = (LG102_THREAD, LG304_MESSAGES, LG404)
CURED = [proof for proof in PROOFS if proof.rule in FIXABLE and proof.name not in UNCURED]
HARMLESS = [proof for proof in PROOFS if proof.name == LG404]


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_proof(proof: Proof[Any]) -> None:
    for form in (*proof.bad, *proof.good):
        assert (proof.rule in flagged(form.path)) == form.is_bad, form.project
    result = result_of(proof)
    assert not result.refuted, result.figures
    swapped = Result(proof, bad=result.good, good=result.bad)
    assert swapped.refuted, "the claims hold whatever was measured"


@pytest.mark.parametrize("proof", CURED, ids=lambda proof: proof.name)
def test_fixed_project_behaves_like_the_good_one(proof: Proof[Any], tmp_path: Path) -> None:
    projects = []
    for number, form in enumerate(proof.bad):
        project, codes = fixed(form.path, tmp_path / str(number))
        if proof.rule in codes:
            projects.append((form, project))
    assert projects, "no bad form of this proof could be fixed"
    bad = result_of(proof).bad
    result = steady(lambda: Result(proof, bad=bad, good=measured(projects)))
    assert not result.refuted, [*result.refuted, *map(proof.show, result.good)]


@pytest.mark.parametrize("proof", HARMLESS, ids=lambda proof: proof.name)
def test_fixed_project_behaves_as_before(proof: Proof[Any], tmp_path: Path) -> None:
    before = result_of(proof).bad
    for number, (form, was) in enumerate(zip(proof.bad, before, strict=True)):
        project, codes = fixed(form.path, tmp_path / str(number))
        assert proof.rule in codes
        now = form.measure(project)
        assert (now.texts, now.broken) == (was.texts, was.broken)
