"""Prebuilt agents: the nodes, edges, tools and channels that create_agent and its kin bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.graph import END, START, Graph, Node, Router
from lg_lint.model.langgraph.agent_hooks import NODE_HOOKS
from lg_lint.model.langgraph.callables import resolve, tool_functions
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    NONE,
    ClassRef,
    Container,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
    Values,
    strings,
)

if TYPE_CHECKING:
    from lg_lint.model.langgraph.registry import Graphs

REACT = named("react_agent")
_REACT_STATE = named("react_state")
_STRUCTURED_STATE = named("structured_state")
_AGENT_STATE = named("agent_state")
MODEL_NODES = ("model", "agent")
_TOOLS_NODE, _STRUCTURED_NODE = "tools", "generate_structured_response"


class _Hook(Struct):
    """One hook of a middleware that is a node; `jumps` are the ends that it may jump to."""

    node: str
    kind: str
    functions: list[FunctionRef] = field(default_factory=list)
    jumps: list[str] = field(default_factory=list)


def describe(program: Program, graphs: Graphs) -> None:
    """Gives each prebuilt agent its nodes: the model, its tools, the functions hooked into it."""
    for graph in graphs.all:
        if graph.kind == "agent" and isinstance(graph.site.node, t.Call):
            agent = _Agent(program, graph, graph.site.node)
            agent.describe_react() if agent.is_react else agent.describe()


def description(program: Program, graph: Graph) -> dict[str, object]:
    """The row of knowledge about the function that builds an agent."""
    for name in _callees(program, graph):
        row = table("graphs")["agents"].get(name)
        if isinstance(row, dict):
            return row
    return {}


def _callees(program: Program, graph: Graph) -> list[str]:
    assert isinstance(graph.site.node, t.Call)
    values = inference.infer(program, graph.site.node.func, graph.site.env)
    return [str(getattr(value, "name", "")) for value in values]


def states(program: Program, graph: Graph) -> list[str]:
    """The state classes that an agent has of itself."""
    node = graph.site.node
    assert isinstance(node, t.Call)
    if REACT in _callees(program, graph):
        if node.argument("state_schema") is not None:
            return []
        return [_STRUCTURED_STATE if node.argument("response_format") else _REACT_STATE]
    return [_AGENT_STATE]


def has_known_state(program: Program, graph: Graph) -> bool:
    """Whether an agent brings no keys of its own beyond those that are known."""
    known = (REACT, named("agent"))
    return graph.complete and any(name in known for name in _callees(program, graph))


def middleware_channels(graph: Graph) -> Iterator[tuple[str, str]]:
    """The keys that LangChain's own middleware adds to an agent's state, with their channels."""
    for value in graph.middleware:
        if isinstance(value, ExternalObject):
            yield from _row(value).get("channels", {}).items()


def middleware_schemas(program: Program, graph: Graph) -> Iterator[Value]:
    """The state classes that an agent's middleware adds to its state."""
    for value in graph.middleware:
        if isinstance(value, Instance):
            for given in inference.class_attribute(program, value.cls, "state_schema"):
                if isinstance(given, ClassRef):
                    yield given


class _Agent:
    """One agent while its nodes and edges are laid."""

    def __init__(self, program: Program, graph: Graph, node: t.Call) -> None:
        self.program = program
        self.graph = graph
        self.node = node
        self.row = description(program, graph)
        self.is_react = REACT in _callees(program, graph)

    def value(self, keyword: str) -> Values:
        expr = self.node.argument(keyword)
        return inference.infer(self.program, expr, self.graph.site.env) if expr else ()

    def given(self, keyword: str) -> bool:
        expr = self.node.argument(keyword)
        return expr is not None and not (isinstance(expr, t.Constant) and expr.value is None)

    def add(self, name: str, functions: list[FunctionRef] | None = None) -> Node:
        node = self.graph.nodes[name] = Node(name, self.graph.site, functions or [])
        return node

    def edge(self, source: str, target: str) -> None:
        from lg_lint.model.graph import connect

        connect(self.graph, source, target, self.graph.site)

    def branch(self, source: str, targets: list[str]) -> None:
        """A conditional edge that the agent brings, with the map that it declares."""
        names = list(dict.fromkeys(targets))
        path_map: dict[object, str] = {name: name for name in names}
        self.graph.routers.append(Router(source, self.graph.site, [], names, path_map))

    # --- tools -----------------------------------------------------------------------------

    def tools(self) -> bool:
        """Whether there is a node for tools, which is added."""
        position = self.row.get("tools")
        index = position if isinstance(position, int) and position >= 0 else None
        expr = self.node.argument("tools", index)
        found: list[FunctionRef] = []
        some = False
        if expr is not None:
            values = inference.infer(self.program, expr, self.graph.site.env)
            found = tool_functions(self.program, values)
            some = not all(_is_empty(self.program, value) for value in values)
        elif any(arg.star for arg in self.node.args):
            some = True
        for value in self.graph.middleware:
            some = some or _has_tools(self.program, value)
        if some:
            self.add(_TOOLS_NODE).tools = found
        return some

    def returns_directly(self) -> bool:
        """Whether a tool ends the run: `@tool(return_direct=True)`."""
        node = self.graph.nodes.get(_TOOLS_NODE)
        return node is not None and any(
            isinstance(decorator, t.Call) and decorator.argument("return_direct") is not None
            for ref in node.tools
            for decorator in ref.function.decorators
        )

    # --- create_react_agent ----------------------------------------------------------------

    def describe_react(self) -> None:
        self.add("agent")
        entry = "pre_model_hook" if self.hook("pre_model_hook") else "agent"
        leaves = "post_model_hook" if self.hook("post_model_hook") else "agent"
        has_tools = self.tools()
        end = END
        self.edge(START, entry)
        if entry != "agent":
            self.edge(entry, "agent")
        if leaves != "agent":
            self.edge("agent", leaves)
        if self.given("response_format"):
            self.add(_STRUCTURED_NODE)
            end = _STRUCTURED_NODE
        if not has_tools:
            if end != END:
                self.edge(leaves, end)
            return
        if leaves == "agent":
            self.branch("agent", [_TOOLS_NODE, end])
        else:
            self.branch("agent", [leaves])
            self.branch(leaves, [entry, _TOOLS_NODE, end])
        if self.returns_directly():
            self.branch(_TOOLS_NODE, [entry, END])
        else:
            self.edge(_TOOLS_NODE, entry)

    def hook(self, keyword: str) -> bool:
        if not self.given(keyword):
            return False
        self.add(keyword, resolve(self.program, self.value(keyword)).functions)
        return True

    # --- create_agent ----------------------------------------------------------------------

    def describe(self) -> None:
        from lg_lint.model.langgraph import agent_middleware

        self.graph.middleware, known = agent_middleware.of_agent(self.program, self.graph)
        hooks = [hook for value in self.graph.middleware for hook in _hooks(self.program, value)]
        self.graph.complete = self.graph.complete and known
        before_agent, before, after, after_agent = (
            [hook for hook in hooks if hook.kind == kind] for kind in NODE_HOOKS
        )
        self.add("model")
        for hook in hooks:
            self.add(hook.node).hooks = hook.functions
        has_tools = self.tools()
        loop = before[0].node if before else "model"
        entry = before_agent[0].node if before_agent else loop
        leaves = after[0].node if after else "model"
        end = after_agent[-1].node if after_agent else END
        self.edge(START, entry)
        if has_tools:
            back = [loop]
            if self.returns_directly() or self.given("response_format"):
                back.append(end)
            self.branch(_TOOLS_NODE, back)
            again = after or self.given("response_format") or self.wraps_model()
            self.branch(leaves, [_TOOLS_NODE, end, *([loop] if again else [])])
        elif self.given("response_format"):
            self.branch(leaves, [loop, end])
        elif leaves == "model":
            self.edge("model", end)
        elif "model" in after[0].jumps:
            self.branch(leaves, [end, loop])
        else:
            self.jump(after[0], end, loop, end, has_tools)
        self.chain(before_agent, loop, loop, end, has_tools)
        self.chain(before, "model", loop, end, has_tools)
        if after:
            self.edge("model", after[-1].node)
            self.chain(after[:0:-1], leaves, loop, end, has_tools)
        if after_agent:
            self.chain(after_agent[::-1], END, loop, end, has_tools)

    def wraps_model(self) -> bool:
        """Whether some middleware wraps the call of the model, and so may lead back to it."""
        return any(_wraps_model(self.program, value) for value in self.graph.middleware)

    def chain(self, hooks: list[_Hook], last: str, loop: str, end: str, has_tools: bool) -> None:
        """One hook after the other, then `last`."""
        for index, hook in enumerate(hooks):
            following = hooks[index + 1].node if index + 1 < len(hooks) else last
            self.jump(hook, following, loop, end, has_tools)

    def jump(self, hook: _Hook, following: str, loop: str, end: str, has_tools: bool) -> None:
        """A hook's way on: an edge, or a branch where it may jump."""
        if not hook.jumps:
            self.edge(hook.node, following)
            return
        targets = [following]
        if "end" in hook.jumps:
            targets.append(end)
        if _TOOLS_NODE in hook.jumps and has_tools:
            targets.append(_TOOLS_NODE)
        if "model" in hook.jumps and hook.node != loop:
            targets.append(loop)
        self.branch(hook.node, targets)


def _is_empty(program: Program, value: Value) -> bool:
    if isinstance(value, Container) and value.kind in ("list", "tuple"):
        return not list(inference.items_of(program, value))
    return value == NONE


def _has_tools(program: Program, value: Value) -> bool:
    if isinstance(value, ExternalObject):
        return decorator_of(value) == "wrap_tool_call" or bool(_row(value).get("tools"))
    if isinstance(value, Instance):
        names = ("wrap_tool_call", "awrap_tool_call")
        if any(inference.find_method(program, value.cls, name) for name in names):
            return True
        found = inference.instance_attribute(program, value, "tools")
        return any(isinstance(item, Container) and not _is_empty(program, item) for item in found)
    return False


def _wraps_model(program: Program, value: Value) -> bool:
    if isinstance(value, Instance):
        names = ("wrap_model_call", "awrap_model_call")
        return any(inference.find_method(program, value.cls, name) for name in names)
    if not isinstance(value, ExternalObject):
        return False
    made_by = decorator_of(value) in ("wrap_model_call", "dynamic_prompt")
    return made_by or bool(_row(value).get("wraps"))


# --- hooks of middleware -------------------------------------------------------------------


def _hooks(program: Program, value: Value) -> Iterator[_Hook]:
    """The nodes that one middleware adds."""
    if isinstance(value, Instance):
        name = value.cls.name
        for kind in NODE_HOOKS:
            found = [
                method
                for prefix in ("", "a")
                if (method := inference.find_method(program, value.cls, prefix + kind))
            ]
            if found:
                refs = [FunctionRef(method, bound=value) for method in found]
                yield _Hook(f"{name}.{kind}", kind, refs, _declared_jumps(found))
        return
    if not isinstance(value, ExternalObject):
        return
    decorator = decorator_of(value)
    if decorator in NODE_HOOKS and isinstance(value.base, FunctionRef):
        jumps = _jumps(value.site) if isinstance(value.site, t.Call) else []
        yield _Hook(f"{value.base.function.name}.{decorator}", decorator, [value.base], jumps)
        return
    row = _row(value)
    name = value.type.rpartition(".")[2] + _label(program, value, str(row.get("label", "")))
    for kind in row.get("hooks", ()):
        yield _Hook(f"{name}.{kind}", kind, jumps=list(row.get("jumps", {}).get(kind, ())))


def decorator_of(value: ExternalObject) -> str:
    """The decorator that made a middleware of a function: "before_model"."""
    site = value.site.func if isinstance(value.site, t.Call) else value.site
    of_function = isinstance(value.base, FunctionRef)
    return (terminal_name(site) or "") if of_function and site is not None else ""  # type: ignore[arg-type]


def _row(value: ExternalObject) -> dict[str, Any]:
    """What is known of a middleware of LangChain."""
    row: dict[str, Any] = table("middleware")["middleware"].get(value.type.rpartition(".")[2], {})
    return row


def _label(program: Program, value: ExternalObject, argument: str) -> str:
    site = value.site
    if not argument or not isinstance(site, t.Call) or value.env is None:
        return ""
    position = 0 if argument == "pii_type" else None
    expr = site.argument(argument, position)
    texts = strings(inference.infer(program, expr, value.env)) if expr is not None else []
    return f"[{texts[0]}]" if texts else ""


def _declared_jumps(methods: list[Function]) -> list[str]:
    return [
        target
        for method in methods
        for decorator in method.decorators
        if isinstance(decorator, t.Call)
        for target in _jumps(decorator)
    ]


def _jumps(call: t.Call) -> list[str]:
    expr = call.argument("can_jump_to")
    items = expr.items if isinstance(expr, t.Sequence) else ()
    return [str(item.value) for item in items if isinstance(item, t.Constant)]
