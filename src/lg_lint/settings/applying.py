"""What settings do to findings: which are shown, how severe they are, whether they fail a run."""

from __future__ import annotations

import os

from lg_lint.settings.kinds import codes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lg_lint.base.finding import Finding
    from lg_lint.settings.values import Settings


def visible(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """The findings to show, with the severities that the settings give them.

    Ignore comments are to be applied before: what they hide counts as used, shown or not.
    """
    from lg_lint.base.finding import Confidence

    is_ignored = _per_file_ignores(settings)
    least = Confidence(settings.min_confidence).rank
    shown = []
    for finding in findings:
        if (
            finding.code in settings.shown_codes
            and finding.confidence.rank <= least
            and not is_ignored(finding)
        ):
            severity = settings.severity.get(finding.code)
            shown.append(finding.with_severity(severity) if severity else finding)
    return shown


def fails(findings: Sequence[Finding], settings: Settings) -> bool:
    """Whether shown findings make the exit code 1."""
    if settings.fail_on == "never" or not findings:
        return False
    from lg_lint.base.finding import Severity

    lowest = Severity(settings.fail_on).rank
    return any(finding.severity.rank <= lowest for finding in findings)


def _per_file_ignores(settings: Settings) -> Callable[[Finding], bool]:
    if not settings.per_file_ignores:
        return lambda _finding: False
    from pathspec import GitIgnoreSpec

    entries = []
    for pattern, selectors in settings.per_file_ignores.items():
        codes = frozenset().union(*(codes_of(selector) for selector in selectors))
        negated = pattern.startswith("!")
        entries.append((GitIgnoreSpec.from_lines([pattern.lstrip("!")]), negated, codes))

    def is_ignored(finding: Finding) -> bool:
        path = os.path.abspath(finding.place.path)
        return any(
            finding.code in codes and spec.match_file(path) != negated
            for spec, negated, codes in entries
        )

    return is_ignored
