"""What the formats for reading end in: all there is to say of a report without findings."""

from __future__ import annotations

from lg_lint.base.counted import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lg_lint.model.assembly.recognised import Recognised
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report

_MOST_UNREAD = 8
_FEW_UNKNOWN = 10
_LITTLE_UNKNOWN = 0.05
_TABLE = "lg-lint resolution"


def summary(report: Report) -> str:
    """How many findings there are, by severity."""
    left_out = ", ".join(_left_out(report))
    found = plural(len(report.findings), "finding")
    if not report.findings:
        hidden = f"; {left_out}" if left_out else ""
        if report.problems:
            return f"No findings, but {plural(len(report.problems), 'problem')}{hidden}."
        if report.recognised is not None and not report.codes:
            return f"No rule is selected{hidden}."
        is_something = left_out or report.is_partial or any(map(_counted, report.recognised or ()))
        return f"All clear{hidden}." if is_something else recognised_line(report)
    from collections import Counter

    from lg_lint.base.finding import Severity

    counts = Counter(finding.severity for finding in report.findings)
    parts = ", ".join(plural(counts[severity], severity.value) for severity in Severity)
    return f"Found {found} ({parts}); {left_out or '0 suppressed'}."


def _left_out(report: Report) -> list[str]:
    """How many findings are not shown, by reason."""
    counts = {
        "suppressed": report.suppressed,
        "in the baseline": report.baselined,
        "outside of the changes": report.unchanged,
    }
    return [f"{count} {reason}" for reason, count in counts.items() if count]


def recognised_line(report: Report) -> str:
    """What the files hold that is of interest here: nobody shall take silence for a check."""
    files = plural(report.files, "file")
    tests = plural(report.test_files, "file") if report.test_files else ""
    left = f"; {tests} of test code left out: --tests" if tests and not report.files else ""
    if report.is_partial:
        return f"{files}, and not all of them checked."
    here, elsewhere = map(_counted, report.recognised or (None, None))
    if here:
        return f"{files}: {here}."
    if elsewhere:
        return f"{files}: nothing of that kind here; elsewhere in the project: {elsewhere}{left}."
    if report.findings:
        return f"{files}: no graph, streaming route or background run was recognised{left}."
    naming = f", though {plural(report.naming, 'file')} may name one" if report.naming else ""
    return f"{files}: nothing here looks like LangGraph or a stream{naming}{left}."


def _counted(found: Recognised | None) -> str:
    if found is None:
        return ""
    counts = {
        "graph": found.graphs,
        "streaming route": found.routes,
        "background run": found.runs,
    }
    return ", ".join(plural(count, noun) for noun, count in counts.items() if count)


def unresolved_lines(report: Report, *, shown: bool) -> list[str]:
    """The calls that could not be resolved, or how many they are."""
    if not report.unresolved:
        return []
    calls = f"{plural(len(report.unresolved), 'graph-like call')} could not be resolved"
    if not shown:
        return [f"{calls}: --show-unresolved"]
    from lg_lint.reports.text import location

    lines = [f"{location(call.place)}: unresolved: {call.message}" for call in report.unresolved]
    return [*lines, f"{calls}."]


def _blind_lines(report: Report) -> list[str]:
    """That much of what runs on the loop is not understood, where it is much."""
    unknown, total = report.blind
    if unknown < _FEW_UNKNOWN or unknown < _LITTLE_UNKNOWN * total:
        return []
    share = f"{100 * unknown / total:.0f} %"
    return [f"{share} of the calls on the event loop are made on what is not known: {_TABLE}"]


def _unread_lines(report: Report) -> list[str]:
    """What could not be read of deployment files."""
    if not report.unread:
        return []
    from lg_lint.reports.text import location

    lines = [f"{location(each.place)}: info: {each.message}" for each in report.unread]
    more = len(lines) - _MOST_UNREAD
    return [*lines[:_MOST_UNREAD], *([f"... and {plural(more, 'more file')}."] if more > 0 else [])]


def closing_lines(report: Report, context: Context) -> list[str]:
    """The last lines of a format for reading."""
    unresolved = unresolved_lines(report, shown=context.show_unresolved)
    if context.quiet:
        return unresolved if context.show_unresolved else []
    return [
        *_unread_lines(report),
        *context.weakest,
        *unresolved,
        *_blind_lines(report),
        *summary_lines(report, _fixable_line(report, context)),
    ]


def summary_lines(report: Report, more: Iterable[str] = ()) -> list[str]:
    """How many findings there are, and what has been looked at; no line twice."""
    says_more = not report.findings or report.recognised is not None
    last = [recognised_line(report)] if says_more else []
    return list(dict.fromkeys([summary(report), *more, *last]))


def _fixable_line(report: Report, context: Context) -> list[str]:
    """How many findings `--fix` would mend, and how many more with unsafe fixes."""
    fixes = [finding.fix for finding in report.findings if finding.fix is not None]
    if not fixes:
        return []
    from lg_lint.base.fix import Applicability

    ready = sum(context.applies(finding) for finding in report.findings)
    unsafe = sum(fix.applicability is Applicability.UNSAFE for fix in fixes)
    option = "--fix --unsafe-fixes" if context.unsafe_fixes else "--fix"
    more = f"{unsafe} more with --unsafe-fixes" if unsafe and not context.unsafe_fixes else ""
    if ready:
        return [f"{ready} fixable with {option}{', ' + more if more else ''}."]
    return [f"{unsafe} fixable with --fix --unsafe-fixes."] if more else []


def page(lines: list[str]) -> str:
    """The lines as one text; nothing for no lines."""
    return "".join(f"{line}\n" for line in lines)
