"""How rules tell a path through the code: where it starts, the calls between, the place it ends."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Place, Step
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.program.call_graph.execution import CallEdge, CallNode
from lg_lint.program.scopes import Function


def describe(function: Function) -> str:
    """A function as a trace names it, e.g. "async def chat()"."""
    kind = "async def" if function.is_async else "def"
    return f"{kind} {function.qualname}()"


def definition(project: Project, function: Function) -> Place:
    """The name in the `def` of a function."""
    return project.place(function.module, function.name_span)


def entry_step(project: Project, entry: Entry) -> Step:
    """The step that opens a trace: the function and why something calls it."""
    return Step(definition(project, entry.ref.function), entry.title)


def call_steps(project: Project, start: CallNode, edges: tuple[CallEdge, ...]) -> Iterator[Step]:
    """One step for each call of a chain, at the place of the call."""
    caller = start.function
    for edge in edges:
        callee = describe(edge.target.function)
        yield Step(project.place(caller.module, edge.node.span), f"calls {callee}")
        caller = edge.target.function


def generator_steps(project: Project, response: StreamResponse) -> Iterator[Step]:
    """The steps that tell what makes the chunks of a response, the outermost generator first."""
    for ref in response.generators:
        yield Step(definition(project, ref.function), f"{describe(ref.function)} makes the chunks")


def client_step(project: Project, functions: set[Function]) -> Iterator[Step]:
    """The step that closes a trace: the response that sends what one of the functions yields."""
    for response in project.responses:
        if any(ref.function in functions for ref in response.generators):
            yield project.step(response.site, "the response sends it to the client")
            return
