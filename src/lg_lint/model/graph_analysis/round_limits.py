"""Whether a counter ends the rounds of a cycle: the ways that are left when it is at its limit.

Each way round counts for itself. Of the counters that conditions ask, some are taken to be at
their limits; no node that adds to another one, and none that sets one of these back, is passed
then. Where a node still comes back to itself over what routers can return, nothing ends it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import combinations

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, ReducerKind, Router, name_of
from lg_lint.model.graph_analysis.state_updates import GraphUpdates, Write, of_graph
from lg_lint.model.state_flow.activation import Comparison
from lg_lint.model.state_flow.function_summary import FunctionUpdates, Update, analyse
from lg_lint.model.state_flow.limits import Limits, Variable, variables
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program

_MAX_COUNTERS = 4
Ways = tuple[list[t.Node], dict[str, set[str]]]
"""The comparisons with `==` that were asked, and where each node may lead on."""


class Counter(Struct, frozen=True):
    """Something that grows while a node goes round: `key` of the state, or a variable beside it.

    `sign` of what is added to it; `is_length` where it is the length of the key's value. `adding`
    are the nodes that do it, `resetting` those that begin it anew.
    """

    key: str
    sign: int
    is_length: bool
    variable: Variable | None
    adding: frozenset[str]
    resetting: frozenset[str]


class Rounds(Struct):
    """The ways round of one node. `strict`: a limit that the state itself holds is none."""

    program: Program
    graph: Graph
    name: str
    strict: bool
    region: set[str] = field(default_factory=set)

    @property
    def updates(self) -> GraphUpdates:
        """What the nodes and routers of the graph write and ask."""
        return of_graph(self.program, self.graph)

    def endless(self) -> bool:
        """Whether a way round is left that no counter ends."""
        self.region = _region(self.graph, self.name)
        counters = self._counters()
        for count in range(len(counters), -1, -1):
            for chosen in combinations(counters, count):
                if self._is_left(chosen, [each for each in counters if each not in chosen]):
                    return True
        return False

    def _is_left(self, chosen: tuple[Counter, ...], others: list[Counter]) -> bool:
        """Whether the node comes back to itself with these counters at their limits."""
        without = frozenset().union(*(each.resetting for each in chosen))
        for each in others:
            if not each.resetting:
                without |= each.adding
        if self.name in without:
            return False
        equal, ways = self._known_ways(chosen)
        if not _comes_back(ways, self.name, without):
            return False
        return all(
            _comes_back(self._known_ways(chosen, exact)[1], self.name, without) for exact in equal
        )

    # --- counters --------------------------------------------------------------------------

    def _counters(self) -> list[Counter]:
        found: dict[Counter, None] = {}
        for comparison in self._comparisons():
            for key in sorted(comparison.lengths):
                found[self._length(key)] = None
            for key in sorted(comparison.values):
                found |= dict.fromkeys(self._numbers(key))
            found |= dict.fromkeys(self._variables(comparison.site))
        return [each for each in found if each.adding][:_MAX_COUNTERS]

    def _comparisons(self) -> Iterator[Comparison]:
        for router, function in self.updates.routers:
            if router.source in self.region:
                yield from function.comparisons
        for name in sorted(self.region):
            for function in self.updates.nodes.get(name, ()):
                yield from function.comparisons

    def _writes(self, key: str) -> list[Write]:
        return [write for write in self.updates.writes(key) if write.node in self.region]

    def _numbers(self, key: str) -> Iterator[Counter]:
        channel = self.graph.channels.get(key)
        summed = channel is not None and channel.reducer.kind is ReducerKind.SUM
        writes = self._writes(key)
        adding = [each for each in writes if summed or each.update.content.counts]
        fresh = _beginning(writes, key) if not summed else frozenset()
        for falls in (False, True):
            nodes = frozenset(each.node for each in adding if each.update.content.falls is falls)
            yield Counter(key, -1 if falls else 1, False, None, nodes, fresh)

    def _length(self, key: str) -> Counter:
        channel = self.graph.channels.get(key)
        gathers = channel is not None and channel.reducer.accumulates
        writes = self._writes(key)
        adding = {
            each.node
            for each in writes
            if (gathers and not each.update.content.empty) or each.update.content.grown
        }
        fresh = _beginning(writes, key) if not gathers else frozenset()
        return Counter(key, 1, True, None, frozenset(adding), fresh)

    def _variables(self, site: Site) -> Iterator[Counter]:
        for variable in variables(self.program, site):
            adding = {
                name
                for name in self.region
                for function in self.updates.nodes.get(name, ())
                for counted in function.counted
                if variable in variables(self.program, counted)
            }
            yield Counter("", 1, False, variable, frozenset(adding), frozenset())

    # --- ways ------------------------------------------------------------------------------

    def _limits(self, chosen: tuple[Counter, ...], exact: t.Node | None = None) -> Limits:
        keys = {each.key for each in chosen}
        changing = {write.update.key for write in self.updates.writes() if self._moves(write)}
        changing |= {key for key in self.graph.channels if self.updates.mutates(key)}
        if self.strict:
            changing |= set(self.graph.channels)
        made = Limits(
            values={
                each.key: each.sign
                for each in chosen
                if not each.is_length and each.variable is None
            },
            lengths=frozenset(each.key for each in chosen if each.is_length),
            variables=frozenset(each.variable for each in chosen if each.variable is not None),
            moving=frozenset(changing) - keys,
            exact=exact,
        )
        if chosen:
            made.assumed = self._flags(made)
        return made

    def _moves(self, write: Write) -> bool:
        return write.node in self.region and not write.update.hands_on

    def _flags(self, limits: Limits) -> dict[str, bool]:
        """The flags that each of their writers sets the same way, whatever way it takes."""
        found: dict[str, set[bool | None]] = {}
        for name in sorted(self.region):
            for before in self.updates.nodes.get(name, ()):
                if not before.updates:
                    continue
                summary = analyse(self.program, before.ref, self.graph.channels, limits=limits)
                for update in summary.updates:
                    known = update.content.holds if summary.always(update.key) else None
                    found.setdefault(update.key, set()).add(known)
        return {
            key: bool(next(iter(values)))
            for key, values in found.items()
            if len(values) == 1 and None not in values
        }

    def _known_ways(self, chosen: tuple[Counter, ...], exact: t.Node | None = None) -> Ways:
        """Where each node may lead on; the same for all nodes of a region."""
        known: dict[object, Ways] = self.program.once("ways", self.graph, dict)
        place = (frozenset(self.region), chosen, exact, self.strict)
        if place not in known:
            limits = self._limits(chosen, exact)
            ways = {name: self._targets(name, limits) for name in sorted(self.region)}
            known[place] = (list(limits.equal), ways)
        return known[place]

    def _targets(self, name: str, limits: Limits) -> set[str]:
        edges = self.graph.edges_from(name)
        found = {edge.target for edge in edges if edge.kind not in _DECIDED}
        decided = {edge.target for edge in edges if edge.kind in _DECIDED}
        routers = [each for each in self.graph.routers if each.source == name]
        for router in routers:
            ends = self._ends(router, limits)
            if ends is not None:
                found |= ends
            elif not self._asks_a_counter(router, limits):
                found |= decided if router.targets is not None else set(self.graph.nodes)
        return found if routers else found | decided

    def _ends(self, router: Router, limits: Limits) -> set[str] | None:
        """The nodes that a router leads to then; None where others may be."""
        found: set[str] = set()
        for ref in router.functions:
            summary = analyse(self.program, ref, self.graph.channels, limits=limits)
            if summary.goes is None:
                return None
            for origin in summary.goes:
                names = self._named(router, origin)
                if not names:
                    return None
                found |= names
        return found if router.functions else None

    def _named(self, router: Router, origin: Site | bool) -> set[str]:
        path_map = router.path_map or {}
        if isinstance(origin, bool):
            return {str(path_map[origin])} if origin in path_map else set()
        values = inference.infer(self.program, origin.node, origin.env)  # type: ignore[arg-type]
        names = [name_of(value) for value in values]
        if not names or None in names:
            values_of = {getattr(value, "value", None) for value in values}
            return {str(path_map[each]) for each in values_of if each in path_map}
        return {str(path_map.get(name, name)) for name in names}

    def _of(self, router: Router) -> list[FunctionUpdates]:
        return [function for each, function in self.updates.routers if each is router]

    def _asks_a_counter(self, router: Router, limits: Limits) -> bool:
        """Whether a router that is not understood asks a counter: it may leave the cycle then."""
        keys = limits.values.keys() | limits.lengths
        return any(
            (comparison.lengths | comparison.values) & keys
            or variables(self.program, comparison.site) & limits.variables
            for function in self._of(router)
            for comparison in function.comparisons
            if not (self.strict and comparison.limits)
        )


_DECIDED = ("conditional", "command", "send")


def _beginning(writes: list[Write], key: str) -> frozenset[str]:
    """The nodes that begin a key anew whenever they write it."""
    going_on = {each.node for each in writes if not _is_fresh(each.update, key)}
    return frozenset(each.node for each in writes) - going_on


def _is_fresh(update: Update, key: str) -> bool:
    content = update.content
    return key not in content.keys or content.bounded or content.partial


def _region(graph: Graph, name: str) -> set[str]:
    """The nodes on any way from a node back to itself."""
    after = _reached(graph.successors, [name])
    return {each for each in after & set(graph.nodes) if name in _reached(graph.successors, [each])}


def _reached(successors: object, first: Iterable[str]) -> set[str]:
    found: set[str] = set()
    queue = deque(first)
    while queue:
        for following in successors(queue.popleft()):  # type: ignore[operator]
            if following not in found:
                found.add(following)
                queue.append(following)
    return found


def _comes_back(ways: dict[str, set[str]], name: str, without: frozenset[str]) -> bool:
    return name in _reached(lambda each: ways.get(each, set()) - without, [name])
