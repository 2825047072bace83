"""Values that a router can return and its path map lacks: the lookup raises KeyError."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, Result, Router
from lg_lint.model.graph_analysis.missing_keys import never_comes
from lg_lint.model.project import Project
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef


class UnmappedValue(Struct, frozen=True):
    """A value that a router of a graph can return and its path map lacks."""

    graph: Graph
    router: Router
    result: Result


def unmapped_values(project: Project) -> list[list[UnmappedValue]]:
    """The values that path maps lack, by the place that returns them, whichever maps lack them."""
    by_place: dict[tuple[object, ...], list[UnmappedValue]] = {}
    for graph in project.graphs:
        for router in graph.routers:
            for result in _missing(project, graph, router):
                place = (result.site.path, result.site.span)
                by_place.setdefault(place, []).append(UnmappedValue(graph, router, result))
    return list(by_place.values())


def _missing(project: Project, graph: Graph, router: Router) -> Iterator[Result]:
    """The values that a router's path map lacks, each once."""
    seen: set[object] = set()
    results = (*router.results, *_nothing(project, router))
    for result in results if router.path_map is not None else ():
        if result.value in seen or not _is_missing(router, result):
            continue
        if not never_comes(project, graph, router, result.site):
            seen.add(result.value)
            yield result


def _nothing(project: Project, router: Router) -> Iterator[Result]:
    """The `None` of routers that leave without a value."""
    for ref in router.functions:
        function = ref.function
        bare = [item for item in function.returns if item.value is None]
        for statement in (*bare, _open_end(function)):
            if statement is not None and not function.is_generator:
                yield Result(None, Site(statement, project.program.env(function)))


def _open_end(function: Function) -> t.If | None:
    """The `if` with a return that ends a function, where nothing else returns after or beside it.

    Several such in a row may cover all that there is.
    """
    body = function.node.body if isinstance(function.node, t.FunctionDef) else ()
    last = body[-1] if isinstance(body, tuple) and body else None
    if not isinstance(last, t.If) or last.orelse or not _returns(last):
        return None
    return last if not any(_returns(item) for item in body[:-1] if isinstance(item, t.If)) else None


def _returns(statement: t.If) -> bool:
    return any(isinstance(node, t.Return) for node in t.walk(statement))


def _is_missing(router: Router, result: Result) -> bool:
    assert router.path_map is not None
    if result.send or result.value in router.path_map:
        return False
    return not (result.declared and any(_excludes(ref, result) for ref in router.functions))


def _excludes(ref: FunctionRef, result: Result) -> bool:
    """Whether the router asks for the value before it returns what may be that value."""
    for statement in ref.function.node.body if isinstance(ref.function.node, t.FunctionDef) else ():
        for node in t.walk(statement):
            if isinstance(node, t.Compare) and node.ops[0] in ("==", "!=", "in"):
                for part in t.walk(node):
                    if isinstance(part, t.Constant) and part.value == result.value:
                        return True
    return False
