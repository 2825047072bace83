"""What a fix makes of a bad project behaves as the good one does, on the same servers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lg_lint.rules.registry import all_rules

from .fixed import fixed
from .proof import Proof, Result, measured
from .proofs import LG102_THREAD, LG404, PROOFS
from .results import result_of

FIXABLE = {rule.code for rule in all_rules() if rule.fixable != "never"}
# Sleeps in `def` nodes have no fix; the fix of LG404 takes a decorator away that does nothing.
CURED = [
    proof for proof in PROOFS if proof.rule in FIXABLE and proof.name not in (LG102_THREAD, LG404)
]
HARMLESS = [proof for proof in PROOFS if proof.name == LG404]


@pytest.mark.parametrize("proof", CURED, ids=lambda proof: proof.name)
def test_fixed_project_behaves_like_the_good_one(proof: Proof[Any], tmp_path: Path) -> None:
    projects = []
    for number, form in enumerate(proof.bad):
        project, codes = fixed(form.path, tmp_path / str(number))
        if proof.rule in codes:
            projects.append((form, project))
    assert projects, "no bad form of this proof could be fixed"
    figures = measured(projects)
    result = Result(proof, bad=result_of(proof).bad, good=figures)
    assert not result.refuted, [*result.refuted, *map(proof.show, figures)]


@pytest.mark.parametrize("proof", HARMLESS, ids=lambda proof: proof.name)
def test_fixed_project_behaves_as_before(proof: Proof[Any], tmp_path: Path) -> None:
    before = result_of(proof).bad
    for number, (form, was) in enumerate(zip(proof.bad, before, strict=True)):
        project, codes = fixed(form.path, tmp_path / str(number))
        assert proof.rule in codes
        now = form.measure(project)
        assert (now.texts, now.broken) == (was.texts, was.broken)
