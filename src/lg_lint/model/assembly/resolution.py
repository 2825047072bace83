"""How much of a project is understood: what stays unknown is counted, with its cause."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from enum import Enum

from msgspec import Struct, field

from lg_lint.base.finding import Place
from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, Node
from lg_lint.model.graph_analysis import state_updates
from lg_lint.model.graph_analysis.supersteps import is_opaque
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.site import Site
from lg_lint.program.values import Env

_LIBRARY_MADE = "agent"
"""The kind of graphs whose nodes are a library's."""

_NO_FUNCTION = "a node without a function in sight"
_WRITES_MORE = "a function that may write more than is seen"
_LEADS_ANYWHERE = "a router that may lead anywhere"
_NO_ROUTER = "a router without a function in sight"


class Question(str, Enum):
    """What is counted."""

    RECEIVERS = "calls on the event loop, of which it is known what is called"
    RUNS = "calls named like a run of a graph, whose graph is known"
    NODES = "nodes whose functions are known"
    RESULTS = "functions of nodes, of which it is known what they write"
    ROUTERS = "routers whose targets are known"


class Gap(Struct, frozen=True):
    """One answer that is missing: where it is asked for, why, and where it gets lost."""

    place: Place
    cause: str
    origin: Place


class Share(Struct):
    """How many answers there are to a question, and which are missing."""

    total: int = 0
    gaps: list[Gap] = field(default_factory=list)


class Asked(Struct):
    """A call on the event loop: what has to be known of it, in each activation of its function."""

    call: t.Call
    frames: list[CallNode] = field(default_factory=list)

    @property
    def receiver(self) -> t.Expr:
        """The object whose method is called; else what is called."""
        func = self.call.func
        return func.value if isinstance(func, t.Attribute) else func


def unknown_calls(project: Project, paths: Collection[str]) -> tuple[int, list[Asked]]:
    """How many calls of some files run on an event loop, and those of which nothing is known.

    A call counts once, however it is come to; it is unknown where no activation knows more.
    """
    found: dict[t.Call, Asked] = {}
    for frame in _frames(project):
        if frame.function.module.path in paths:
            for site in frame.function.calls:
                if not site.is_dead:
                    found.setdefault(site.node, Asked(site.node)).frames.append(frame)
    unknown = [
        asked
        for asked in found.values()
        if all(
            inference.is_unknown(project.program, asked.receiver, frame.env)
            for frame in asked.frames
        )
    ]
    return len(found), unknown


def _frames(project: Project) -> Iterator[CallNode]:
    """What runs on an event loop, from the entries on."""
    execution = project.execution
    queue = deque(
        execution.state(entry.ref, entry.world)
        for entry in project.entries
        if entry.world is not ThreadContext.THREAD
    )
    seen = set(queue)
    while queue:
        frame = queue.popleft()
        yield frame
        for edge in execution.edges(frame):
            target = edge.target
            if target not in seen and target.world is not ThreadContext.THREAD:
                seen.add(target)
                queue.append(target)


def resolution(project: Project, paths: Collection[str]) -> dict[Question, Share]:
    """What is known of the files `paths`, by question."""
    total, unknown = unknown_calls(project, paths)
    calls = Share(total, [_of_call(project, asked) for asked in unknown])
    missing = [_of_run(project, site) for site in project.unresolved if site.path in paths]
    runs = sum(run.site.path in paths for run in project.runs)
    found = {question: Share() for question in Question}
    found[Question.RECEIVERS] = calls
    found[Question.RUNS] = Share(runs + len(missing), missing)
    for graph in project.graphs:
        if graph.site.path in paths and graph.kind != _LIBRARY_MADE:
            _of_nodes(project, graph, found)
            _of_routers(project, graph, found[Question.ROUTERS])
    return found


def _of_call(project: Project, asked: Asked) -> Gap:
    return _lost(project, asked, asked.frames[0].env)


def _of_run(project: Project, site: Site) -> Gap:
    assert isinstance(site.node, t.Call)
    return _lost(project, Asked(site.node), site.env)


def _lost(project: Project, asked: Asked, env: Env) -> Gap:
    loss = inference.loss_of(project.program, asked.receiver, env)
    place = project.at(Site(asked.call, env))
    return Gap(place, loss.cause.value, project.at(loss.site))


def _of_nodes(project: Project, graph: Graph, found: dict[Question, Share]) -> None:
    updates = state_updates.of_graph(project.program, graph)
    nodes, results = found[Question.NODES], found[Question.RESULTS]
    for name, node in graph.nodes.items():
        place = project.at(node.site)
        nodes.total += 1
        if _has_no_function(node):
            nodes.gaps.append(Gap(place, _NO_FUNCTION, place))
        for function in updates.nodes.get(name, ()):
            if function.ref not in node.tools:
                results.total += 1
                if any(path.unknown for path in function.paths):
                    own = function.ref.function
                    origin = project.at(Site(own.node, project.program.env(own)))
                    results.gaps.append(Gap(place, _WRITES_MORE, origin))


def _has_no_function(node: Node) -> bool:
    """Whether nothing is seen of what a node runs; code of a library is known to be that."""
    known = any(map(inference.known, node.values))
    return is_opaque(node) and not known and not node.functions


def _of_routers(project: Project, graph: Graph, share: Share) -> None:
    for router in graph.routers:
        share.total += 1
        if router.targets is None:
            place = project.at(router.site)
            share.gaps.append(
                Gap(place, _LEADS_ANYWHERE if router.functions else _NO_ROUTER, place)
            )
