"""Cycles that no counter ends: a cap counts where every way round passes it, and it leads out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, ReducerKind, Router
from lg_lint.model.graph_analysis.state_updates import GraphUpdates, Write, of_graph
from lg_lint.model.state_flow.activation import Comparison, Lead
from lg_lint.model.state_flow.function_summary import FunctionUpdates
from lg_lint.program import inference
from lg_lint.program.blocks import blocks_of
from lg_lint.program.scopes import Function, owner
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.truth import truth
from lg_lint.program.values import Instance


def endless_cycle(program: Program, graph: Graph, name: str) -> list[str] | None:
    """A cycle through a node that no counter ends; the names on it, or None.

    On a durable thread a limit that the state holds ends a turn, and the next may bring another.
    """
    cycle = graph.cycle_through(name)
    if cycle is None:
        return None
    updates = of_graph(program, graph)
    on_it = {name, *cycle}
    caps = [cap for cap in _comparisons(graph, updates, on_it) if _ends_each_way(graph, name, cap)]
    compared = [cap.comparison for cap in caps]
    if any(
        _is_bound(graph, updates, name, item) and not (item.limits and graph.durable)
        for item in compared
    ):
        return None
    counted = {
        variable
        for item in on_it
        for function in updates.nodes.get(item, ())
        for site in function.counted
        for variable in _variables(program, site)
    }
    if counted and any(counted & _variables(program, item.site) for item in compared):
        return None
    return cycle


def has_limit(program: Program, graph: Graph, name: str) -> bool:
    """Whether a counter ends the cycle through a node, be its limit one of the turn."""
    updates = of_graph(program, graph)
    on_it = {name, *(graph.cycle_through(name) or ())}
    return any(
        _is_bound(graph, updates, name, cap.comparison)
        for cap in _comparisons(graph, updates, on_it)
        if _ends_each_way(graph, name, cap)
    )


def _gathers(graph: Graph, updates: GraphUpdates, key: str) -> bool:
    """Whether what is written to a key adds to it."""
    channel = graph.channels.get(key)
    if channel is not None and channel.reducer.accumulates:
        return True
    return any(write.update.content.grown for write in updates.writes(key))


def is_last(program: Program, graph: Graph, write: Write) -> bool:
    """Whether a node that writes this does not run again: it goes to END, or sets a flag to leave.

    The flag is one that a router on the node's cycle asks, and then leads where no way goes back.
    """
    if write.update.ends:
        return True
    ways = [
        {update.key for update in path.updates if update.is_true}
        for path in write.function.ways(write.update)
    ]
    if not all(ways):
        return False
    on_it = {write.node, *(graph.cycle_through(write.node) or ())}
    leaving = {
        flag
        for router, lead in _leads(of_graph(program, graph), on_it)
        if lead.holds and _leaves(graph, router, lead, write.node)
        for flag in lead.flags
    }
    return all(keys & leaving for keys in ways)


def _leaves(graph: Graph, router: Router, lead: Lead, name: str) -> bool:
    """Whether what a router returns leads to no way back to a node."""
    path_map = router.path_map or {}
    targets = {
        str(path_map.get(result.value, result.value))
        for result in router.results
        if (result.site.path, result.site.span) == (lead.site.path, lead.site.span)
    }
    return bool(targets) and name not in reached(graph, targets, "")


def is_known_cycle(graph: Graph, name: str) -> bool:
    """Whether a node reaches itself over edges that the source names."""
    return name in reached(graph, graph.targets(name), "")


class _Cap(Struct, frozen=True):
    """A comparison that may end a cycle at a node: where a router, or its own Command, asks it."""

    node: str
    comparison: Comparison
    routers: tuple[Router, ...] = ()


def _comparisons(graph: Graph, updates: GraphUpdates, names: set[str]) -> Iterator[_Cap]:
    for router, function in updates.routers:
        if router.source in names:
            for comparison in function.comparisons:
                yield _Cap(router.source, comparison, (router,))
    deciding = {edge.source for edge in graph.edges if edge.kind in ("command", "send")}
    flags = {flag for _, lead in _leads(updates, names) for flag in lead.flags}
    for name in names:
        commands = tuple(each for each in graph.routers if each.source == name and each.is_command)
        for function in updates.nodes.get(name, ()):
            if name in deciding:
                for comparison in function.comparisons:
                    yield _Cap(name, comparison, commands)
            elif _writes_any(function, flags):
                for comparison in function.comparisons:
                    if all(_gathers(graph, updates, key) for key in comparison.lengths):
                        yield _Cap(name, comparison)


def _ends_each_way(graph: Graph, name: str, cap: _Cap) -> bool:
    """Whether each way round from a node passes a cap, and the cap decides whether it goes on."""
    return not goes_round(graph, name, cap.node) and _decides(graph, name, cap)


def goes_round(graph: Graph, name: str, without: str) -> bool:
    """Whether the edges that the source names lead a node back to itself without another one."""
    return name != without and name in _ways_on(graph, graph.targets(name), without)


def _ways_on(graph: Graph, first: Iterable[str], without: str = "") -> set[str]:
    found: set[str] = set()
    queue = list(first)
    while queue:
        name = queue.pop()
        if name not in found and name != without:
            found.add(name)
            queue += graph.targets(name)
    return found


def _decides(graph: Graph, name: str, cap: _Cap) -> bool:
    """Whether one outcome of a comparison leads out of a node's cycle, or may for all one sees."""
    scope = cap.comparison.site.env.scope
    if not isinstance(scope, Function) or not cap.routers:
        return True
    sides = [_results(scope, cap, holds=holds) for holds in (True, False)]
    if sides[0] == sides[1]:
        return True
    return not all(
        any(name in _ways_on(graph, [target]) for target in targets) for targets in sides
    )


def _results(scope: Function, cap: _Cap, *, holds: bool) -> set[str]:
    """Where the routers lead if a comparison holds, or if it does not."""
    reader = _Returns(cap.comparison.site.node, holds)
    body = scope.node.body
    if isinstance(body, tuple):
        reader.block(body)
    else:
        reader.take(body)
    return {
        str((router.path_map or {}).get(result.value, result.value))
        for router in cap.routers
        for result in router.results
        if result.site.env.scope is scope and reader.gives(result.site.node)
    }


class _Returns(Struct):
    """The expressions that a function returns where one of its comparisons holds, or does not."""

    side: t.Node
    holds: bool
    given: list[t.Node] = field(default_factory=list)
    passed_by: list[t.Node] = field(default_factory=list)

    def gives(self, node: t.Node) -> bool:
        return t.in_block(self.given, node) and not t.in_block(self.passed_by, node)

    def block(self, block: t.Block) -> bool:
        """Takes in what a block returns; whether its end may be reached."""
        for statement in block:
            if isinstance(statement, t.Return):
                if statement.value is not None:
                    self.take(statement.value)
                return False
            if isinstance(statement, t.Raise) or not self._through(statement):
                return False
        return True

    def take(self, expr: t.Expr) -> None:
        self.given.append(expr)
        for part in t.walk(expr):
            if isinstance(part, t.IfExp):
                taken = truth(part.test, self._known)
                if taken is not None:
                    self.passed_by.append(part.orelse if taken else part.body)

    def _through(self, statement: t.Node) -> bool:
        if isinstance(statement, t.If):
            taken = truth(statement.test, self._known)
            body = taken is not False and self.block(statement.body)
            orelse = taken is not True and self.block(statement.orelse)
            return body or orelse
        ends = [self.block(inner) for inner in blocks_of(statement)]
        return ends[0] if isinstance(statement, t.With) else True

    def _known(self, test: t.Expr) -> bool | None:
        is_it = isinstance(test, t.Compare) and t.holds(test, self.side)
        return self.holds if is_it else None


def _leads(updates: GraphUpdates, names: set[str]) -> Iterator[tuple[Router, Lead]]:
    """What routers return by a flag of the state."""
    for router, function in updates.routers:
        if router.source in names:
            for lead in function.leads:
                yield router, lead


def _writes_any(function: FunctionUpdates, keys: set[str]) -> bool:
    return bool(keys) and any(
        update.key in keys and not update.hands_on for update in function.updates
    )


def _is_bound(graph: Graph, updates: GraphUpdates, name: str, comparison: Comparison) -> bool:
    """A counter or a length compared with something that stays as it is while a node goes round."""
    other = comparison.other
    if any(_changes(graph, updates, name, key) for key in comparison.limits):
        return False
    if comparison.lengths:
        return not (isinstance(other, t.Constant) and other.value in (0, 1))
    return any(_is_counter(graph, updates, key) for key in comparison.values)


def _variables(program: Program, site: Site) -> set[tuple[object, str]]:
    """Which variable a name or an attribute is: with its frame, or the class of its object."""
    node, scope = site.node, site.env.scope
    if isinstance(node, t.Name):
        return {(owner(scope, node.id), node.id)}
    if not isinstance(node, t.Attribute):
        return set()
    return {
        (value.cls, node.attr)
        for value in inference.infer(program, node.value, site.env)
        if isinstance(value, Instance)
    }


def _is_counter(graph: Graph, updates: GraphUpdates, key: str) -> bool:
    channel = graph.channels.get(key)
    if channel is not None and channel.reducer.kind is ReducerKind.SUM:
        return True
    return any(write.update.content.counts for write in updates.writes(key))


def _changes(graph: Graph, updates: GraphUpdates, name: str, key: str) -> bool:
    """Whether a node on a cycle through a node writes a key, or anything sets it in place."""
    return updates.mutates(key) or any(
        not write.update.hands_on
        and name in reached(graph, graph.successors(write.node), "")
        and write.node in reached(graph, graph.successors(name), "")
        for write in updates.writes(key)
    )


def reached(graph: Graph, first: set[str], without: str) -> set[str]:
    """The names that can follow, with one node taken out."""
    found: set[str] = set()
    queue = [name for name in first if name != without]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.add(name)
        queue.extend(target for target in graph.successors(name) if target != without)
    return found
