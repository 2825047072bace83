"""What lg-lint reads of the same graphs, without running anything."""

from __future__ import annotations

from pathlib import Path

from recording import Wiring

from lg_lint.facts.extract import extract
from lg_lint.knowledge import type_table
from lg_lint.model.assembly import build
from lg_lint.model.graph import Channel, Graph, ReducerKind
from lg_lint.model.project import Project
from lg_lint.program.modules import ModuleFinder
from lg_lint.program.store import Program

_CLASSES = {
    ReducerKind.LAST_VALUE: "LastValue",
    ReducerKind.EPHEMERAL: "EphemeralValue",
    ReducerKind.DELTA: "DeltaChannel",
}


class Reading:
    """A project that was read; its representation in a failing test stays short."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @property
    def graphs(self) -> list[Graph]:
        return self.project.graphs


def read_below(root: Path) -> Reading:
    """The model of the Python files in a folder; no rule is run."""
    texts = {str(path): path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))}
    types = type_table()
    finder = ModuleFinder(str(root), texts, types.packages)
    program = Program(finder, lambda path: extract(texts[path]) if path in texts else None, types)
    for path in texts:
        program.module(path)
    project, _ = build.project(program)
    return Reading(project)


def of_graph(graph: Graph) -> Wiring:
    found = Wiring(nodes=set(graph.nodes), managed=set(graph.managed))
    for edge in graph.edges:
        if edge.kind == "static" and edge.waits:
            found.joins.add((tuple(sorted(edge.waits)), edge.target))
        elif edge.kind == "static":
            found.edges.add((edge.source, edge.target))
    for router in graph.routers:
        if not router.is_command:
            declared = router.path_map
            targets = None if declared is None else tuple(sorted(set(declared.values())))
            found.maps.setdefault(router.source, []).append(targets)
    for targets in found.maps.values():
        targets.sort(key=str)
    for name, node in graph.nodes.items():
        if node.destinations:
            found.ends[name] = tuple(sorted(set(node.destinations)))
    found.channels = {key: kind_of(channel) for key, channel in graph.channels.items()}
    return found


def kind_of(channel: Channel) -> str:
    reducer = channel.reducer
    if reducer.name in ("LastValue", "EphemeralValue", "UntrackedValue", "AnyValue", "Topic"):
        return reducer.name
    if reducer.kind in _CLASSES:
        return _CLASSES[reducer.kind]
    name = reducer.name.rpartition(".")[2].strip("()").removeprefix("_")
    return f"BinaryOperatorAggregate({name})"
