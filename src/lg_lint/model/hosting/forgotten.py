"""What several processes forget: threads of graphs, and what routes leave to each other."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.server_options import Given
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.values import whole_number
from lg_lint.knowledge import table
from lg_lint.model.graph import Graph, GraphRun
from lg_lint.model.hosting.choices import is_made
from lg_lint.model.hosting.process_state import Handover, ProcessState
from lg_lint.model.hosting.servers.records import Join, Process
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project, runs_at
from lg_lint.model.web.applications import Applications, Served
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.values import ExternalObject

_RUNNING = {"stream", "astream", "invoke", "ainvoke", "astream_events", "stream_events"}


class Thread(Struct, frozen=True):
    """A graph whose threads are kept in the memory of a process, and the run of a stream."""

    graph: Graph
    run: GraphRun
    stream: Served
    saver: Site


class Several(Struct, frozen=True):
    """An application that several processes serve: at least `number` of them.

    `path` and `line` are where the number is said, `words` how it is. `used` is where it is used,
    if a variable brings it there.
    """

    join: Join
    number: int
    path: str
    line: int
    words: str
    used: tuple[str, int] | None = None


def several(project: Project) -> Iterator[Several]:
    """The applications that several processes serve, each place of a number once.

    Those with streams or websockets.
    """
    seen: set[tuple[str, int]] = set()
    applications = project.once(Applications)
    for join in project.once(Servers).joins:
        if not join.is_certain or join.process.command.failure:
            continue
        if not join.served and not applications.has_sockets(set(join.hosts)):
            continue
        found = _number(join)
        if found.number > 1 and (found.path, found.line) not in seen:
            seen.add((found.path, found.line))
            yield found


def _number(join: Join) -> Several:
    process = join.process
    counted = process.command.processes
    copies = whole_number(process.instances) or 1
    if counted.least > 1 or copies < 2:
        path, line = process.place_of(counted.why)
        words = _said(counted.why, counted.least, is_exact=counted.is_exact)
        return Several(join, max(counted.least, 1), path, line, words)
    assert process.instances is not None
    path = getattr(process.instances, "path", "") or process.path
    used = process.instances.used if isinstance(process.instances, Setting) else None
    words = f"{copies} containers"
    return Several(join, copies, path, process.instances.line, words, used)


def _said(why: Given, least: int, *, is_exact: bool) -> str:
    number = f"{least}" if is_exact else f"at least {least}"
    return f"{number} workers" + (f" ({why.name})" if why.origin == "environment" else "")


class Forgotten:
    """Answers what is lost where a second process serves an application."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.state = project.once(ProcessState)

    def handovers(self, join: Join) -> Iterator[Handover]:
        """What one route of the served application leaves in memory and another one looks for."""
        yield from self.state.handovers(join.hosts, join.served)

    def threads(self, join: Join) -> Iterator[Thread]:
        """The graphs that a stream runs and that only this process knows the threads of."""
        runs = self.project.once(runs_at)
        told: set[int] = set()
        for stream in join.served:
            for function in self.state.reached(stream):
                for _, run in runs.get(function, ()):
                    for graph in run.graphs if run.method in _RUNNING else ():
                        saver = self._saver(graph, join.process)
                        if saver is not None and id(graph) not in told:
                            told.add(id(graph))
                            yield Thread(graph, run, stream, saver)

    def _saver(self, graph: Graph, process: Process) -> Site | None:
        """The place of a graph's saver that keeps the threads of all requests in the process.

        Where settings choose among savers, it is the one that they choose in this process.
        """
        saver = graph.durable
        if saver is None or not saver.certain or saver.platform or saver.site is None:
            return None
        own = set(table("savers")["in_memory"]["types"])
        if not set(saver.types) & own:
            return None
        program = self.project.program
        values = inference.infer(program, saver.site.node, saver.site.env)  # type: ignore[arg-type]
        made = [each for each in values if isinstance(each, ExternalObject)]
        if not set(saver.types) <= own:
            shared = [each for each in made if each.type not in own]
            if not shared or any(is_made(program, process, each) is not False for each in shared):
                return None
            made = [each for each in made if each.type in own]
        if self.state.is_made_once(saver.site.env.scope):
            return saver.site
        if all(each.env is not None and self.state.is_made_once(each.env.scope) for each in made):
            return saver.site
        return None
