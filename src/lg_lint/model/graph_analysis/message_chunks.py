"""What an item of a graph's stream holds, by the modes of its run, and where messages are in it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, runs_giving
from lg_lint.model.graph import Graph, GraphRun, ReducerKind
from lg_lint.model.graph_analysis import state_updates
from lg_lint.model.graph_analysis.state_updates import Write
from lg_lint.model.langgraph.runs import modes_of
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import Const, Container

_EVENTS = runs_giving("events")
_STREAMS = runs_giving("chunks")
_REMOTE = named("remote_graph")
_OF_STATE = ("values", "updates")


class Layout(Struct, frozen=True):
    """How the items of a run are built: the places of the mode and of the payload in a tuple.

    `payload` is empty where the item is the payload; `mode` is None where only one is asked for.
    """

    modes: frozenset[str]
    payload: tuple[int, ...]
    mode: tuple[int, ...] | None


def layout(program: Program, run: GraphRun) -> Layout | None:
    """The layout of a run's items; None where the call does not say, or gives no such items."""
    if run.receiver.type == _REMOTE or any(arg.star for arg in run.call.args):
        return None
    if run.method in _EVENTS:
        return Layout(frozenset({"events"}), (), None)
    if run.method not in _STREAMS or run.call.argument("version") is not None:
        return None
    given, env = run.call.argument("stream_mode"), run.site.env
    modes = frozenset(modes_of(program, given, env)) if given is not None else {"updates"}
    nested = run.call.argument("subgraphs")
    spaces = 0 if nested is None else _spaces(program, nested, run)
    if not modes or spaces is None:
        return None
    several = given is not None and not any(
        isinstance(value, Const) for value in inference.infer(program, given, env)
    )
    place = spaces + several
    return Layout(frozenset(modes), (place,) if place else (), (spaces,) if several else None)


def _spaces(program: Program, nested: t.Expr, run: GraphRun) -> int | None:
    """1 where a namespace comes before the payload, 0 where none does."""
    values = inference.infer(program, nested, run.site.env)
    known = [value.value for value in values if isinstance(value, Const)]
    return int(bool(known[0])) if len(known) == len(values) == 1 else None


def has_messages(project: Project, run: GraphRun, mode: str) -> bool | None:
    """Whether the payloads of a mode hold messages; False where that is likely, None for no."""
    if mode == "messages":
        return True
    if mode not in (*_OF_STATE, "events") or not run.graphs:
        return None
    found = [_in_state(project.program, graph, mode) for graph in run.graphs]
    return None if None in found else all(found)


def message_keys(graph: Graph) -> set[str]:
    """The keys of the state that hold messages."""
    kinds = {key: channel.reducer.kind for key, channel in graph.channels.items()}
    return {key for key, kind in kinds.items() if kind is ReducerKind.ADD_MESSAGES}


def _in_state(program: Program, graph: Graph, mode: str) -> bool | None:
    if graph.kind == "agent":
        return True
    keys = message_keys(graph)
    if any(_brings_messages(node.subgraph, keys) for node in graph.nodes.values()):
        return True
    writes = [write for write in _writes(program, graph, keys) if not write.update.hands_on]
    if mode == "updates":
        writes = [write for write in writes if not _is_plain(write.update.written.node)]
    if not writes:
        return None
    return mode == "values" or any(_is_message(program, write) for write in writes)


def _brings_messages(subgraph: Graph | None, keys: set[str]) -> bool:
    return subgraph is not None and subgraph.kind == "agent" and bool(keys)


def _writes(program: Program, graph: Graph, keys: set[str]) -> Iterator[Write]:
    updates = state_updates.of_graph(program, graph)
    for key in sorted(keys):
        yield from updates.writes(key)


def _is_plain(written: t.Node) -> bool:
    """Whether a literal gives messages as dicts, pairs or texts, which are sent as they are."""
    if isinstance(written, t.Sequence) and written.kind in ("list", "tuple"):
        return all(_is_plain(item) for item in written.items)
    return isinstance(written, (t.Dict, t.Constant, t.JoinedString))


def _is_message(program: Program, write: Write) -> bool:
    """Whether it is known that an object is written, such as what a model answers."""
    site = write.update.written
    for value in inference.infer(program, site.node, site.env):  # type: ignore[arg-type]
        types = {getattr(value, "type", "")}
        if isinstance(value, Container):
            items = inference.items_of(program, value)
            types = {getattr(part, "type", "") for item in items for part in item}
        if any(kind.startswith("langchain") for kind in types):
            return True
    return False
