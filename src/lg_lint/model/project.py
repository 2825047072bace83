"""The project as the rules see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct, field

from lg_lint.base.finding import Place, Step
from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.model.graph import Graph, GraphRun, Node
from lg_lint.model.response import StreamResponse
from lg_lint.model.versions import Versions
from lg_lint.program.call_graph.execution import Execution
from lg_lint.program.scopes import Function, Module, enclosing_function
from lg_lint.program.site import Site
from lg_lint.program.store import Program

T = TypeVar("T")


class Project(Struct):
    """Everything that rules ask: graphs, runs, entry points, responses, and the program itself.

    `display` turns an absolute path into the one that is reported; `blocking_calls` are dotted
    names that the settings add to the table of blocking calls; `proxy_configs` are files that may
    configure a proxy, `deploying` those that may say what a machine starts; `versions` says which
    version of a library it has. `unread` are deployment files that could not be read as a whole,
    with the first line of them that could not, and why. `unresolved` are calls that look like a run
    of a graph, on something that is not known.
    """

    program: Program
    execution: Execution
    graphs: list[Graph] = field(default_factory=list)
    runs: list[GraphRun] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    responses: list[StreamResponse] = field(default_factory=list)
    display: Callable[[str], str] = str
    blocking_calls: tuple[str, ...] = ()
    proxy_configs: list[str] = field(default_factory=list)
    deploying: list[str] = field(default_factory=list)
    unread: dict[str, tuple[int, str]] = field(default_factory=dict)
    versions: Versions = field(default_factory=Versions)
    unresolved: list[Site] = field(default_factory=list)
    _made: dict[Callable[[Project], object], object] = field(default_factory=dict)

    def once(self, make: Callable[[Project], T]) -> T:
        """What `make` makes of the project, made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        found: T = self._made[make]  # type: ignore[assignment]
        return found

    def place(self, module: Module, span: t.Span) -> Place:
        """The place of a span in a module, with the path as reported."""
        return Place(self.display(module.path), *span)

    def at(self, site: Site) -> Place:
        """The place of a site, as it is reported."""
        return self.place(site.env.scope.module, site.span)

    def step(self, site: Site, message: str) -> Step:
        """A step of a trace, at a site."""
        return Step(self.at(site), message)


def runs_at(project: Project) -> dict[t.Node | Function | None, list[tuple[int, GraphRun]]]:
    """Runs with their numbers, by their call and by the function around it.

    Those of module level stand under None.
    """
    found: dict[t.Node | Function | None, list[tuple[int, GraphRun]]] = {}
    for number, run in enumerate(project.runs):
        for key in (run.site.node, enclosing_function(run.site.env.scope)):
            found.setdefault(key, []).append((number, run))
    return found


def nodes_running(project: Project, function: Function) -> list[tuple[Graph, Node]]:
    """The nodes, of any graph, that run a function: as their own, as a tool or as a hook."""
    return [
        (graph, node)
        for graph in project.graphs
        for node in graph.nodes.values()
        if any(ref.function is function for ref in (*node.functions, *node.tools, *node.hooks))
    ]
