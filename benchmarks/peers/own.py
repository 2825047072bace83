"""Runs lg-lint on each of the given cases, all rules on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.peers.loading import print_answers
from lg_lint.base.finding import Confidence, Finding
from lg_lint.run.check import lint
from lg_lint.settings import Settings


def said(root: str) -> list[tuple[str, list[tuple[str, int]]]]:
    os.chdir(root)
    report = lint([Path()], Settings(select=("ALL",), min_confidence=Confidence.LOW))
    return [(finding.code, places(finding)) for finding in report.findings]


def places(finding: Finding) -> list[tuple[str, int]]:
    named = [finding.place, *(step.place for step in finding.trace)]
    return [(str(place.path), place.row) for place in named]


if __name__ == "__main__":
    print_answers(said, sys.argv[1:])
