"""Each proof's measurement, the same for all tests that ask for it."""

from __future__ import annotations

import functools
from typing import Any

from .proof import Proof, Result


@functools.cache
def result_of(proof: Proof[Any]) -> Result[Any]:
    """Measured again where a claim does not hold: a busy machine may hold up a good form once."""
    result = proof.run()
    return proof.run() if result.refuted else result
