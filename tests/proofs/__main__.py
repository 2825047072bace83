"""`python -m tests.proofs`: run every proof and write docs/evidence.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from .evidence import page
from .proof import Proof, Result
from .proofs import PROOFS

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"


def _run(proof: Proof[Any]) -> Result[Any]:
    print(f"{proof.name} ... ", end="", flush=True)
    result = proof.run()
    print("; ".join(f"REFUTED: {claim}" for claim in result.refuted) or "holds")
    return result


def main() -> int:
    results = [_run(proof) for proof in PROOFS]
    PAGE.write_text(page(results).rstrip() + "\n", encoding="utf-8")
    return 1 if any(result.refuted for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
