"""Every proof: the linter tells its forms apart, and what it says of them is true."""

from __future__ import annotations

from typing import Any

import pytest

from .linted import flagged
from .proof import Proof, Result
from .proofs import PROOFS
from .results import result_of


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_proof(proof: Proof[Any]) -> None:
    for form in (*proof.bad, *proof.good):
        assert (proof.rule in flagged(form.path)) == form.is_bad, form.project
    result = result_of(proof)
    assert not result.refuted, result.figures
    swapped = Result(proof, bad=result.good, good=result.bad)
    assert swapped.refuted, "the claims hold whatever was measured"
