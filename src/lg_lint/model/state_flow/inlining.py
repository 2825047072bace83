"""The project's own functions that a node calls: followed with the values they are given."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import expressions
from lg_lint.model.state_flow.activation import MAX_DEPTH, Activation, Result
from lg_lint.model.state_flow.lattice import OPAQUE, Content, Refs
from lg_lint.model.state_flow.store import Store, join
from lg_lint.program import inference
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Container, ExternalObject, FunctionRef, Instance, Partial


def follow(
    run: Activation,
    ref: FunctionRef,
    node: t.Call,
    arguments: list[Refs],
    flow: Store,
    *,
    partial: Partial | None = None,
    receiver: Refs = OPAQUE,
) -> Refs:
    """Runs a helper's body; what it returns, with its changes made in `flow`.

    `receiver` is the object whose method it is, where that has to do with the state.
    """
    function = ref.function
    given = (receiver, *arguments)
    if (
        function in run.stack
        or len(run.stack) > MAX_DEPTH
        or not (any(tracked(flow, value) for value in given) or _matters(run, ref, node, flow))
    ):
        return OPAQUE
    frame = inference.frame_for(run.program, ref, node, run.env)
    inner = Activation(run.session, run.program.env(function, frame), (*run.stack, function))
    names = dict(flow.names) if function.parent is run.env.scope else {}
    inside = flow.part(OPAQUE.union(*given, *names.values(), run.session.old.values()))
    inside.names = names
    inside.present = flow.present if names else frozenset()
    since, before = run.session.cells, flow.cells
    _bind(run, inner, ref, node, arguments, inside, partial)
    if receiver and function.self_name is not None and ref.bound is not None:
        inside.names[function.self_name] = receiver
    results = execute(inner, inside)
    if function.is_generator:
        value = _yielded(run, [*inner.yields, *results], len(inner.yields), flow)
    else:
        value = _come_back(results, flow)
    flow.forget(since, before, (*value, *run.session.old.values()))
    for result in results:
        if result.expr is not None:
            for index in result.value:
                run.session.through.setdefault(index, []).append(inner.site(result.expr))
    return value


def computed(run: Activation, node: t.Attribute, receiver: Refs, flow: Store) -> Refs | None:
    """What a property of the state's class gives; None where the attribute is none."""
    for value in run.infer(node.value):
        method = (
            inference.find_method(run.program, value.cls, node.attr)
            if isinstance(value, Instance)
            else None
        )
        if method is not None and any(
            terminal_name(each) in ("property", "cached_property") for each in method.decorators
        ):
            call = t.Call(node.at, node, ())
            ref = FunctionRef(method, bound=value)
            return follow(run, ref, call, [], flow, receiver=receiver)
    return None


def execute(run: Activation, flow: Store) -> list[Result]:
    """Runs a function's body; its ways out."""
    from lg_lint.model.state_flow import statements

    node = run.stack[-1].node
    if isinstance(node, t.Lambda):
        value = expressions.evaluate(run, node.body, flow)
        return [Result(value, node.body, flow)]
    after = statements.block(run, node.body, flow)
    if after is not None:
        run.results.append(Result(run.new(after, Content(empty=True)), None, after))
    return run.results


def _come_back(results: list[Result], flow: Store) -> Refs:
    after = join(result.flow for result in results)
    if after is None:
        return OPAQUE
    flow.cells = {**flow.cells, **after.cells}
    flow.mutations = after.mutations
    value = OPAQUE
    for result in results:
        value |= result.value
    return value


def _yielded(run: Activation, results: list[Result], yields: int, flow: Store) -> Refs:
    """What iterating a generator gives: each of the values that it yields."""
    _come_back(results, flow)
    held = OPAQUE.union(*(result.value for result in results[:yields]))
    return run.new(flow, Content(held=held, shape="list")) if held else OPAQUE


def tracked(flow: Store, value: Refs) -> bool:
    """Whether a value has to do with the state."""
    return bool(flow.mappings(value)) or bool(flow.content(value).reads)


def _matters(run: Activation, ref: FunctionRef, node: t.Call, flow: Store) -> bool:
    """Whether a helper that is given nothing of the state may build an update or close over it."""
    if ref.function.parent is run.env.scope:
        return True
    return any(
        isinstance(value, (Container, ExternalObject))
        and (
            getattr(value, "kind", "") in ("dict", "list")
            or "langgraph" in getattr(value, "type", "")
        )
        for value in inference.infer(run.program, node, run.env)
    )


def _bind(
    run: Activation,
    inner: Activation,
    ref: FunctionRef,
    node: t.Call,
    arguments: list[Refs],
    flow: Store,
    partial: Partial | None,
) -> None:
    """Gives a helper's parameters their arguments, else their defaults."""
    params = list(ref.function.params)
    if ref.function.self_name is not None and (ref.bound is not None):
        params = params[1:]
    given: dict[str, Refs] = {}
    positional = [param.name for param in params if param.kind == "positional"]
    if partial is not None:
        for arg in partial.call.args[1:]:
            if arg.keyword is None and positional:
                positional.pop(0)
            elif arg.keyword in positional:
                positional.remove(arg.keyword)
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword is not None:
            given[arg.keyword] = value
        elif not arg.star and positional:
            given[positional.pop(0)] = value
    for param in params:
        value = given.get(param.name, OPAQUE)
        if param.name not in given and param.default is not None:
            value = expressions.evaluate(inner, param.default, flow)
        flow.names[param.name] = value
