"""The channels of a graph's state: from its schemas, their bases, and annotations of nodes."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model import state_class
from lg_lint.model.graph import ROOT, Channel, Graph, Node, Reducer, ReducerKind, state_param
from lg_lint.model.langgraph import agents, reducers
from lg_lint.model.langgraph.annotations import shape_of
from lg_lint.model.state_class import MESSAGE_STATES, REMAINING_STEPS
from lg_lint.program import inference
from lg_lint.program.scopes import Class
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ClassRef,
    Container,
    Env,
    External,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
)

_EMPTY_BASES = {"TypedDict", "BaseModel", "SQLModel", "ABC", "Generic", "object", "Protocol"}
_STATE_KEYWORDS = ("state_schema", "input_schema", "output_schema", "input", "output")
_ROOTS = {
    "builtins.dict": "dict", "builtins.list": "list", "builtins.tuple": "list",
    "builtins.set": "set", "builtins.str": "str", "builtins.int": "number",
}  # fmt: skip
_INPUT_KEYWORDS = ("input_schema", "input")
_ADD_MESSAGES = Reducer(ReducerKind.ADD_MESSAGES, name="add_messages")


def describe(program: Program, graph: Graph) -> None:
    """Fills `graph.schemas` and `graph.channels`."""
    if graph.kind == "messages":
        site = graph.site
        graph.channels[ROOT] = Channel(ROOT, site, _ADD_MESSAGES, "list", implicit=True)
    for value, env in _schema_values(program, graph):
        _add_schema(program, graph, value, env)
    if graph.kind == "agent":
        graph.open_schema = graph.open_schema or not agents.has_known_state(program, graph)
        for name in agents.states(program, graph):
            _add_outside(graph, name)
        own = [("llm_input_messages", "LastValue")] if "pre_model_hook" in graph.nodes else []
        for key, name in (*own, *agents.middleware_channels(graph)):
            _put(graph, Channel(key, graph.site, reducers.of_channel(name), implicit=True))


def _schema_values(program: Program, graph: Graph) -> Iterator[tuple[Value, Env]]:
    """The schemas of a graph: those it is built with, then those that annotations bring."""
    node, env = graph.site.node, graph.site.env
    if isinstance(node, t.Call) and graph.kind in ("state", "agent"):
        keywords: tuple[str, ...] = _STATE_KEYWORDS
        if graph.kind == "agent":
            keywords = (str(agents.description(program, graph).get("schema", "state_schema")),)
        for keyword in keywords:
            position = 0 if keyword == "state_schema" and graph.kind == "state" else None
            expr = node.argument(keyword, position)
            if expr is not None:
                for value in inference.infer(program, expr, env):
                    yield value, env
    if graph.kind == "agent":
        for value in agents.middleware_schemas(program, graph):
            yield value, env
    if graph.kind != "state":
        return
    for item in graph.nodes.values():
        yield from _of_node(program, item)
    for router in graph.routers:
        for ref in router.functions:
            yield from _annotated(program, ref)


def _of_node(program: Program, node: Node) -> Iterator[tuple[Value, Env]]:
    """The schema that a node brings: its argument, else its function's own annotation."""
    call, env = node.site.node, node.site.env
    names = _INPUT_KEYWORDS if isinstance(call, t.Call) else ()
    given = [expr for name in names if (expr := call.argument(name))]  # type: ignore[attr-defined]
    for expr in given:
        for value in inference.infer(program, expr, env):
            yield value, env
    if given:
        return
    for value in node.values:
        if isinstance(value, FunctionRef):
            yield from _annotated(program, value)
        elif isinstance(value, Instance):
            method = inference.find_method(program, value.cls, "__call__")
            if method is not None:
                yield from _annotated(program, FunctionRef(method, bound=value))


def _annotated(program: Program, ref: FunctionRef) -> Iterator[tuple[Value, Env]]:
    """The state class that a node's or router's first parameter is annotated with."""
    param = state_param(ref)
    if param is None or param.annotation is None:
        return
    env = program.env(ref.function.parent or ref.function.module)
    for value in inference.infer(program, param.annotation, env):
        if isinstance(value, ClassRef) and _is_state(program, value.cls):
            yield value, env


def _is_state(program: Program, cls: Class) -> bool:
    """Whether a class can be a state schema: typed dict, dataclass, pydantic model."""
    bases = inference.external_bases(program, cls)
    known = any(
        base in MESSAGE_STATES or base.rpartition(".")[2] in ("TypedDict", "BaseModel", "SQLModel")
        for base in bases
    )
    return known or any(
        "dataclass" in (terminal_name(_callee(decorator)) or "")
        for decorator in cls.node.decorators
    )


def _callee(decorator: t.Expr) -> t.Expr:
    return decorator.func if isinstance(decorator, t.Call) else decorator


def _add_schema(program: Program, graph: Graph, value: Value, env: Env) -> None:
    if isinstance(value, ClassRef):
        if value.cls in graph.schemas:
            return
        graph.open_schema = graph.open_schema or _is_open(program, value.cls)
        graph.schemas.append(value.cls)
        for channel in of_class(program, value.cls):
            _put(graph, channel)
        graph.managed |= state_class.managed_keys(program, value.cls)
    elif isinstance(value, External) and value.name in MESSAGE_STATES:
        _add_outside(graph, value.name)
    elif isinstance(value, External) and value.name in _ROOTS:
        shape = _ROOTS[value.name]
        root = Reducer(ReducerKind.LAST_VALUE)
        _put(graph, Channel(ROOT, graph.site, root, shape, implicit=True))
    elif isinstance(value, Container) and value.kind == "annotated":
        assert isinstance(value.node, t.Subscript)
        reducer = reducers.of_annotation(program, value.node, value.env)
        shape = shape_of(program, value.node, value.env)
        _put(graph, Channel(ROOT, graph.site, reducer, shape, value.node))
    elif isinstance(value, ExternalObject) and isinstance(value.site, t.Call) and value.env:
        found = list(_functional(program, value.site, value.env))
        graph.open_schema = graph.open_schema or not found
        for channel in found:
            _put(graph, channel)
    else:
        graph.open_schema = True


def _add_outside(graph: Graph, name: str) -> None:
    """The channels of a state class of LangGraph or LangChain."""
    for channel in _of_outside(name, graph.site, None):
        _put(graph, channel)
    if name.startswith(REMAINING_STEPS):
        graph.managed.add("remaining_steps")


def _of_outside(name: str, site: Site, schema: Class | None) -> Iterator[Channel]:
    for key, kind, reducer, shape in MESSAGE_STATES[name]:
        made = Reducer(kind, name=reducer)
        yield Channel(key, site, made, shape, schema=schema, implicit=schema is None)


def _put(graph: Graph, channel: Channel) -> None:
    """A later schema only adds a reducer where an earlier one had none."""
    known = graph.channels.get(channel.key)
    if known is None or (
        known.reducer.kind is ReducerKind.LAST_VALUE
        and channel.reducer.kind is not ReducerKind.LAST_VALUE
    ):
        graph.channels[channel.key] = channel


def of_class(program: Program, cls: Class) -> list[Channel]:
    """The channels of one schema class, inherited ones included, the class's own first."""
    found: dict[str, Channel] = {}
    for part in state_class.parts(program, cls):
        if isinstance(part, str):
            site = Site(class_line(cls), program.env(cls))
            for channel in _of_outside(part, site, cls):
                found.setdefault(channel.key, channel)
        elif part.binding.name not in found:
            found[part.binding.name] = _of_field(program, part)
    return list(found.values())


def _of_field(program: Program, field: state_class.Field) -> Channel:
    env = program.env(field.owner)
    return Channel(
        field.binding.name,
        Site(field.binding.node, env),
        reducers.of_annotation(program, field.annotation, env),
        shape_of(program, field.annotation, env),
        field.annotation,
        field.owner,
    )


def _is_open(program: Program, cls: Class) -> bool:
    """Whether a schema may have keys that cannot be seen: a base of an unknown library."""
    for owner in inference.lineage(program, cls):
        for base in inference.base_classes(program, owner):
            if isinstance(base, External):
                last = base.name.rpartition(".")[2]
                if base.name not in MESSAGE_STATES and last not in _EMPTY_BASES:
                    return True
            elif not isinstance(base, ClassRef):
                return True
    return False


def class_line(cls: Class) -> t.Node:
    """The name of a class where it is defined."""
    return t.Name(cls.node.name_at, cls.name)


def _functional(program: Program, node: t.Call, env: Env) -> Iterator[Channel]:
    """`TypedDict("State", {"key": Annotated[...]})`."""
    fields = node.argument("fields", 1)
    if not isinstance(fields, t.Dict):
        return
    for key, annotation in fields.items:
        if isinstance(key, t.Constant) and isinstance(key.value, str):
            reducer = reducers.of_annotation(program, annotation, env)
            shape = shape_of(program, annotation, env)
            yield Channel(key.value, Site(annotation, env), reducer, shape, annotation)
