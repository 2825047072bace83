"""How findings tell the streams that a server has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Step
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Served
from lg_lint.rules.telling.chains import entry_step


def stream_steps(project: Project, streams: Iterable[Served]) -> Iterator[Step]:
    """The routes of a server's streams, each with its response."""
    for served in streams:
        yield entry_step(project, served.entry)
        yield project.step(served.response.site, "the response")
