"""Reducers: what a channel does with a second write, read from its annotation."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.graph import Reducer, ReducerKind
from lg_lint.model.state_flow import expressions, inlining
from lg_lint.model.state_flow.activation import Activation, Interpretation, Result
from lg_lint.model.state_flow.lattice import Content
from lg_lint.model.state_flow.store import Store
from lg_lint.program import inference
from lg_lint.program.scopes import END, Module, reaching
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Env,
    External,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Unknown,
    Value,
    Values,
)

_LAST_VALUE = Reducer(ReducerKind.LAST_VALUE)
_UNKNOWN = Reducer(ReducerKind.UNKNOWN)
_WRAPPERS = {"Required", "NotRequired", "ReadOnly"}
_OLD, _NEW = "old", "new"
_CONCATENATING = {"operator.add", "operator.concat", "operator.iadd", "_operator.add"}
_MERGING = {"operator.or_", "operator.ior"}
_CHOOSING = {"builtins.max", "builtins.min", "operator.and_"}
_CHANNELS = {
    "LastValue": ReducerKind.LAST_VALUE,
    "LastValueAfterFinish": ReducerKind.LAST_VALUE,
    "AnyValue": ReducerKind.REPLACE,
    "EphemeralValue": ReducerKind.EPHEMERAL,
    "UntrackedValue": ReducerKind.EPHEMERAL,
    "DeltaChannel": ReducerKind.DELTA,
}


def of_annotation(program: Program, annotation: t.Expr, env: Env) -> Reducer:
    """The reducer of a field: the channel in its `Annotated[...]`, else its last function."""
    from lg_lint.model.langgraph.annotations import shape_of

    metadata = list(_metadata(program, annotation, env))
    if not metadata:
        return _LAST_VALUE
    shape = shape_of(program, annotation, env)
    for expr, where in metadata:
        for value in inference.infer(program, expr, where):
            channel = _channel(program, value, shape)
            if channel is not None:
                return channel
    expr, where = metadata[-1]
    return classify(program, inference.infer(program, expr, where), shape)


def _metadata(
    program: Program, annotation: t.Expr, env: Env, depth: int = 0
) -> Iterator[tuple[t.Expr, Env]]:
    """The metadata of `Annotated[...]`, through aliases, Required and nested Annotated."""
    if depth > 6:
        return
    if isinstance(annotation, (t.Name, t.Attribute)):
        for expr, where in _aliased(program, annotation, env):
            yield from _metadata(program, expr, where, depth + 1)
        return
    if not isinstance(annotation, t.Subscript):
        return
    name = terminal_name(annotation.value)
    items = annotation.index.items if isinstance(annotation.index, t.Sequence) else ()
    if name in _WRAPPERS:
        yield from _metadata(program, annotation.index, env, depth + 1)
    elif name == "Annotated" and items:
        yield from _metadata(program, items[0], env, depth + 1)
        for item in items[1:]:
            yield item, env


def _aliased(program: Program, expr: t.Expr, env: Env) -> Iterator[tuple[t.Expr, Env]]:
    """What a type alias stands for: `Messages = Annotated[list, add_messages]`."""
    if not isinstance(expr, t.Name):
        return
    module = env.scope.module
    for binding in reaching(module, expr.id, END):
        if isinstance(binding.node, t.ImportFrom):
            source = _source(program, binding.node, module)
            name = next(
                (a.name for a in binding.node.names if (a.asname or a.name) == expr.id), expr.id
            )
            if source is not None and source is not module:
                yield from _aliased(program, t.Name(expr.at, name), program.env(source))
        elif isinstance(binding.value, t.Subscript):
            yield binding.value, program.env(module)


def _source(program: Program, node: t.ImportFrom, module: Module) -> Module | None:
    finder = program.finder
    if node.level:
        path = finder.relative(node.module, node.level, module.path)
    else:
        path = finder.absolute(node.module, module.path)
    return program.module(path) if path is not None and path in finder.files else None


# --- kinds ---------------------------------------------------------------------------------


def _channel(program: Program, value: Value, shape: str) -> Reducer | None:
    """A channel class of LangGraph, or an object of one; None for anything else."""
    name = value.name if isinstance(value, External) else getattr(value, "type", "")
    if not isinstance(name, str) or not name.startswith(named("channels")):
        return None
    last = name.rpartition(".")[2]
    call = value.site if isinstance(value, ExternalObject) else None
    if last in _CHANNELS:
        return Reducer(_CHANNELS[last], name=last)
    if last == "Topic":
        keeps = isinstance(call, t.Call) and call.argument("accumulate", 1) is not None
        return Reducer(ReducerKind.CONCAT if keeps else ReducerKind.EPHEMERAL, name=last)
    if last == "BinaryOperatorAggregate" and isinstance(call, t.Call):
        operator = call.argument("operator", 1)
        assert isinstance(value, ExternalObject)
        if operator is not None and value.env is not None:
            return classify(program, inference.infer(program, operator, value.env), shape)
    return Reducer(ReducerKind.UNKNOWN, name=last)


def of_channel(name: str) -> Reducer:
    """The reducer of a channel class of LangGraph, by its name."""
    return Reducer(_CHANNELS.get(name, ReducerKind.UNKNOWN), name=name)


def classify(program: Program, values: Values, shape: str = "") -> Reducer:
    """The reducer that the last metadata item is; no reducer where it is not callable."""
    for value in values:
        found = _classify(program, value, shape)
        if found is not None:
            return found
    return _UNKNOWN if any(isinstance(value, Unknown) for value in values) else _LAST_VALUE


def _classify(program: Program, value: Value, shape: str) -> Reducer | None:
    if isinstance(value, (External, ExternalObject)):
        name = value.name if isinstance(value, External) else value.type
        canonical = program.types.canonical(name)
        called = isinstance(value, ExternalObject)
        if canonical in program.additions.reducers and not called:
            return Reducer(ReducerKind.CONCAT, name=canonical)
        return _outside(canonical, shape, called=called)
    if isinstance(value, Partial):
        return _classify(program, value.func, shape)
    if isinstance(value, Instance):
        method = inference.find_method(program, value.cls, "__call__")
        value = FunctionRef(method, bound=value) if method is not None else value
    if isinstance(value, FunctionRef):
        return _own(program, value, shape)
    return None


def _outside(name: str, shape: str, *, called: bool) -> Reducer | None:
    last = name.rpartition(".")[2]
    if name.startswith("langgraph") and last == "add_messages":
        return Reducer(ReducerKind.ADD_MESSAGES, name=last)
    if called:
        return None
    if name in _CONCATENATING:
        if shape in ("number", "flag"):
            return Reducer(ReducerKind.SUM, name=name)
        return Reducer(ReducerKind.CONCAT, exact=last == "add", name=name)
    if name in _MERGING:
        kind = ReducerKind.CONCAT if shape == "set" else ReducerKind.MERGE
        return Reducer(kind, dedupes=True, name=name)
    if name in _CHOOSING:
        return Reducer(ReducerKind.REPLACE, name=name)
    return _UNKNOWN


# --- reducers of the project ---------------------------------------------------------------


def _own(program: Program, ref: FunctionRef, shape: str) -> Reducer:
    """A function of the project, by what its body does with the old and the new value."""
    params = list(ref.function.params)
    if ref.bound is not None and ref.function.self_name is not None:
        params = params[1:]
    positional = [param for param in params if param.kind == "positional"]
    if len(positional) != 2:
        return _LAST_VALUE
    return inspect(program, ref, positional, shape)


def inspect(program: Program, ref: FunctionRef, params: list[t.Param], shape: str) -> Reducer:
    """Interprets a reducer's body with an old and a new value."""
    function = ref.function
    frame = program.frame(function, bound=ref.bound, closure=ref.closure)
    run = Activation(Interpretation(program, {}), program.env(function, frame), (function,))
    flow = Store()
    for key, param in zip((_OLD, _NEW), params, strict=True):
        site = Site(param, run.env)
        flow.names[param.name] = run.new(
            flow, Content(reads=((key, site),), shape=shape or _param_shape(program, run, param))
        )
    outcomes = [
        (content, tested)
        for result in inlining.execute(run, flow)
        for content, tested in _alternatives(run, result)
    ]
    return replace(_kind(outcomes, shape), name=function.name)


def _param_shape(program: Program, run: Activation, param: t.Param) -> str:
    from lg_lint.model.langgraph.annotations import shape_of

    if param.annotation is None:
        return ""
    scope = run.env.scope
    return shape_of(program, param.annotation, program.env(scope.parent or scope.module))


def _alternatives(run: Activation, result: Result) -> Iterator[tuple[Content, frozenset[str]]]:
    """The values that a way out may give, with what was asked before it."""
    expr, flow = result.expr, result.flow
    if isinstance(expr, t.IfExp):
        asked = frozenset(expressions.test(run, expr.test, flow).keys)
        for branch in (expr.body, expr.orelse):
            value = expressions.evaluate(run, branch, flow)
            yield from _alternatives(run, Result(value, branch, _tested(flow, asked)))
        return
    yield flow.content(result.value), flow.tested


def _tested(flow: Store, keys: frozenset[str]) -> Store:
    copy = flow.copy()
    copy.tested = keys
    return copy


def _kind(outcomes: list[tuple[Content, frozenset[str]]], shape: str) -> Reducer:
    both = frozenset((_OLD, _NEW))
    joined = [
        content
        for content, _ in outcomes
        if content.keys == both and (content.grown or content.merged)
    ]
    if any(content.counts for content, _ in outcomes):
        return Reducer(ReducerKind.SUM)
    if not joined:
        chosen = any(_NEW in content.keys for content, _ in outcomes)
        return Reducer(ReducerKind.REPLACE) if chosen else _UNKNOWN
    resets = any(
        _NEW in tested and _OLD not in tested and (content.empty or content.keys == {_NEW})
        for content, tested in outcomes
        if content not in joined
    )
    shapes = {content.shape for content in joined} | {shape}
    unique = any(content.unique for content in joined)
    bounded = any(content.bounded for content in joined)
    if any(content.merged for content in joined):
        return Reducer(ReducerKind.ADD_MESSAGES, bounded=bounded, resets=resets)
    kind = ReducerKind.MERGE if "dict" in shapes else ReducerKind.CONCAT
    dedupes = unique or "set" in shapes or kind is ReducerKind.MERGE
    return Reducer(kind, bounded=bounded, dedupes=dedupes, resets=resets)
