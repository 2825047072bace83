"""How rules tell a path through the code: where it starts, the calls between, the place it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lg_lint.base.finding import Place, Step
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallEdge, CallNode, ThreadContext
from lg_lint.program.call_graph.path_search import SearchTree
from lg_lint.program.scopes import Function


def describe(function: Function) -> str:
    """A function as a trace names it, e.g. "async def chat()"."""
    kind = "async def" if function.is_async else "def"
    return f"{kind} {function.qualname}()"


def definition(project: Project, function: Function) -> Place:
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


def client_step(project: Project, functions: set[Function]) -> Iterator[Step]:
    """The step that closes a trace: the response that sends what one of the functions yields."""
    for response in project.responses:
        if any(ref.function in functions for ref in response.generators):
            yield project.step(response.site, "the response sends it to the client")
            return


def frames_on_loop(project: Project) -> Iterator[tuple[CallNode, Entry, tuple[CallEdge, ...]]]:
    """Every frame that owns a turn of an event loop, with the entry and the calls that lead there.

    These are async functions, and the plain functions that are registered to run on the loop.
    The surest entry comes first; each frame is given once a world.
    """
    seen: set[CallNode] = set()
    visited: set[CallNode] = set()  # with all that they lead to
    for entry in sorted(project.entries, key=lambda item: not item.registered):
        if entry.world is ThreadContext.THREAD or entry.kind == "startup":
            continue
        start = project.execution.state(entry.ref, entry.world)
        if start in seen:
            continue
        ways = SearchTree(start)
        queue = deque([start])
        while queue:
            state = queue.popleft()
            visited.add(state)
            if state not in seen and (state is start or state.function.is_async):
                seen.add(state)
                yield state, entry, ways.to(state)
            for edge in project.execution.edges(state):
                target = edge.target
                if target in ways or target in visited or target.world is ThreadContext.THREAD:
                    continue
                ways.add(state, edge)
                queue.append(target)
