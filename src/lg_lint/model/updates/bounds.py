"""What keeps a channel from growing without end: bounded cycles, fresh values each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lg_lint.facts import tree as t
from lg_lint.model.graph import END, START, Graph, ReducerKind, Router, Run, Site
from lg_lint.model.updates.functions import FunctionUpdates
from lg_lint.model.updates.graphs import GraphUpdates, Write, of_graph
from lg_lint.model.updates.run import Comparison, Lead
from lg_lint.program import containers, inference
from lg_lint.program.neighbours import near
from lg_lint.program.program import Program
from lg_lint.program.scopes import owner, reaching
from lg_lint.program.values import ClassRef, Const, Container, Env, External, Instance

INPUT_METHODS = {
    "stream", "invoke", "astream", "ainvoke", "astream_events", "stream_events", "astream_log",
}  # fmt: skip


# --- cycles --------------------------------------------------------------------------------


def endless_cycle(program: Program, graph: Graph, name: str) -> list[str] | None:
    """A cycle through a node that no counter ends; the names on it, or None.

    On a durable thread a limit that the state holds ends a turn, and the next may bring another.
    """
    cycle = graph.cycle_through(name)
    if cycle is None:
        return None
    updates = of_graph(program, graph)
    on_it = {name, *cycle}
    compared = list(_comparisons(graph, updates, on_it))
    if any(
        _is_bound(graph, updates, name, item) and not (item.limits and graph.saver)
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
    compared = _comparisons(graph, updates, on_it)
    return any(_is_bound(graph, updates, name, item) for item in compared)


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
    return bool(targets) and name not in _reached(graph, targets, "")


def is_known_cycle(graph: Graph, name: str) -> bool:
    """Whether a node reaches itself over edges that the source names."""
    return name in _reached(graph, {edge.target for edge in graph.edges_from(name)}, "")


def _comparisons(graph: Graph, updates: GraphUpdates, names: set[str]) -> Iterator[Comparison]:
    for router, function in updates.routers:
        if router.source in names:
            yield from function.comparisons
    deciding = {edge.source for edge in graph.edges if edge.kind in ("command", "send")}
    flags = {flag for _, lead in _leads(updates, names) for flag in lead.flags}
    for name in names:
        for function in updates.nodes.get(name, ()):
            if name in deciding:
                yield from function.comparisons
            elif _writes_any(function, flags):
                for comparison in function.comparisons:
                    if all(_gathers(graph, updates, key) for key in comparison.lengths):
                        yield comparison


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
        and name in _reached(graph, graph.successors(write.node), "")
        and write.node in _reached(graph, graph.successors(name), "")
        for write in updates.writes(key)
    )


# --- fresh values --------------------------------------------------------------------------


def is_renewed(program: Program, graph: Graph, key: str, grower: str) -> bool:
    """Whether each run, and each round of a cycle, begins the key anew outside the growing node."""
    if grower and graph.cycle_through(grower) is None and is_given(program, graph, key):
        return True
    return any(
        _is_on_the_way(graph, name, grower)
        for name in fresh_writers(program, graph, key)
        if name != grower
    )


def fresh_writers(program: Program, graph: Graph, key: str, *, always: bool = True) -> set[str]:
    """The nodes that write the key without a value of the state, on each way out or on some."""
    found = set()
    for name, functions in of_graph(program, graph).nodes.items():
        writes = [
            update for function in functions for update in function.updates if update.key == key
        ]
        fresh = [key not in update.content.keys for update in writes]
        if always:
            if fresh and all(fresh) and all(function.always(key) for function in functions):
                found.add(name)
        elif any(fresh):
            found.add(name)
    return found


def _is_on_the_way(graph: Graph, name: str, grower: str) -> bool:
    """Whether every run passes a node before or after the growing one, and every cycle does."""
    if grower in _reached(graph, graph.successors(grower), name):
        return False
    before = grower not in _reached(graph, graph.successors(START), name)
    after = not _ends(graph, grower, name)
    return before or after


def _ends(graph: Graph, start: str, without: str) -> bool:
    reached = _reached(graph, graph.successors(start), without)
    return END in reached or any(
        not graph.successors(name) for name in reached | {start} if name in graph.nodes
    )


def _reached(graph: Graph, first: set[str], without: str) -> set[str]:
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


def is_deleted(program: Program, graph: Graph) -> bool:
    """Whether the code that runs a graph deletes its thread.

    A graph whose runs are not known may be run by any module that does both.
    """
    modules = {
        scope.module.path
        for name in ("delete_thread", "adelete_thread")
        for site, scope in program.calls_named(name)
        if isinstance(site.node.func, t.Attribute)
        and not scope.module.is_test
        and getattr(scope, "name", "") != name
    }
    if graph.runs:
        return any(run.site.path in modules for run in graph.runs)
    return any(
        scope.module.path in modules
        for name in INPUT_METHODS
        for _, scope in program.calls_named(name)
    )


# --- the input of runs ---------------------------------------------------------------------


def is_given(program: Program, graph: Graph, key: str) -> bool:
    """Whether the input of every run names the key, which replaces a value without a reducer."""
    given = inputs(program, graph)
    return bool(given) and all(key in keys for keys in given)


def inputs(program: Program, graph: Graph) -> list[set[str]]:
    """The keys that each run's input names; none where it names none that can be seen."""
    found = [_input_keys(program, run) for run in graph.runs]
    return [keys for keys in found if keys is not None]


def _input_keys(program: Program, run: Run) -> set[str] | None:
    """The keys of a run's input; None where the run goes on from its checkpoint."""
    if run.method not in INPUT_METHODS:
        return None
    expr = run.call.argument("input", 0)
    if expr is None or (isinstance(expr, t.Constant) and expr.value is None):
        return None
    return given_keys(program, expr, run.site.env)


def given_keys(program: Program, expr: t.Expr, env: Env, depth: int = 0) -> set[str] | None:
    """The literal keys of a dict or state object that an expression makes."""
    if isinstance(expr, t.Name) and depth < 4:
        keys: set[str] = set()
        for binding in reaching(env.scope, expr.id, expr.start):
            if binding.value is not None:
                keys |= given_keys(program, binding.value, env, depth + 1) or set()
        if keys:
            return keys
    if isinstance(expr, t.Attribute) and depth < 4:
        writes = program.writes_of(expr.attr)
        for write in near(program, writes, lambda each: each.scope.module, env.scope.module):
            if write.value is not None and not write.scope.module.is_test:
                where = program.env(write.scope)
                given = given_keys(program, write.value, where, depth + 1)
                if given:
                    return given
    if isinstance(expr, t.Call):
        for callee in inference.infer(program, expr.func, env):
            if isinstance(callee, ClassRef):
                return {arg.keyword for arg in expr.args if arg.keyword is not None}
            if isinstance(callee, External) and callee.name == "langgraph.types.Command":
                return None
    found: set[str] = set()
    for value in inference.infer(program, expr, env):
        if isinstance(value, Container):
            for names, _ in containers.entries(program, value):
                found |= {str(name.value) for name in names if isinstance(name, Const)}
    return found


# --- trims ---------------------------------------------------------------------------------


def each_graph(graph: Graph, wanted: Callable[[Graph], bool]) -> Iterator[Graph]:
    """A graph, its parents and the subgraphs among its nodes that have what is wanted."""
    inner = [node.subgraph for node in graph.nodes.values() if node.subgraph is not None]
    for candidate in (graph, *graph.parents, *inner):
        if wanted(candidate):
            yield candidate


def is_trimmed(program: Program, graph: Graph, key: str) -> bool:
    """Whether something takes items out of an accumulating channel, here or in a linked graph."""
    return any(
        _is_trimmed_in(program, other, key)
        for other in each_graph(graph, lambda item: key in item.channels)
    )


def _is_trimmed_in(program: Program, graph: Graph, key: str) -> bool:
    updates, channel = of_graph(program, graph), graph.channels[key]
    reducer = channel.reducer
    if (updates.summarizes and key == "messages") or updates.shortens(key):
        return True
    for write in updates.writes(key):
        content = write.update.content
        if content.clears:
            return True
        if content.removes and reducer.kind is ReducerKind.ADD_MESSAGES:
            return True
        if reducer.resets and _is_reset(content.empty, content.shape, channel.shape):
            return True
    return reducer.resets and any(_resets_at_start(program, run, key) for run in graph.runs)


def _is_reset(empty: bool, shape: str, expected: str) -> bool:
    """An empty write, or a marker in the shape of a dict where the channel is a list."""
    return empty or (shape == "dict" and expected != "dict")


def _resets_at_start(program: Program, run: Run, key: str) -> bool:
    keys = _input_keys(program, run)
    return keys is not None and key in keys


# --- writers without a function of the project ---------------------------------------------


def message_writers(graph: Graph) -> Iterator[str]:
    """The nodes that write messages by their nature: prebuilt agents, ToolNode."""
    if graph.kind == "agent":
        yield from graph.nodes
        return
    for name, node in graph.nodes.items():
        if any(str(getattr(value, "type", "")).endswith("ToolNode") for value in node.values):
            yield name


def schema_keys(program: Program, graph: Graph, *keywords: str) -> set[str] | None:
    """The keys of the schema given under a keyword where the graph is made; None without one."""
    from lg_lint.model import channels

    assert isinstance(graph.site.node, t.Call)
    for keyword in keywords:
        expr = graph.site.node.argument(keyword)
        for value in inference.infer(program, expr, graph.site.env) if expr is not None else ():
            if isinstance(value, ClassRef):
                return {channel.key for channel in channels.of_class(program, value.cls)}
    return None
