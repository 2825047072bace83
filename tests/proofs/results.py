"""Each proof's measurement, made once for all tests that ask for it."""

from __future__ import annotations

import functools
from typing import Any

from .proof import Proof, Result


@functools.cache
def result_of(proof: Proof[Any]) -> Result[Any]:
    return proof.run()
