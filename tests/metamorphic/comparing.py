"""What a rewrite does to the findings of a case."""

from __future__ import annotations

import ast
import functools
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "rules"))

from fixture_cases import all_cases, case_id, copy_case, findings_in, inside, marks

from .rewrites import REWRITES

TOLERANCE = 2
"""Lines between a mark and its finding: a statement may have become two."""


class Outcome(NamedTuple):
    """How many marked findings a rewritten case kept, and which it lost or has anew."""

    case: str
    rewrite: str
    kept: int
    lost: list[str]
    new: list[str]


@functools.cache
def _cases() -> dict[str, Path]:
    return {case_id(case): case for case in all_cases()}


def pairs(rules: tuple[str, ...], only: str = "") -> list[tuple[str, str]]:
    """The cases of some rules with the rewrites whose names begin so."""
    return [
        (case, rewrite)
        for case in _cases()
        if case.startswith(rules)
        for rewrite in REWRITES
        if rewrite.startswith(only)
    ]


def tried(pair: tuple[str, str]) -> Outcome | None:
    """A case with one rewrite; None where it changes nothing there."""
    name, rewrite = pair
    case = _cases()[name]
    with tempfile.TemporaryDirectory() as folder:
        root = copy_case(case, Path(folder))
        if not _rewritten(root, rewrite):
            return None
        expected = {mark.code for mark in marks(case)}
        wanted = marks.__wrapped__(root)
        with inside(root):
            found = findings_in(Path())
    lost, kept = [], 0
    for mark in wanted:
        places = [
            (Path(place.path).as_posix(), place.row)
            for finding in found
            if finding.code == mark.code
            for place in (
                finding.place,
                *(step.place for step in finding.trace),
                *(other.place for other in finding.related),
            )
        ]
        near = any(path == mark.path and abs(row - mark.row) <= TOLERANCE for path, row in places)
        kept += near
        if not near:
            lost.append(f"lost {mark}")
    new = [
        f"new {each.code} {each.place.path}:{each.place.row} {each.confidence.value}"
        for each in found
        if each.code not in expected
    ]
    return Outcome(name, rewrite, kept, lost, new)


def _rewritten(root: Path, rewrite: str) -> bool:
    changed = False
    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        try:
            after = REWRITES[rewrite](text)
            ast.parse(after)
        except (SyntaxError, RecursionError):
            return False
        if after != text:
            path.write_text(after, encoding="utf-8")
            changed = True
    return changed
