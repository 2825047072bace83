"""Which functions run when LangGraph calls a value: nodes, routers, tools, runnables."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names
from lg_lint.model.chains import Chain
from lg_lint.model.langgraph import runnables
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import (
    ClassRef,
    Container,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Offloader,
    Partial,
    Value,
    Values,
)

COMPILED = named("compiled")
BUILDER = named("builder")
TOOL_NODE = named("tool_node")
_TOOL_NODES = names("tool_nodes")


class Callables(Struct):
    """What calling a value runs: project functions, tools, compiled graphs, threads.

    Of a chain `a | b`, `passing` are the functions whose results the next one gets.
    """

    functions: list[FunctionRef] = field(default_factory=list)
    threads: list[FunctionRef] = field(default_factory=list)
    tools: list[FunctionRef] = field(default_factory=list)
    tool_nodes: list[ExternalObject] = field(default_factory=list)
    graphs: list[ExternalObject] = field(default_factory=list)
    passing: list[FunctionRef] = field(default_factory=list)

    def take(self, other: Callables) -> None:
        """Adds what another value runs."""
        for name in self.__struct_fields__:
            getattr(self, name).extend(getattr(other, name))


def is_graph(program: Program, value: Value) -> bool:
    """Whether a value is a compiled graph."""
    return isinstance(value, ExternalObject) and COMPILED in program.types.lineage(value.type)


def is_builder(program: Program, value: Value) -> bool:
    """Whether a value is a graph that is not compiled yet."""
    return isinstance(value, ExternalObject) and BUILDER in program.types.lineage(value.type)


def resolve(program: Program, values: Values) -> Callables:
    """What a node, router or tool value runs."""
    found = Callables()
    for value in values:
        _resolve(program, value, found, 0)
    found.functions = list(dict.fromkeys(found.functions))
    found.tools = list(dict.fromkeys(found.tools))
    return found


def _resolve(program: Program, value: Value, found: Callables, depth: int) -> None:
    if depth > 6:
        return
    if isinstance(value, FunctionRef):
        found.functions.append(value)
    elif isinstance(value, Partial):
        _resolve(program, value.func, found, depth + 1)
    elif isinstance(value, Offloader):
        inner = Callables()
        _resolve(program, value.func, inner, depth + 1)
        found.threads.extend(inner.functions)
    elif isinstance(value, Instance):
        _instance(program, value, found)
    elif isinstance(value, Container):
        _container(program, value, found, depth)
    elif isinstance(value, ExternalMethod):
        if value.name in ("invoke", "ainvoke") and is_graph(program, value.receiver):
            assert isinstance(value.receiver, ExternalObject)
            found.graphs.append(value.receiver)
    elif isinstance(value, ExternalObject):
        _object(program, value, found, depth)


def _instance(program: Program, value: Instance, found: Callables) -> None:
    names = ["__call__"]
    if any(
        "runnables" in base or "Runnable" in base
        for base in inference.external_bases(program, value.cls)
    ):
        names += ["ainvoke", "invoke"]
    for name in names:
        method = inference.find_method(program, value.cls, name)
        if method is not None:
            found.functions.append(FunctionRef(method, bound=value))
            return


def _container(program: Program, value: Container, found: Callables, depth: int) -> None:
    parts = (
        [item for _, item in inference.entries_of(program, value)]
        if value.kind == "dict"
        else list(inference.items_of(program, value))
    )
    for values in parts:
        for item in values:
            _resolve(program, item, found, depth + 1)


def _object(program: Program, value: ExternalObject, found: Callables, depth: int) -> None:
    if is_graph(program, value):
        found.graphs.append(value)
    elif value.type in _TOOL_NODES:
        found.tool_nodes.append(value)
        found.tools.extend(tools_of(program, value))
    elif runnables.is_chain(value):
        _chain(program, runnables.of_value(program, value), found, depth)
    elif isinstance(value.base, (FunctionRef, Partial, Instance)):
        twin = list(_twin(program, value))
        found.functions.extend(twin)
        if not twin:
            _resolve(program, value.base, found, depth + 1)


def _chain(program: Program, chain: Chain, found: Callables, depth: int) -> None:
    """What the parts of a chain run, and which of them give their result to another."""
    functions, last = list(chain.functions()), set(chain.last())
    found.functions += functions
    found.passing += [ref for ref in functions if ref not in last]
    for value in chain.unknown():
        if not runnables.is_chain(value):
            _resolve(program, value, found, depth + 1)


def _twin(program: Program, value: ExternalObject) -> Iterator[FunctionRef]:
    """The async function, which an async run prefers: `RunnableLambda(f, af)`, `coroutine=`."""
    if isinstance(value.site, t.Call) and value.env is not None:
        expr = value.site.argument("afunc", 1) or value.site.argument("coroutine", None)
        for item in inference.infer(program, expr, value.env) if expr is not None else ():
            if isinstance(item, FunctionRef):
                yield item


def tools_of(program: Program, node: ExternalObject) -> list[FunctionRef]:
    """The functions of a ToolNode's tools."""
    if not isinstance(node.site, t.Call) or node.env is None:
        return []
    expr = node.site.argument("tools", 0)
    return (
        tool_functions(program, inference.infer(program, expr, node.env))
        if expr is not None
        else []
    )


def tool_functions(program: Program, values: Values) -> list[FunctionRef]:
    """The project functions behind a list of tools: decorated ones, plain ones, tool classes."""
    found: list[FunctionRef] = []
    for value in values:
        items = (
            list(inference.items_of(program, value)) if isinstance(value, Container) else [(value,)]
        )
        for item in (inner for group in items for inner in group):
            if isinstance(item, Container):
                found.extend(tool_functions(program, (item,)))
            elif isinstance(item, (Instance, ClassRef)):
                found.extend(_tool_methods(program, item))
            else:
                found.extend(resolve(program, (item,)).functions)
    return list(dict.fromkeys(found))


def _tool_methods(program: Program, value: Instance | ClassRef) -> Iterator[FunctionRef]:
    bound = value if isinstance(value, Instance) else Instance(value.cls)
    for name in ("_arun", "_run"):
        method = inference.find_method(program, value.cls, name)
        if method is not None:
            yield FunctionRef(method, bound=bound)
            return


def decorated_as(
    program: Program, type_name: str
) -> Iterator[tuple[ExternalObject, FunctionRef, Site]]:
    """The functions that a decorator makes objects of a class: object, function, decorator."""
    for module in program.modules:
        for function in module.all_functions:
            if not isinstance(function.node, t.FunctionDef) or not function.decorators:
                continue
            env = program.env(function.parent or module)
            for value in inference.decorated(program, function.node, env):
                if not isinstance(value, ExternalObject) or value.type != type_name:
                    continue
                if isinstance(value.base, FunctionRef) and value.site is not None:
                    yield value, value.base, Site(value.site, env)
