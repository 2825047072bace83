"""What all functions of a graph write to its channels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec import Struct, field

from lg_lint.knowledge import table
from lg_lint.model.graph import Graph, Node, Router
from lg_lint.model.langgraph import agent_middleware
from lg_lint.model.langgraph.agent_hooks import NODE_HOOKS
from lg_lint.model.state_flow.function_summary import (
    FunctionUpdates,
    Update,
    analyse,
    analyse_chain,
)
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import ExternalObject, FunctionRef, Instance

_TRIMMING_MIDDLEWARE = tuple(
    name.rpartition(".")[2]
    for name, row in table("trimming")["middleware"].items()
    if row["trims"] == "state"
)


class Write(Struct, frozen=True):
    """One update of one node; `node` is "" for a hook of the agent's middleware."""

    node: str
    update: Update
    function: FunctionUpdates


class GraphUpdates(Struct):
    """By node: what each of its functions writes.

    `hooks` are middleware methods; `hooks_known` where no middleware is left unseen. `summarizes`
    where one of them replaces old messages.
    """

    nodes: dict[str, list[FunctionUpdates]] = field(default_factory=dict)
    hooks: list[FunctionUpdates] = field(default_factory=list)
    routers: list[tuple[Router, FunctionUpdates]] = field(default_factory=list)
    summarizes: bool = False
    hooks_known: bool = True

    def writes(self, key: str | None = None) -> Iterator[Write]:
        """The updates of a key, or of all keys."""
        groups = [*self.nodes.items(), ("", self.hooks)]
        for name, functions in groups:
            for function in functions:
                for update in function.updates:
                    if key is None or update.key == key:
                        yield Write(name, update, function)

    def mutates(self, key: str) -> bool:
        """Whether a node or a router sets or changes a key of the state object itself."""
        functions = [item for group in self.nodes.values() for item in group]
        functions += [function for _, function in self.routers]
        return any(
            item.key == key
            for function in functions
            for path in function.paths
            for item in path.mutations
        )

    def shortens(self, key: str) -> bool:
        """Whether a node takes items out of the value that the state holds, in place."""
        return any(
            item.shortens and item.key == key
            for functions in self.nodes.values()
            for function in functions
            for path in function.paths
            for item in path.mutations
        )


def of_graph(program: Program, graph: Graph) -> GraphUpdates:
    """Interprets every function of a graph, once."""
    return program.once("updates", graph, partial(_of_graph, program, graph))


def _of_graph(program: Program, graph: Graph) -> GraphUpdates:
    found = GraphUpdates()
    for name, node in graph.nodes.items():
        found.nodes[name] = list(_of_node(program, graph, node))
    for router in graph.routers:
        for ref in router.functions:
            found.routers.append((router, analyse(program, ref, graph.channels)))
    for ref in _hooks(program, graph, found):
        found.hooks.append(analyse(program, ref, graph.channels))
    return found


def _of_node(program: Program, graph: Graph, node: Node) -> Iterator[FunctionUpdates]:
    functions = [*node.functions, *node.tools]
    chain = node.chain
    if chain is not None and chain.kind != "function" and node.functions:
        speaker = next(chain.last(), node.functions[0])
        yield analyse_chain(program, chain, speaker, graph.channels)
        inside = set(chain.functions())
        functions = [ref for ref in functions if ref not in inside]
    for ref in functions:
        entrypoint = graph.kind == "entrypoint"
        yield analyse(program, ref, graph.channels, entrypoint=entrypoint)


def _hooks(program: Program, graph: Graph, found: GraphUpdates) -> Iterator[FunctionRef]:
    """The functions of an agent's middleware that may write to the state."""
    from lg_lint.model.langgraph import agents

    if graph.kind == "agent" and agents.description(program, graph).get("trims"):
        found.summarizes = True
    values, found.hooks_known = agent_middleware.of_agent(program, graph)
    for value in values if graph.kind == "agent" else ():
        if isinstance(value, ExternalObject):
            if isinstance(value.base, FunctionRef):
                yield value.base
            elif value.type.endswith(_TRIMMING_MIDDLEWARE):
                found.summarizes = True
        elif isinstance(value, Instance):
            bases = inference.external_bases(program, value.cls)
            if any(base.endswith(_TRIMMING_MIDDLEWARE) for base in bases):
                found.summarizes = True
            for name in (*NODE_HOOKS, *(f"a{hook}" for hook in NODE_HOOKS)):
                method = inference.find_method(program, value.cls, name)
                if method is not None:
                    yield FunctionRef(method, bound=value)
