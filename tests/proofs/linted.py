"""What the linter says of a case's project."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from lg_lint.run.check import lint
from lg_lint.settings import Settings


@functools.cache
def flagged(project: Path) -> frozenset[str]:
    """The codes of all findings in `project`, linted in a place of its own, with default settings.

    Where it lies, under `tests/`, it would count as test code of this repository.
    """
    with tempfile.TemporaryDirectory(prefix="lg-lint-proof-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__"))
        report = lint([copy], Settings())
    if report.problems:
        raise AssertionError(f"{project} could not be linted: {report.problems}")
    return frozenset(finding.code for finding in report.findings)
