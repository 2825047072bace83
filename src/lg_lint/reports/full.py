"""Everything about each finding, with the source: the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lg_lint.base.counted import plural
from lg_lint.base.finding import Finding
from lg_lint.base.source_lines import SourceLines
from lg_lint.reports.excerpt import MAX_WIDTH, excerpt
from lg_lint.reports.style import Style
from lg_lint.reports.text import fix_line, location, other_places, telling_steps

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def listing(report: Report, context: Context) -> list[str]:
    """Some lines for each finding, an empty one behind each."""
    style = Style(context.color)
    lines = SourceLines(report.sources)
    shown: list[str] = []
    for finding in report.findings:
        shown += [*_finding(finding, lines, style, context.width or MAX_WIDTH), ""]
    return shown


def _finding(finding: Finding, lines: SourceLines, style: Style, width: int) -> list[str]:
    code = style.code(finding.code, finding.severity)
    kind = f"[{finding.severity.value}, {finding.confidence.value}]"
    gutter, quoted = excerpt(finding.place, lines, style, width)
    pad = " " * gutter
    shown = [
        f"{code} {finding.name} {kind}: {style.strong(finding.message)}",
        f"{pad}{style.frame('-->')} {style.location(location(finding.place))}",
        *quoted,
    ]
    if finding.trace:
        shown.append(f"{pad} {style.frame('=')} {style.strong('trace')}:")
        shown += [f"{pad}   {step}" for step in _steps(finding, style)]
    if finding.related:
        shown.append(f"{pad} {style.frame('=')} {style.strong('also from')}:")
        shown += [f"{pad}   {line}" for line in other_places(finding)]
    if finding.help:
        shown.append(f"{pad} {style.frame('=')} {style.strong('help')}: {finding.help}")
    if finding.fix is not None:
        shown.append(f"{pad} {style.frame('=')} {style.strong('fix')}: {fix_line(finding.fix)}")
    return shown


def _steps(finding: Finding, style: Style) -> list[str]:
    """The trace, numbered, with the messages under each other."""
    steps = telling_steps(finding)
    number_width = len(str(len(finding.trace)))
    width = max(len(location(each[1].place)) for each in steps if isinstance(each, tuple))
    shown = []
    for each in steps:
        if isinstance(each, int):
            shown.append(f"{' ' * number_width}  … {plural(each, 'step')} more")
            continue
        number, step = each
        place = location(step.place)
        gap = " " * (width - len(place))
        shown.append(f"{number:>{number_width}}. {style.location(place)}{gap}  {step.message}")
    return shown
