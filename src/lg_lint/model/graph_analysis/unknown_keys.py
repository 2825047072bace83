"""Keys that nodes write and that no schema of their graph declares: LangGraph drops them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, state_param
from lg_lint.model.graph_analysis.state_keys import is_command, is_given_back, is_write, is_yielded
from lg_lint.model.graph_analysis.state_mutations import of_node
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.graph_analysis.uses_after import may_read
from lg_lint.model.project import Project, nodes_running
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import External

_NO_SCHEMA = {"builtins.dict", "typing.Dict", "typing.Any"}


class WrittenKey(Struct, frozen=True):
    """A key that a function of a node writes, and where; `in_dict` unless a Command carries it.

    `whole` is the place of what is returned with the key in it; None for the state itself.
    """

    name: str
    site: Site
    function: Function
    in_dict: bool = True
    whole: t.Span | None = None


class UnknownKeys(Struct, frozen=True):
    """The keys of one returned dict that a graph drops, by place in the code, never empty.

    `near` are the channels of the graph that the node does not write: what may be meant.
    """

    graph: Graph
    node: str
    keys: list[WrittenKey]
    near: set[str]


class _Group(Struct, eq=False):
    """Keys that stand together; compared by identity."""

    keys: list[WrittenKey]


def unknown_keys(project: Project) -> Iterator[UnknownKeys]:
    """What nodes of any graph write in vain; each key of a line once, for the first graph.

    Graphs whose schema cannot be seen, or takes every key, have no unknown ones.
    """
    seen: set[object] = set()
    for graph in project.graphs:
        if graph.kind not in ("state", "agent") or not graph.channels or takes_any_key(graph):
            continue
        for name in graph.nodes:
            lost: list[WrittenKey] = []
            written = [
                *_set(project.program, graph, name),
                *_returned(project.program, graph, name),
            ]
            for key in written:
                place = (key.name, key.site.path, key.site.span[0])
                if place not in seen and _is_lost(project, graph, name, key):
                    seen.add(place)
                    lost.append(key)
            near = graph.channels.keys() - {key.name for key in written}
            for keys in _by_return(lost):
                keys.sort(key=lambda item: (item.site.path, item.site.span))
                yield UnknownKeys(graph, name, keys, near)


def takes_any_key(graph: Graph) -> bool:
    """Whether a graph has keys that its schema does not name, or cannot be seen to name."""
    return graph.open_schema or "__root__" in graph.channels


def _by_return(keys: list[WrittenKey]) -> list[list[WrittenKey]]:
    """The keys of one returned dict together, with those of others that have one in common."""
    group_of: dict[object, _Group] = {}
    for key in keys:
        marks = ((key.function, key.name), (key.function, key.whole))
        met = [group_of[mark] for mark in marks if mark in group_of]
        group = max(met, key=lambda item: len(item.keys), default=_Group([]))
        for other in met:
            if other is not group:
                group.keys += other.keys
                for each in other.keys:
                    group_of[each.function, each.name] = group
                    group_of[each.function, each.whole] = group
        group.keys.append(key)
        group_of.update(dict.fromkeys(marks, group))
    return [group.keys for group in dict.fromkeys(group_of.values())]


def _returned(program: Program, graph: Graph, name: str) -> Iterator[WrittenKey]:
    """The keys of the dicts and Commands that a node returns."""
    for function in of_graph(program, graph).nodes.get(name, ()):
        for path in function.paths:
            known = any(update.key in graph.channels for update in path.updates)
            for update in path.updates:
                if not is_write(graph.nodes[name], function, update):
                    continue
                where, in_dict = function.ref.function, not is_command(update)
                whole = update.returned.span
                if update.key_site.span == update.returned.span:
                    yield WrittenKey(update.key, update.written, where, in_dict, whole)
                elif is_given_back(update) and (known or not is_yielded(update)):
                    yield WrittenKey(update.key, update.key_site, where, in_dict, whole)


def _set(program: Program, graph: Graph, name: str) -> Iterator[WrittenKey]:
    """The keys that a node sets on the state that it returns."""
    for ref in graph.nodes[name].functions:
        param = state_param(ref)
        for write in of_node(program, ref, param.name) if param is not None else ():
            yield WrittenKey(write.key, write.site, ref.function)


def _is_lost(project: Project, graph: Graph, name: str, key: WrittenKey) -> bool:
    if key.name in graph.channels or key.name in graph.managed or key.name.startswith("__"):
        return False
    if key.in_dict and _goes_to_router(project.program, graph, name, key.name):
        return False
    sharing = [other for other, _ in nodes_running(project, key.function)]
    return not any(
        key.name in other.channels or takes_any_key(other)
        for other in (*sharing, *graph.parents)
        if other is not graph
    )


def _goes_to_router(program: Program, graph: Graph, node: str, key: str) -> bool:
    """Whether a router behind a node reads a key of what that returns.

    A router whose parameter names no schema gets the node's own dict beside the state.
    """
    routers = [item for item in graph.routers if item.source == node and not item.is_command]
    return any(
        (param := state_param(ref)) is not None
        and may_read(ref.function, key, param.name)
        and _names_no_schema(program, ref.function, param.annotation)
        for router in routers
        for ref in router.functions
    )


def _names_no_schema(program: Program, function: Function, annotation: t.Expr | None) -> bool:
    if annotation is None:
        return True
    base = annotation.value if isinstance(annotation, t.Subscript) else annotation
    values = inference.infer(program, base, program.env(function.parent or function.module))
    return any(isinstance(value, External) and value.name in _NO_SCHEMA for value in values)
