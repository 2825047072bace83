"""The page of the evidence, the rules' pages and the proofs go together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lg_lint.rules.registry import all_rules

from .proofs import PROOFS
from .wiring import FIXTURES, WIRING

DOCS = Path(__file__).parents[2] / "docs"
PROVEN = sorted({proof.rule for proof in PROOFS})
UNPROVEN = {
    "LG000": "it is about files that cannot be read",
    "LG001": "it is about comments to lg-lint",
    "LG002": "it is about comments to lg-lint",
    "LG507": "its platforms do not run on one machine; the page names the source of the adapters",
    "LG508": "load balancers do not run on one machine; the page names what is like them",
}
"""The rules without a row, and why there is nothing to run."""


def test_each_rule_is_proven() -> None:
    codes = {rule.code for rule in all_rules()}
    missing = sorted(codes - {*PROVEN, *UNPROVEN})
    assert not missing, (
        f"{missing}: add a proof to tests/proofs/, or the reason for none to UNPROVEN"
    )
    assert {*PROVEN} | {*UNPROVEN} == codes
    assert not {*PROVEN} & {*UNPROVEN}


def test_each_proof_has_a_row() -> None:
    page = (DOCS / "evidence.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:<a id=\"lg\d+\"></a>)?(LG\d+) \| (.+?) \|", page, re.MULTILINE)
    assert rows == [(proof.rule, proof.title) for proof in PROOFS]


@pytest.mark.parametrize("rule", PROVEN)
def test_the_page_of_a_proven_rule_links_to_its_row(rule: str) -> None:
    page = (DOCS / "rules" / f"{rule}.md").read_text(encoding="utf-8")
    assert f"(../evidence.md#{rule.lower()})" in page


@pytest.mark.parametrize("rule", sorted({proof.rule for proof in WIRING} - {"LG205"}))
def test_all_bad_fixtures_of_a_wiring_rule_are_run(rule: str) -> None:
    run = {form.path for proof in WIRING for form in proof.bad if proof.rule == rule}
    assert run == set((FIXTURES / rule / "bad").iterdir())
