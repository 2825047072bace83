"""Names for findings that stay the same while the code around them moves."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lg_lint.finding import Finding
from lg_lint.reports.lines import SourceLines


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
        key = (finding.code, finding.place.path, " ".join(lines.row(finding.place).split()))
        seen[key] += 1
        made.append(Identity(*key, seen[key]))
    return made


def fingerprints(findings: Iterable[Finding], lines: SourceLines) -> list[str]:
    """The identities as hashes."""
    return [
        hashlib.sha256("\0".join(map(str, each)).encode("utf-8", "surrogatepass")).hexdigest()
        for each in identities(findings, lines)
    ]
