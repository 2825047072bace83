"""The cases under `fixtures/`: where they are, what they expect, what a run on one reports."""

from __future__ import annotations

import functools
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lg_lint.base.finding import Confidence, Finding, Severity
from lg_lint.run.check import lint
from lg_lint.settings import Settings

FIXTURES = Path(__file__).parents[2] / "fixtures"
WHOLE_APPLICATIONS = ("article", "apps")
NOT_READ = shutil.ignore_patterns("__pycache__", "*.pyc", "threads.db*")

_MARK = re.compile(r"#\s*expect(?P<next>-next-line)?:\s*(?P<items>LG.+?)\s*$")
_ITEM = re.compile(r"(?P<code>LG\d{3})(?P<words>( [a-z]+)*)")
_SEVERITIES = {each.value for each in Severity}
_CONFIDENCES = {each.value for each in Confidence}


@dataclass(frozen=True, order=True)
class Mark:
    """An expected finding; severity and confidence are None where the mark leaves them open."""

    path: str
    row: int
    code: str
    severity: str | None = None
    confidence: str | None = None

    def is_met_by(self, finding: Finding) -> bool:
        return (
            (self.path, self.row, self.code) == (path_of(finding), finding.place.row, finding.code)
            and self.severity in (None, finding.severity.value)
            and self.confidence in (None, finding.confidence.value)
        )

    def __str__(self) -> str:
        words = " ".join(word for word in (self.code, self.severity, self.confidence) if word)
        return f"{self.path}:{self.row} {words}"


def path_of(finding: Finding) -> str:
    return Path(finding.place.path).as_posix()


def cases(pattern: str) -> list[Path]:
    """The folders of the cases that match a pattern such as `LG101/bad/*`."""
    return sorted(path for path in FIXTURES.glob(pattern) if path.is_dir())


def all_cases() -> list[Path]:
    whole = [case for name in WHOLE_APPLICATIONS for case in cases(f"{name}/*")]
    return cases("LG*/*/*") + whole


def case_id(case: Path) -> str:
    return case.relative_to(FIXTURES).as_posix()


def source_files(case: Path) -> list[Path]:
    return sorted(path for path in case.rglob("*.py") if "__pycache__" not in path.parts)


@functools.cache
def marks(case: Path) -> list[Mark]:
    """The marks in all files of a case; a mark that cannot be read is an error."""
    found = []
    for path in sorted(case.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += _marks_of(path.relative_to(case).as_posix(), text)
    return sorted(found, key=str)


def _marks_of(path: str, text: str) -> Iterator[Mark]:
    for row, line in enumerate(text.splitlines(), 1):
        match = _MARK.search(line)
        if match:
            for item in match["items"].split(","):
                yield _mark(path, row + 1 if match["next"] else row, item.strip())
        elif re.search(r"#\s*expect", line):
            raise ValueError(f"{path}:{row}: not a mark: {line.strip()}")


def _mark(path: str, row: int, item: str) -> Mark:
    match = _ITEM.fullmatch(item)
    words = match["words"].split() if match else ["?"]
    severities = [word for word in words if word in _SEVERITIES]
    confidences = [word for word in words if word in _CONFIDENCES]
    if match is None or len(severities) + len(confidences) < len(words):
        raise ValueError(f"{path}:{row}: not a mark: {item}")
    return Mark(path, row, match["code"], *(severities or [None]), *(confidences or [None]))


def copy_case(case: Path, folder: Path, change: Callable[[str], str] | None = None) -> Path:
    """A copy of a case as a project of its own, far from this repository.

    `change` is applied to the text of every file and to its name.
    """
    root = folder / "project"
    shutil.copytree(case, root, ignore=NOT_READ)
    if change is not None:
        for path in sorted(root.rglob("*"), reverse=True):
            if path.is_file():
                path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
            path.rename(path.with_name(change(path.name)))
    return root


@functools.cache
def findings_of(case: Path) -> list[Finding]:
    """What is reported for a case; each is linted once, however many tests ask."""
    with tempfile.TemporaryDirectory() as folder, inside(copy_case(case, Path(folder))):
        return findings_in(Path())


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def findings_in(root: Path) -> list[Finding]:
    """What the real pipeline reports for a project in the working directory, all rules on."""
    report = lint([root], Settings(select=("ALL",), min_confidence=Confidence.LOW))
    assert not report.problems, report.problems
    return report.findings


def described(finding: Finding) -> str:
    severity, confidence = finding.severity.value, finding.confidence.value
    place = f"{path_of(finding)}:{finding.place.row}"
    return f"{place} {finding.code} {severity} {confidence}: {finding.message}"


def differences(expected: list[Mark], found: list[Finding]) -> list[str]:
    """What is marked and not reported, and what is reported and not marked, each finding once."""
    left = list(found)
    missing = []
    for mark in expected:
        match = next((finding for finding in left if mark.is_met_by(finding)), None)
        if match is None:
            missing.append(f"marked, not reported: {mark}")
        else:
            left.remove(match)
    return missing + [f"reported, not marked: {described(finding)}" for finding in left]
