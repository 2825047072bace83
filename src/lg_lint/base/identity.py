"""Names for findings that stay the same while the code around them moves."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lg_lint.base.finding import Finding, Place
from lg_lint.base.source_lines import SourceLines


class Identity(NamedTuple):
    """What tells one finding from all others, without the number of its row.

    `code` is the row's text, whatever its white space; `ordinal` counts equal rows, from 1.
    """

    rule: str
    path: str
    code: str
    ordinal: int


def identities(findings: Iterable[Finding], lines: SourceLines) -> list[Identity]:
    """The identity of each finding, unique among them."""
    seen: Counter[tuple[str, str, str]] = Counter()
    made = []
    for finding in findings:
        place = finding.anchor or finding.place
        key = (finding.code, place.path, row_text(place, lines))
        seen[key] += 1
        made.append(Identity(*key, seen[key]))
    return made


def row_text(place: Place, lines: SourceLines) -> str:
    """The text of a place's row, whatever its white space."""
    return " ".join(lines.row(place).split())


def fingerprints(findings: Iterable[Finding], lines: SourceLines) -> list[str]:
    """The identities as hashes."""
    return [
        hashlib.sha256("\0".join(map(str, each)).encode("utf-8", "surrogatepass")).hexdigest()
        for each in identities(findings, lines)
    ]
