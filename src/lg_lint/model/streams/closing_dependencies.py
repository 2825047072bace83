"""Dependencies that FastAPI ends before the response which uses them is sent (0.106 to 0.117)."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.held_connections import EARLY, OUTLIVE, given, kind_of_dependency
from lg_lint.model.web.dependency_trees import dependencies
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site


def closed_by_fastapi(
    project: Project, response: StreamResponse
) -> Iterator[tuple[Site, str, Site]]:
    """The response, the parameter of its route that it uses, and the function that yields it."""
    route = response.route
    if route is None or not response.generators:
        return
    path = route.module.path
    if project.versions.has(OUTLIVE, path) or not project.versions.has(EARLY, path):
        return
    for each in dependencies(project.program, route):
        if each.param is None or each.via or not each.ref.function.is_generator:
            continue
        values = given(project.program, each)
        if kind_of_dependency(project.program, values, each) and _is_used(
            response, route, each.param.name
        ):
            function = each.ref.function
            opened = Site(function.node, project.program.env(function))
            yield response.site, each.param.name, opened


def _is_used(response: StreamResponse, route: Function, name: str) -> bool:
    content = response.content
    if content is not None and _mentions(content, name):
        return True
    return any(
        name not in ref.function.bindings and _mentions(ref.function.node, name)
        for ref in response.generators
        if ref.function.parent is route
    )


def _mentions(node: t.Node, name: str) -> bool:
    return any(
        isinstance(each, t.Name) and each.id == name for each in t.walk(node, into_functions=True)
    )
