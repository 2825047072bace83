"""Policies and middleware by which LangGraph and LangChain run a node or its model call again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.entry import Entry
from lg_lint.model.graph import Graph, Node
from lg_lint.model.langgraph.callables import is_builder, is_graph, resolve
from lg_lint.model.langgraph.registry import Graphs
from lg_lint.model.project import Project
from lg_lint.model.retries.retry_helpers import is_number
from lg_lint.model.versions import Change
from lg_lint.program import inference
from lg_lint.program.scopes import Scope
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Container, Env, ExternalObject, FunctionRef, Values

POLICY = named("retry_policy")
_KEYWORDS = ("retry_policy", "retry")


class Policy(Struct, frozen=True):
    """A policy object, by the call that makes it, and one thing that it runs again.

    `node` is set for a node, `task` for a function of the functional API or of a NodeBuilder.
    `change` says since when there are policies of this kind, where that matters.
    """

    site: Site
    name: str
    graph: Graph | None = None
    node: Node | None = None
    task: FunctionRef | None = None
    change: Change | None = None

    @property
    def target(self) -> str:
        """What it runs again, as messages name it: a function, a node, an agent."""
        if self.task is not None:
            return f"{self.task.function.name}()"
        if self.node is not None and self.name == "RetryPolicy":
            return f'node "{self.node.name}"'
        return self.graph.name if self.graph is not None else ""


def policies(project: Project) -> Iterator[Policy]:
    """Every policy with every node and task that it covers."""
    program = project.program
    defaults = _defaults(project)
    for graph in project.graphs:
        whole = [*_always(_arguments(program, graph.site)), *defaults.get(graph, ())]
        for node in graph.nodes.values():
            own = _given(program, node.site) if node.site.node is not graph.site.node else ()
            decided = any(inference.known(value) for value in own)
            given = _always(made(program, own)) if decided else whole
            for site, change in given:
                yield Policy(site, "RetryPolicy", graph, node, change=change)
        yield from _middleware(program, graph)
    yield from _tasks(program, project.entries)
    yield from _built_nodes(project)


def _defaults(project: Project) -> dict[Graph, list[tuple[Site, Change | None]]]:
    """Policies for all nodes: `set_node_defaults(...)` and `graph.retry_policy = ...`."""
    program, graphs = project.program, Graphs(project.program)
    for graph in project.graphs:
        graphs.add(graph)
    found: dict[Graph, list[tuple[Site, Change | None]]] = {}
    for site, scope in program.calls_named("set_node_defaults"):
        if isinstance(site.node.func, t.Attribute) and not scope.module.is_test:
            env = program.env(scope)
            change = project.versions.change("node-defaults", scope.module.path)
            for value in inference.infer(program, site.node.func.value, env):
                owner = graphs.of(value) if is_builder(program, value) else None
                if owner is not None and change.holds:
                    given = _arguments(program, Site(site.node, env))
                    found.setdefault(owner, []).extend((each, change) for each in given)
    for write in program.writes_of("retry_policy"):
        if write.value is not None and not write.scope.module.is_test:
            env = program.env(write.scope)
            for value in inference.infer(program, write.target.value, env):
                owner = graphs.of(value) if is_graph(program, value) else None
                if owner is not None:
                    given = made(program, inference.infer(program, write.value, env))
                    found.setdefault(owner, []).extend(_always(given))
    return found


def _always(sites: Iterable[Site]) -> list[tuple[Site, Change | None]]:
    """Policies that no version of LangGraph lacks."""
    return [(site, None) for site in sites]


def _tasks(program: Program, entries: Iterable[Entry]) -> Iterator[Policy]:
    """`@task(retry_policy=...)`."""
    for entry in entries:
        if entry.kind == "task":
            for site in _arguments(program, entry.site):
                yield Policy(site, "RetryPolicy", task=entry.ref)


def _built_nodes(project: Project) -> Iterator[Policy]:
    """`NodeBuilder().do(fn).add_retry_policies(...)`."""
    program = project.program
    for site, scope in program.calls_named("add_retry_policies"):
        env = program.env(scope)
        values = inference.union(inference.infer(program, arg.value, env) for arg in site.node.args)
        for policy in made(program, values) if not scope.module.is_test else ():
            for function in _done(program, site.node, env):
                yield Policy(policy, "RetryPolicy", _pregel(project, scope), task=function)


def _done(program: Program, node: t.Expr, env: Env) -> Iterator[FunctionRef]:
    """The functions that a chain of NodeBuilder calls runs."""
    while isinstance(node, t.Call) and isinstance(node.func, t.Attribute):
        if node.func.attr == "do" and node.args:
            values = inference.infer(program, node.args[0].value, env)
            yield from resolve(program, values).functions
        node = node.func.value


def _pregel(project: Project, scope: Scope) -> Graph | None:
    """The one hand-built Pregel of the module that builds a node."""
    found = [
        graph
        for graph in project.graphs
        if isinstance(graph.site.node, t.Call)
        and terminal_name(graph.site.node.func) == "Pregel"
        and graph.site.env.scope.module is scope.module
    ]
    return found[0] if len(found) == 1 else None


def _middleware(program: Program, graph: Graph) -> Iterator[Policy]:
    rows = table("retries")["middleware"]
    for value in graph.middleware:
        if not isinstance(value, ExternalObject) or value.type not in rows:
            continue
        if not isinstance(value.site, t.Call) or value.env is None:
            continue
        keyword = rows[value.type]
        more = value.site.argument(keyword, None) if keyword else None
        if more is None or not is_number(program, inference.infer(program, more, value.env), 0):
            name = value.type.rpartition(".")[2]
            for node in list(graph.nodes.values())[:1]:
                yield Policy(Site(value.site, value.env), name, graph, node)


def _arguments(program: Program, site: Site) -> list[Site]:
    """The policies that a call is given."""
    return made(program, _given(program, site))


def _given(program: Program, site: Site) -> Values:
    """What a call is given as its policy."""
    if not isinstance(site.node, t.Call):
        return ()
    found: list[Values] = []
    for arg in site.node.args:
        if arg.keyword in _KEYWORDS:
            found.append(inference.infer(program, arg.value, site.env))
        elif arg.star == "**":
            found += [
                inference.keyword_of(program, arg.value, site.env, keyword) for keyword in _KEYWORDS
            ]
    return inference.union(found)


def made(program: Program, values: Values) -> list[Site]:
    """The calls that make the policies among values; those that try once are none."""
    found: list[Site] = []
    for value in values:
        if isinstance(value, Container):
            for item in inference.items_of(program, value):
                found += made(program, item)
        elif isinstance(value, ExternalObject) and value.type == POLICY and value.env is not None:
            call = value.site
            attempts = call.argument("max_attempts", 3) if isinstance(call, t.Call) else None
            if call is not None and not is_number(program, _infer(program, attempts, value.env), 1):
                found.append(Site(call, value.env))
    return list(dict.fromkeys(found))


def _infer(program: Program, expr: t.Expr | None, env: Env) -> Values:
    return inference.infer(program, expr, env) if expr is not None else ()
