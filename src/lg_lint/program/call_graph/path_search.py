"""Paths through the call graph: the shortest ones from states to places that are looked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, Execution
from lg_lint.program.scopes import Function

Sinks = Callable[[CallNode], Iterable[t.Node]]
Follow = Callable[[CallNode, CallEdge], bool]


class SearchTree:
    """The first way found from a state to each other one."""

    def __init__(self, start: CallNode) -> None:
        self._last: dict[CallNode, tuple[CallNode, CallEdge] | None] = {start: None}

    def __contains__(self, state: CallNode) -> bool:
        return state in self._last

    def add(self, source: CallNode, edge: CallEdge) -> None:
        """Notes that the target was first reached by this edge."""
        self._last[edge.target] = (source, edge)

    def to(self, state: CallNode) -> tuple[CallEdge, ...]:
        """The calls that lead to a state."""
        edges: list[CallEdge] = []
        last = self._last[state]
        while last is not None:
            edges.append(last[1])
            last = self._last[last[0]]
        return tuple(reversed(edges))


def everywhere(_state: CallNode, _edge: CallEdge) -> bool:
    """Follows each call."""
    return True


class Paths(Struct):
    """Looks for the same places from many states.

    What no place lies behind is found out once a state, so that a search goes only where one does.
    """

    execution: Execution
    sinks: Sinks
    follow: Follow = everywhere
    _leads: dict[CallNode, bool] = field(default_factory=dict)

    def chains(
        self, start: CallNode, sinks: Sinks | None = None, follow: Follow | None = None
    ) -> Iterator[CallPath]:
        """The shortest path from `start` to each sink, breadth first, each sink once.

        `sinks` and `follow` may narrow what is looked for from this state.
        """
        self._explore(start)
        sinks, follow = sinks or self.sinks, follow or self.follow
        ways = SearchTree(start)
        queue = deque([start] if self._leads[start] else ())
        seen: set[int] = set()
        while queue:
            state = queue.popleft()
            for sink in sinks(state):
                if id(sink) not in seen:
                    seen.add(id(sink))
                    yield CallPath(start, ways.to(state), sink)
            for edge in self.execution.edges(state):
                target = edge.target
                if self._leads.get(target) and target not in ways and follow(state, edge):
                    ways.add(state, edge)
                    queue.append(target)

    def _explore(self, start: CallNode) -> None:
        """Find out which of the states behind `start` lead to a sink."""
        if start in self._leads:
            return
        self._leads[start] = False
        queue = deque([start])
        callers: dict[CallNode, list[CallNode]] = {}
        leading: list[CallNode] = []
        while queue:
            state = queue.popleft()
            leads = any(True for _ in self.sinks(state))
            for edge in self.execution.edges(state):
                target = edge.target
                if not self.follow(state, edge):
                    continue
                if target not in self._leads:
                    self._leads[target] = False
                    queue.append(target)
                leads = leads or self._leads[target]
                callers.setdefault(target, []).append(state)
            if leads:
                leading.append(state)
        while leading:
            state = leading.pop()
            self._leads[state] = True
            leading += [caller for caller in callers.get(state, ()) if not self._leads[caller]]


class ReverseReachability(Struct):
    """Which states lead to a function, of those behind some `starts`."""

    execution: Execution
    starts: list[CallNode]
    _callers: dict[CallNode, list[CallNode]] = field(default_factory=dict)
    _of: dict[Function, list[CallNode]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        queue = deque(dict.fromkeys(self.starts))
        for start in queue:
            self._callers[start] = []
        while queue:
            state = queue.popleft()
            self._of.setdefault(state.function, []).append(state)
            for edge in self.execution.edges(state):
                if edge.target not in self._callers:
                    self._callers[edge.target] = []
                    queue.append(edge.target)
                self._callers[edge.target].append(state)

    def leading_to(self, function: Function) -> set[CallNode]:
        """The states of the function, and those that call it, directly or not."""
        queue = list(self._of.get(function, ()))
        found = set(queue)
        while queue:
            for caller in self._callers[queue.pop()]:
                if caller not in found:
                    found.add(caller)
                    queue.append(caller)
        return found
