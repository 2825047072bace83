"""`lg-lint baseline`: the findings that a project lives with for now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lg_lint.base.counted import plural
from lg_lint.cli import output
from lg_lint.cli.decorators import config_options
from lg_lint.cli.project import linted
from lg_lint.cli.status import CLEAN, FINDINGS, TROUBLE
from lg_lint.reports.text import location

if TYPE_CHECKING:
    from lg_lint.base.identity import Identity
    from lg_lint.run.baseline import Baseline
    from lg_lint.run.report import Report
    from lg_lint.settings import Nearest

DEFAULT_FILE = "lg-lint-baseline.json"


@click.group(short_help="Record the findings to live with, and check what is left of them.")
def baseline() -> None:
    """Record the findings that a project lives with for now.

    `lg-lint check --baseline FILE` then reports the others only. Entries go by rule, file and the
    text of the line, so that they hold while the lines around them move.
    """


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    file = click.option(
        "--file",
        type=click.Path(path_type=Path, dir_okay=False),
        default=DEFAULT_FILE,
        show_default=True,
        help="The baseline.",
    )
    paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
    return paths(file(config_options(command)))


@baseline.command()
@_options
@click.option("--force", is_flag=True, help="Replace a baseline that exists.")
def create(
    paths: tuple[Path, ...], file: Path, config: tuple[str, ...], isolated: bool, force: bool
) -> None:
    """Record all findings that there are now in PATHS (default: here)."""
    from lg_lint.run.baseline import Baseline, entries_of

    if file.exists() and not force:
        raise click.ClickException(
            f"{file} exists: prune it, or give --force to accept all findings that there are now"
        )
    report, _nearest = _lint(paths, config, isolated)
    entries = entries_of(report.findings, report.sources, file)
    _write(Baseline(file, frozenset(entries)))
    output.write_lines([f"{file}: {plural(len(entries), 'finding')} recorded."])


@baseline.command()
@_options
def prune(paths: tuple[Path, ...], file: Path, config: tuple[str, ...], isolated: bool) -> None:
    """Remove the entries that match no finding any more."""
    from lg_lint.run.baseline import Baseline

    known, stale = _compare(paths, file, config, isolated)
    if stale:
        _write(Baseline(file, known.entries - set(stale)))
    left = len(known.entries) - len(stale)
    output.write_lines([f"{file}: {len(stale)} of {_entries(known)} removed, {left} left."])


@baseline.command()
@_options
def check(paths: tuple[Path, ...], file: Path, config: tuple[str, ...], isolated: bool) -> int:
    """List the entries that match no finding any more; the exit status is 1 where there are any."""
    known, stale = _compare(paths, file, config, isolated)
    lines = [f"{entry.path}: {entry.rule} {entry.code}" for entry in stale]
    summary = f"{file}: {len(stale)} of {_entries(known)} without a finding."
    output.write_lines([*lines, summary])
    return FINDINGS if stale else CLEAN


def _lint(
    paths: tuple[Path, ...], config: tuple[str, ...], isolated: bool
) -> tuple[Report, Nearest]:
    """A run that saw every file; one that did not ends the command."""

    report, nearest = linted(paths, config=config, isolated=isolated)
    unread = [finding for finding in report.findings if finding.code == "LG000"]
    for finding in unread:
        output.note(f"{location(finding.place)}: {finding.code} {finding.message}")
    if report.problems or unread:
        raise click.exceptions.Exit(TROUBLE)
    return report, nearest


def _compare(
    paths: tuple[Path, ...], file: Path, config: tuple[str, ...], isolated: bool
) -> tuple[Baseline, list[Identity]]:
    """The baseline, and its entries without a finding."""
    from lg_lint.run.baseline import Baseline, BaselineError

    try:
        known = Baseline.read(file)
    except BaselineError as error:
        raise click.ClickException(str(error)) from None
    report, nearest = _lint(paths, config, isolated)
    _new, met = known.split(report.findings, report.sources)
    return known, known.stale(met, paths or (Path(),), nearest)


def _write(made: Baseline) -> None:
    try:
        made.write()
    except OSError as error:
        raise click.FileError(str(made.file), error.strerror) from error


def _entries(known: Baseline) -> str:
    return "1 entry" if len(known.entries) == 1 else f"{len(known.entries)} entries"
