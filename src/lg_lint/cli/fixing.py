"""`lg-lint check --fix` and its kin: what is mended, written, and said about it."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

from lg_lint.base.counted import plural
from lg_lint.base.escape import inert, shown_path, visible
from lg_lint.base.finding import Finding
from lg_lint.base.problem import Problem
from lg_lint.cli import output
from lg_lint.reports.text import location

if TYPE_CHECKING:
    from lg_lint.cli.options import CheckOptions
    from lg_lint.fixes.applying import Applied
    from lg_lint.run.report import Report

_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def fix(
    report: Report,
    run: Callable[..., Report],
    narrow: Callable[[Report], None],
    options: CheckOptions,
) -> tuple[Report, bool]:
    """Mend what `report` found, or print the difference; says whether there is one.

    The report is then of the files as they are now.
    """
    from lg_lint.fixes.applying import apply

    narrowed = copy(report)
    narrow(narrowed)
    mended = apply(
        report,
        lambda texts: run(texts=texts),
        unsafe=options.unsafe_fixes,
        only=None if len(narrowed.findings) == len(report.findings) else narrowed.findings,
    )
    tell_refused(mended)
    if options.diff:
        show_diff(mended, options.output_file)
        return report, bool(mended.after)
    problems = write_fixed(mended)
    if not options.quiet:
        failed = {problem.path for problem in problems}
        fixed = [each for each in mended.fixed if each.place.path not in failed]
        tell_fixed(fixed, each=options.show_fixes)
    report = run() if mended.after else report
    report.problems += problems
    return report, bool(mended.after)


def root_of(report: Report) -> str:
    """The folder outside of which nothing is written."""
    return report.seen.root if report.seen is not None and report.seen.root else os.getcwd()


def write_fixed(mended: Applied) -> list[Problem]:
    """Write the changed files; returns what went wrong, file by file."""
    from lg_lint.base.rewriting import NotWrittenError, rewrite

    problems = []
    root = root_of(mended.report)
    for path, text in sorted(mended.after.items()):
        try:
            rewrite(Path(path), mended.before[path], text, root)
        except NotWrittenError as error:
            problems.append(Problem(f"not fixed: {error}", path))
    return problems


def tell_refused(mended: Applied) -> None:
    """Notes each fix that was not made, and why, on standard error."""
    for refused in mended.refused:
        finding = refused.finding
        output.note(
            f"lg-lint: {location(finding.place)}: {finding.code} not fixed: {refused.reason}"
        )


def tell_fixed(fixed: list[Finding], *, each: bool) -> None:
    """How many findings were fixed, and with `each` which ones in which file."""
    if not fixed:
        return
    files = sorted({finding.place.path for finding in fixed})
    output.note(f"Fixed {plural(len(fixed), 'finding')} in {plural(len(files), 'file')}.")
    by_path: dict[str, Counter[tuple[str, str]]] = {path: Counter() for path in files}
    for item in fixed:
        by_path[item.place.path][item.code, item.name] += 1
    for path in files if each else ():
        output.note(f"- {path}:")
        for (code, name), count in sorted(by_path[path].items()):
            output.note(f"    {count} x {code} ({name})")


def show_diff(mended: Applied, output_file: Path | None) -> None:
    """Print what would change. A terminal is shown no control characters of scanned files."""
    lines = (line for path in sorted(mended.after) for line in _diff(mended, path))
    if output_file is None and sys.stdout.isatty():
        lines = (f"{visible(line.rstrip())}\n" for line in lines)
    elif output_file is None and _is_in_ci():  # a line of context begins with a blank alone
        lines = (inert(line) for line in lines)
    output.write("".join(lines), output_file, color=False)


def _is_in_ci() -> bool:
    return bool(os.environ.get("GITHUB_ACTIONS") or os.environ.get("TF_BUILD"))


def _diff(mended: Applied, path: str) -> Iterator[str]:
    before, after = _LINES.findall(mended.before[path]), _LINES.findall(mended.after[path])
    shown = shown_path(path)
    for line in difflib.unified_diff(before, after, shown, shown):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
