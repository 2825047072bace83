"""Names for findings that stay the same while the code around them moves."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from lg_lint.finding import Finding
from lg_lint.reports.lines import SourceLines


def fingerprints(findings: Iterable[Finding], lines: SourceLines) -> list[str]:
    """One fingerprint a finding, unique among them: rule, path, the row's code, and an ordinal.

    White space and the row's number do not count; equal rows are told apart by their order.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    made = []
    for finding in findings:
        code = " ".join(lines.row(finding.place).split())
        key = (finding.code, finding.place.path, code)
        seen[key] += 1
        text = "\0".join([*key, str(seen[key])])
        made.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    return made
