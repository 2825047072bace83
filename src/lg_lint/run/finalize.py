"""From the findings of rules to those of a report: ignore comments, settings, cells, order."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from lg_lint.base import door
from lg_lint.base.finding import Finding, distinct
from lg_lint.run.common_causes import one_per_cause
from lg_lint.run.suppression import Pragmas, suppress
from lg_lint.settings import visible
from lg_lint.sources.cells import localize
from lg_lint.sources.entries import is_below
from lg_lint.sources.source import Source

if TYPE_CHECKING:
    from lg_lint.run.files import Files
    from lg_lint.run.report import Report
    from lg_lint.settings import Nearest


class Finalizer:
    """`display` gives a path as reported; `reported` are the paths whose findings are shown.

    `revealing` where ignore comments hide nothing.
    """

    def __init__(
        self,
        files: Files,
        display: Callable[[str], str],
        nearest: Nearest,
        reported: Collection[str],
        *,
        revealing: bool,
    ) -> None:
        self._files = files
        self._display = display
        self._nearest = nearest
        self._revealing = revealing
        self._reported = {display(path) for path in reported}
        self._other_texts: dict[str, Source] = {}

    def add_other_texts(self, findings: Iterable[Finding], named: Iterable[str]) -> None:
        """Learn the texts of the files beside the code that findings speak of.

        What is found in them is shown where they lie in one of the `named` folders.
        """
        code = {self._display(path) for path in self._files.scans}
        for path in {place.path for finding in findings for place in finding.places} - code:
            try:
                text = door.read(path).decode(errors="replace")
            except OSError:
                continue
            self._other_texts[path] = Source(text.replace("\r\n", "\n"))
            if any(is_below(os.path.abspath(path), folder) for folder in named):
                self._reported.add(path)

    def settle(
        self, findings: Iterable[Finding], with_pragmas: Iterable[str], report: Report
    ) -> None:
        """Put into the report what ignore comments and settings leave, in order of place."""
        pragmas = {
            self._display(path): Pragmas.parse(self._files.source(path).text)
            for path in with_pragmas
        }
        for path, source in self._other_texts.items():
            pragmas[path] = Pragmas.of_lines(source.text)
        suppressed = suppress(
            distinct(findings),
            pragmas,
            checked=self._checked_in,
            reported=sorted(self._reported),
        )
        kept, hidden = [*suppressed.kept, *suppressed.extra], suppressed.hidden
        if self._revealing:
            kept, hidden = [*kept, *hidden], []
        report.suppressed = len(self._final(hidden))
        final = sorted(self._final(kept), key=lambda item: item.sort_key)
        shown = self._shown(final)
        report.findings = [localize(item, shown) for item in final]
        _keep_sources(report, shown)

    def _final(self, findings: Iterable[Finding]) -> list[Finding]:
        """What is shown of the findings, each cause once."""
        return one_per_cause(self._visible(findings), self._may_stand)

    def _may_stand(self, finding: Finding) -> bool:
        return bool(self._visible([finding]))

    def _checked_in(self, path: str) -> frozenset[str]:
        """The codes of the rules that a file's settings have checked."""
        return self._nearest.of(os.path.abspath(path)).selected_codes

    def _visible(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those of reported files that their settings show, as these show them."""
        by_file: dict[str, list[Finding]] = {}
        for item in findings:
            if item.place.path in self._reported:
                by_file.setdefault(item.place.path, []).append(item)
        return [
            item
            for path, found in by_file.items()
            for item in visible(found, self._nearest.of(os.path.abspath(path)))
        ]

    def _shown(self, findings: Iterable[Finding]) -> dict[str, Source]:
        """The sources of the files that findings speak of, by path as reported."""
        paths = {self._display(path): path for path in self._files.scans}
        wanted = {place.path for finding in findings for place in finding.places}
        shown = {path: self._files.source(paths[path]) for path in wanted if path in paths}
        return {
            **shown,
            **{path: each for path, each in self._other_texts.items() if path in wanted},
        }


def _keep_sources(report: Report, shown: dict[str, Source]) -> None:
    """The texts that excerpts need: of files with findings, cell by cell for notebooks."""
    for finding in report.findings:
        for place in finding.places:
            source = shown.get(place.path)
            if source is None or place.path in report.sources:
                continue
            report.sources[place.path] = source.text
            if source.cells:
                report.sources.update(_cells(place.path, source))


def _cells(path: str, source: Source) -> dict[str, str]:
    lines = source.text.splitlines(keepends=True)
    ends = [cell.start - 1 for cell in source.cells[1:]] + [len(lines)]
    return {
        f"{path}:cell {cell.number}": "".join(lines[cell.start - 1 : end])
        for cell, end in zip(source.cells, ends)  # noqa: B905
    }
