"""What keeps a channel from growing without end: fresh values, what runs are given, trims."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model import state_class
from lg_lint.model.graph import END, ROOT, START, Channel, Graph, GraphRun, ReducerKind
from lg_lint.model.graph_analysis.cycles import reached
from lg_lint.model.graph_analysis.state_updates import Write, of_graph
from lg_lint.program import inference
from lg_lint.program.neighbours import near
from lg_lint.program.scopes import reaching
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, Const, Container, Env, External

INPUT_METHODS = {
    "stream", "invoke", "astream", "ainvoke", "astream_events", "stream_events", "astream_log",
}  # fmt: skip


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
    if grower in reached(graph, graph.successors(grower), name):
        return False
    before = grower not in reached(graph, graph.successors(START), name)
    after = not _ends(graph, grower, name)
    return before or after


def _ends(graph: Graph, start: str, without: str) -> bool:
    found = reached(graph, graph.successors(start), without)
    return END in found or any(
        not graph.successors(name) for name in found | {start} if name in graph.nodes
    )


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
    """Whether the input of every run names the key, which replaces a value without a reducer.

    Where the state is one value, each input is that value.
    """
    given = inputs(program, graph)
    if key == ROOT:
        return True
    return bool(given) and all(key in keys for keys in given)


def inputs(program: Program, graph: Graph) -> list[set[str]]:
    """The keys that each run's input names; none where it names none that can be seen."""
    found = [_input_keys(program, run) for run in graph.runs]
    return [keys for keys in found if keys is not None]


def _input_keys(program: Program, run: GraphRun) -> set[str] | None:
    """The keys of a run's input; None where the run goes on from its checkpoint."""
    if run.method not in INPUT_METHODS:
        return None
    call, env = run.calls[0]
    expr = call.argument("input", 0)
    if expr is None or (isinstance(expr, t.Constant) and expr.value is None):
        return None
    return given_keys(program, expr, env)


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
            if isinstance(callee, External) and callee.name == named("command"):
                return None
    found: set[str] = set()
    for value in inference.infer(program, expr, env):
        if isinstance(value, Container):
            for names, _ in inference.entries_of(program, value):
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


def _resets_at_start(program: Program, run: GraphRun, key: str) -> bool:
    keys = _input_keys(program, run)
    return keys is not None and key in keys


def ineffective_trims(program: Program, graph: Graph) -> Iterator[tuple[Channel, Write]]:
    """The writes of a shorter list to a channel that merges by message id, and takes nothing out.

    A write that removes messages, or replaces the whole channel, trims indeed.
    """
    for write in of_graph(program, graph).writes():
        channel, content = graph.channels.get(write.update.key), write.update.content
        if (
            channel is not None
            and channel.reducer.kind is ReducerKind.ADD_MESSAGES
            and not channel.reducer.bounded
            and channel.key in content.keys
            and bool(content.trimmed)
            and not content.clears
            and not content.removes
        ):
            yield channel, write


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

    assert isinstance(graph.site.node, t.Call)
    for keyword in keywords:
        expr = graph.site.node.argument(keyword)
        for value in inference.infer(program, expr, graph.site.env) if expr is not None else ():
            if isinstance(value, ClassRef):
                return set(state_class.keys(program, value.cls))
    return None
