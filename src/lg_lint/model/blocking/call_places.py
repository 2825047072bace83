"""The calls that lead to what is looked for: one place each, from whatever entries lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.program import inference
from lg_lint.program.blocks import AFTER_FAILURE, ALWAYS, rarity
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.program.guards import dotted
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import External, ExternalMethod

_WORLDS = (ThreadContext.LOOP, ThreadContext.ALONE, ThreadContext.THREAD)


class Root(Struct, frozen=True):
    """One way in: the entry, the calls from it, and the frame in which they end."""

    entry: Entry
    before: tuple[CallEdge, ...]
    frame: CallNode


class CallPlace(Struct):
    """One call in a function: the ways in that lead there, and the paths that go on from it.

    Both have at least one item. Each path starts in the function itself, by this call or at it.
    """

    node: t.Node
    roots: list[Root] = field(default_factory=list)
    chains: list[CallPath] = field(default_factory=list)

    @property
    def frame(self) -> CallNode:
        """The frame as the surest entry has it, on the event loop of others where it runs there."""

        def rank(root: Root) -> tuple[bool, int]:
            return not root.entry.registered, _WORLDS.index(root.frame.world)

        return min(self.roots, key=rank).frame

    @property
    def is_certain(self) -> bool:
        """Whether something is known to lead there."""
        return any(root.entry.registered for root in self.roots)

    def ranked(self, weight: Callable[[CallPath], int]) -> list[CallPath]:
        """The paths, those of least weight first: of these the shortest, then by their ends."""

        def rank(chain: CallPath) -> tuple[int, int, t.Span]:
            return weight(chain), len(chain.edges), chain.sink.span

        return sorted(self.chains, key=rank)

    @property
    def site(self) -> Site:
        """Where the call stands."""
        return Site(self.node, self.frame.env)


class CallPlaces:
    """The calls found so far, each once in whatever activation of its function.

    Iterated in the order in which they were found.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[Function, t.Span], CallPlace] = {}
        self._sinks: dict[tuple[Function, t.Span], set[t.Node]] = {}

    def add(self, root: Root, chains: Iterable[CallPath], node: t.Node | None = None) -> None:
        """Adds paths that start in the frame of `root`, of each sink the first.

        They belong to the call `node`, by default the first one of the first path.
        """
        chains = list(chains)
        node = node or first_call(chains[0])
        key = (root.frame.function, node.span)
        place = self._found.setdefault(key, CallPlace(node))
        sinks = self._sinks.setdefault(key, set())
        place.roots.append(root)
        for chain in chains:
            if chain.sink not in sinks:
                sinks.add(chain.sink)
                place.chains.append(chain)

    def __iter__(self) -> Iterator[CallPlace]:
        return iter(self._found.values())


def first_call(chain: CallPath) -> t.Node:
    """The call of a path that stands in the frame where the path starts."""
    return chain.edges[0].node if chain.edges else chain.sink


def written_callee(call: t.Node) -> str | None:
    """What is called, as it is written: `self.client.get`; None for anything but a dotted name."""
    return dotted(call.func) if isinstance(call, t.Call) else None


def written_receiver(call: t.Node) -> str | None:
    """What a method is called on, as it is written; None for anything but a dotted name."""
    func = call.func if isinstance(call, t.Call) else None
    return dotted(func.value) if isinstance(func, t.Attribute) else None


def hands_on(program: Program, chain: CallPath) -> bool:
    """Whether the first call is a library's, which is given what waits: `pool.submit(work)`.

    The path has at least one call before its end.
    """
    call = chain.edges[0].node
    if not isinstance(call, t.Call):
        return True
    callees = inference.infer(program, call.func, chain.start.env)
    return all(isinstance(callee, (External, ExternalMethod)) for callee in callees)


def rareness(chain: CallPath) -> int:
    """How seldom a run of the first frame gets to the end of a path, as far as can be told.

    One of the grades of `program.blocks`: of the functions below the first frame, the rarest.
    """
    found = ALWAYS
    places = [*(edge.node for edge in chain.edges), chain.sink]
    for state, node in zip(chain.states[1:], places[1:], strict=True):
        if isinstance(state.function.node, t.FunctionDef):
            found = max(found, rarity(state.function.node.body, node))
    return found


def needs_failure(chain: CallPath) -> bool:
    """Whether something has to fail before the end of a path is come to."""
    return rareness(chain) == AFTER_FAILURE
