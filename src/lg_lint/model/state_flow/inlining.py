"""The project's own functions that a node calls: followed with the values they are given."""

from __future__ import annotations

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import displays, expressions, held
from lg_lint.model.state_flow.activation import MAX_DEPTH, Activation, Result
from lg_lint.model.state_flow.lattice import OPAQUE, Content, Mapping, Refs
from lg_lint.model.state_flow.store import Store, join
from lg_lint.program import inference
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Container, ExternalObject, FunctionRef, Instance


def follow(
    run: Activation,
    ref: FunctionRef,
    node: t.Call,
    arguments: list[Refs],
    flow: Store,
    *,
    receiver: Refs = OPAQUE,
    at: t.Call | None = None,
    always: bool = False,
) -> Refs:
    """Runs a helper's body; what it returns, with its changes made in `flow`.

    `receiver` is the object whose method it is, where that has to do with the state. `at` is the
    call as it is written, where `node` has other arguments; `always` for what makes an object.
    """
    function, at = ref.function, at or node
    given = (receiver, *arguments)
    again = 2 if ref.closure is not None else 1
    if run.stack.count(function) >= again or len(run.stack) > MAX_DEPTH:
        return OPAQUE
    if not (always or any(tracked(flow, value) for value in given) or _matters(run, ref, at, flow)):
        return OPAQUE
    frame = inference.frame_for(run.program, ref, at, run.env)
    inner = Activation(run.session, run.program.env(function, frame), (*run.stack, function))
    names = dict(flow.names) if function.parent is run.env.scope else {}
    inside = flow.part(OPAQUE.union(*given, *names.values(), run.session.old.values()))
    inside.names = names
    inside.present = flow.present if names else frozenset()
    since, before = run.session.cells, flow.cells
    inside.depth = 0
    _bind(run, inner, ref, node, arguments, inside)
    if receiver and function.self_name is not None and ref.bound is not None:
        inside.names[function.self_name] = receiver
    results = execute(inner, inside)
    if function.is_generator:
        value = _yielded(run, inner, node, results, flow)
    else:
        value = come_back(results, flow)
    flow.forget(since, before, (*value, *run.session.old.values()))
    _note_returns(inner, results)
    return value


def _note_returns(inner: Activation, results: list[Result]) -> None:
    for result in results:
        if result.expr is not None:
            for index in result.value:
                inner.session.through.setdefault(index, []).append(inner.site(result.expr))


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


def come_back(results: list[Result], flow: Store) -> Refs:
    """The result of a function, with what it did in place made in `flow`."""
    after = join(result.flow for result in results)
    if after is None:
        return OPAQUE
    flow.cells = {**flow.cells, **after.cells}
    flow.mutations = after.mutations
    value = OPAQUE
    for result in results:
        value |= result.value
    return value


def _yielded(
    run: Activation, inner: Activation, node: t.Node, results: list[Result], flow: Store
) -> Refs:
    """What iterating a generator gives: all that it yields."""
    come_back([*inner.yields, *results], flow)
    made = expressions.join_parts(run, list(inner.given.values()), node, flow)
    if not (made.held or made.reads or made.maybe):
        return OPAQUE
    return run.new(flow, replace(made, shape="list"))


def tracked(flow: Store, value: Refs) -> bool:
    """Whether a value has to do with the state."""
    if any(not mapping.is_object or mapping.entries for _, mapping in flow.mappings(value)):
        return True
    content = flow.content(value)
    return bool(content.reads or content.held or content.parts)


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
) -> None:
    """Gives a helper's parameters their arguments, else their defaults."""
    params = list(ref.function.params)
    if ref.function.self_name is not None and (ref.bound is not None):
        params = params[1:]
    given: dict[str, Refs] = {}
    positional = [param.name for param in params if param.kind == "positional"]
    named = {param.name for param in params if param.kind in ("positional", "keyword")}
    more: list[Refs] = []
    spread: list[Content] = []
    others = Mapping()
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword is not None and arg.keyword in named:
            given[arg.keyword] = value
            if arg.keyword in positional:
                positional.remove(arg.keyword)
        elif arg.keyword is not None:
            others = others.with_entry(arg.keyword, run.entry(value, arg.value, arg.value))
        elif arg.star == "**":
            others = displays.spread(run, others, value, node, flow)
        elif not arg.star and positional:
            given[positional.pop(0)] = value
        elif not arg.star:
            more.append(value)
        else:
            spread.append(flow.content(value))
    for param in params:
        value = given.get(param.name, OPAQUE)
        if param.kind == "*":
            value = held.sequence(run, tuple(more), flow)
            if spread:
                parts = [*spread, flow.content(value)]
                value = run.put(flow, expressions.join_parts(run, parts, node, flow))
        elif param.kind == "**":
            value = run.new(flow, others)
        elif param.name not in given and param.default is not None:
            value = expressions.evaluate(inner, param.default, flow)
        flow.names[param.name] = value


# --- methods that run without a call -------------------------------------------------------

OPERATORS = {"+": "__add__", "|": "__or__", "-": "__sub__", "*": "__mul__", "<<": "__lshift__"}
IN_PLACE = {"+": "__iadd__", "|": "__ior__", "-": "__isub__", "<<": "__ilshift__"}


def special(
    run: Activation,
    expr: t.Expr,
    name: str,
    given: list[t.Expr | Refs],
    receiver: Refs,
    node: t.Node,
    flow: Store,
) -> Refs | None:
    """What a method such as `__add__` of the project gives; None where an object has none."""
    if not any(isinstance(flow.cells[index], (Mapping, Content)) for index in receiver):
        return None
    for value in run.infer(expr):
        method = (
            inference.find_method(run.program, value.cls, name)
            if isinstance(value, Instance)
            else None
        )
        if method is None:
            continue
        arguments = [
            item if isinstance(item, frozenset) else expressions.evaluate(run, item, flow)
            for item in given
        ]
        args = [t.Arg(node.at, expr if isinstance(item, frozenset) else item) for item in given]
        call = t.Call(node.at, expr, tuple(args))
        ref = FunctionRef(method, bound=value)
        return follow(run, ref, call, arguments, flow, receiver=receiver)
    return None


def set_property(
    run: Activation, target: t.Attribute, value: Refs, receiver: Refs, flow: Store
) -> bool:
    """Whether a setter of the project's own takes what is assigned to an attribute."""
    if not flow.mappings(receiver):
        return False
    for owner in run.infer(target.value):
        if not isinstance(owner, Instance):
            continue
        for setter in inference.accessors(run.program, owner, target.attr, stored=True):
            call = t.Call(target.at, target, (t.Arg(target.at, target),))
            follow(run, setter, call, [value], flow, receiver=receiver)
            return True
    return False


def set_by_own(
    run: Activation, target: t.Expr, container: t.Expr, value: Refs, receiver: Refs, flow: Store
) -> bool:
    """Whether a method of the project sets it: a property's setter, or `__setitem__`."""
    if isinstance(target, t.Subscript):
        given = [target.index, value]
        return special(run, container, "__setitem__", given, receiver, target, flow) is not None
    assert isinstance(target, t.Attribute)
    return set_property(run, target, value, receiver, flow)
