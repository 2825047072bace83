"""From the program to the project that rules ask."""

from __future__ import annotations

from collections.abc import Callable, Collection

from lg_lint.base.finding import Unresolved
from lg_lint.base.problem import Problem
from lg_lint.model.assembly import build
from lg_lint.model.assembly.declared import declare
from lg_lint.model.langgraph.runs import UnresolvedCall
from lg_lint.model.project import Project
from lg_lint.model.versions import Versions
from lg_lint.program.store import Program
from lg_lint.run.report import Report
from lg_lint.settings import Settings
from lg_lint.sources.discovery import Discovery


class Modelling:
    """Makes the project of a program. What the user must mend on the way goes into the report."""

    def __init__(
        self,
        program: Program,
        discovery: Discovery,
        report: Report,
        display: Callable[[str], str],
    ) -> None:
        self._program = program
        self._discovery = discovery
        self._report = report
        self._display = display

    def first(self, settings: Settings, reported: Collection[str]) -> Project:
        """What the rules ask: graphs, entry points, responses, with what names may stand for."""
        for name, path in declare(self._program, settings.additions):
            self._note(Problem(f'settings: "{name}" is not in {self._display(path)}'))
        project, unresolved = self._made()
        for call in unresolved:
            if call.site.path in reported:
                message = f".{call.method}() on a receiver that could not be resolved"
                self._report.unresolved.append(Unresolved(project.at(call.site), message))
        return project

    def anew(self) -> Project:
        """The same once more, of nothing that was left half done."""
        self._program.forget()
        return self._made()[0]

    def _made(self) -> tuple[Project, list[UnresolvedCall]]:
        discovery = self._discovery
        versions = Versions(discovery.root, discovery.seen.places.add, self._unread_versions)
        self._program.consulted = discovery.seen.places.add
        project, unresolved = build.project(self._program, versions)
        project.display = self._display
        project.unresolved = [call.site for call in unresolved]
        project.proxy_configs = discovery.configs
        project.deploying = discovery.deploying
        project.blocking_calls = self._program.additions.blocking_calls
        return project, unresolved

    def _unread_versions(self, path: str, row: int, message: str) -> None:
        message = f"line {row}: {message}; the versions in it count as unknown"
        self._note(Problem(message, self._display(path)))

    def _note(self, problem: Problem) -> None:
        """Each once, though the project is made twice."""
        if not any(vars(each) == vars(problem) for each in self._report.problems):
            self._report.problems.append(problem)
