"""One call, one finding: all that a call leads to, from all entries that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from lg_lint.base.finding import Place, Reach, Step, Way
from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.program.blocks import ALWAYS, rarity
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.rules.telling.chains import call_steps, describe, entry_step

_WORLDS = (ThreadContext.LOOP, ThreadContext.ALONE, ThreadContext.THREAD)
_MOST_WAYS = 40
"""So many ways from one call are compared with those of others."""


class Root(Struct, frozen=True):
    """One way in: the entry, the calls from it, and the frame in which they end."""

    entry: Entry
    before: tuple[CallEdge, ...]
    frame: CallNode


class CallPlace(Struct):
    """A call in a frame that waits: the entries that lead there, and the chains from there on."""

    node: t.Node
    roots: list[Root] = field(default_factory=list)
    chains: list[CallPath] = field(default_factory=list)
    ways: dict[object, Way] = field(default_factory=dict)

    @property
    def frame(self) -> CallNode:
        """The frame as the surest entry has it, on the event loop of others where it runs there."""

        def rank(root: Root) -> tuple[bool, int]:
            return not root.entry.registered, _WORLDS.index(root.frame.world)

        return min(self.roots, key=rank).frame

    @property
    def is_sure(self) -> bool:
        """Whether something is known to lead there."""
        return any(root.entry.registered for root in self.roots)

    def place(self, project: Project) -> Place:
        return project.place(self.frame.function.module, self.node.span)


class CallPlaces:
    """The calls found so far, each once in whatever activation of its function."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, t.Span], CallPlace] = {}
        self._sinks: dict[tuple[int, t.Span], set[int]] = {}
        self._ways: dict[object, Way] = {}

    def add(self, node: t.Node, root: Root, chains: Iterable[CallPath]) -> None:
        key = (id(root.frame.function), node.span)
        spot = self._found.setdefault(key, CallPlace(node, ways=self._ways))
        sinks = self._sinks.setdefault(key, set())
        spot.roots.append(root)
        for chain in chains:
            if id(chain.sink) not in sinks:
                sinks.add(id(chain.sink))
                spot.chains.append(chain)

    def __iter__(self) -> Iterator[CallPlace]:
        return iter(self._found.values())


def entry_steps(project: Project, spot: CallPlace) -> Iterator[Step]:
    """The steps that open a trace: the first entry, other ones, and the first one's calls."""
    first = spot.roots[0]
    yield entry_step(project, first.entry)
    told = {first.entry.ref.function}
    for root in spot.roots[1:]:
        if root.entry.ref.function not in told:
            told.add(root.entry.ref.function)
            step = entry_step(project, root.entry)
            yield Step(step.place, f"{step.message} leads here too")
    start = project.execution.state(first.entry.ref, first.entry.world)
    yield from call_steps(project, start, first.before)


def rareness(chain: CallPath) -> int:
    """How seldom a call gets to the end of a chain, as far as the functions below it say."""
    found = ALWAYS
    places = [*(edge.node for edge in chain.edges), chain.sink]
    for state, node in zip(chain.states[1:], places[1:], strict=True):
        if isinstance(state.function.node, t.FunctionDef):
            found = max(found, rarity(state.function.node.body, node))
    return found


def reach(
    project: Project,
    spot: CallPlace,
    chains: list[CallPath],
    told: Callable[[CallPath], tuple[str, str]],
    weight: Callable[[CallPath], int],
) -> Reach:
    """What other places may have in common with a call.

    `told` gives what a chain's last step says, and what is said where the cause is shared.
    """
    ways = []
    for chain in chains[:_MOST_WAYS]:
        calls = tuple(id(edge.node) for edge in chain.edges[1:])
        key = (calls, id(chain.sink), bool(chain.edges), spot.frame.world)
        if key not in spot.ways:
            says, shared = told(chain)
            place = project.place(chain.last.function.module, chain.sink.span)
            whole = (*call_steps(project, chain.start, chain.edges), Step(place, says))
            spot.ways[key] = Way(whole[1:], shared, weight(chain))
        ways.append(spot.ways[key])
    function, first = spot.frame.function, chains[0]
    says = f"calls {describe(first.edges[0].target.function)}" if first.edges else told(first)[0]
    head = Step(spot.place(project), says)
    return Reach(describe(function), function.is_async, head, tuple(ways))
