"""Which frames own a turn of an event loop, and by which calls they are come to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from lg_lint.model.blocking.call_places import Root
from lg_lint.model.entry import Entry
from lg_lint.program.call_graph.execution import CallNode, Execution, ThreadContext
from lg_lint.program.call_graph.path_search import SearchTree


def frames_on_loop(execution: Execution, entries: Iterable[Entry]) -> Iterator[Root]:
    """Every frame that owns a turn of an event loop, with the entry and the calls that lead there.

    These are async functions, and the plain functions that are registered to run on the loop.
    Entries that are registered come first, in the order given; each frame is given once for each
    thread context. What runs in a worker thread, and what runs at start-up, is left out.
    """
    given: set[CallNode] = set()
    visited: set[CallNode] = set()  # with all that they lead to
    for entry in sorted(entries, key=lambda item: not item.registered):
        if entry.world is ThreadContext.THREAD or entry.kind == "startup":
            continue
        start = execution.state(entry.ref, entry.world)
        if start in given:
            continue
        ways = SearchTree(start)
        queue = deque([start])
        while queue:
            state = queue.popleft()
            visited.add(state)
            if state not in given and (state is start or state.function.is_async):
                given.add(state)
                yield Root(entry, ways.to(state), state)
            for edge in execution.edges(state):
                target = edge.target
                if target in ways or target in visited or target.world is ThreadContext.THREAD:
                    continue
                ways.add(state, edge)
                queue.append(target)
