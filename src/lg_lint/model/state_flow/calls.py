"""Calls: methods of tracked values, outside functions, constructors, and the project's helpers."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.state_flow import (
    arguments,
    constructors,
    container_methods,
    expressions,
    inlining,
    library_functions,
)
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Content, Method, Refs, merge_maybe, merge_reads
from lg_lint.model.state_flow.store import Store
from lg_lint.program import inference
from lg_lint.program.values import (
    ClassRef,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Value,
    strings,
)

_OF_BUILTINS = "builtins."


def call(run: Activation, node: t.Call, flow: Store) -> Refs:
    """What a call gives; what it does in place is done in `flow`."""
    receiver = OPAQUE
    if isinstance(node.func, t.Attribute):
        above = arguments.is_super(node.func.value)
        receiver = (
            arguments.self_of(run, flow)
            if above
            else expressions.evaluate(run, node.func.value, flow)
        )
        if receiver and not _has_own(run, node.func):
            handled = container_methods.method(run, receiver, node, node.func.attr, flow)
            if handled is not None:
                return handled
    elif not isinstance(node.func, t.Name) or node.func.id in flow.names:
        handled = _of_methods(run, expressions.evaluate(run, node.func, flow), node, flow)
        if handled is not None:
            return handled
    values = [expressions.evaluate(run, arg.value, flow) for arg in node.args]
    plain, values = arguments.spread(run, node, values, flow)
    found = OPAQUE
    callees = run.infer(node.func)
    for callee in callees:
        if isinstance(callee, FunctionRef):
            found |= inlining.follow(run, callee, plain, values, flow, receiver=receiver, at=node)
        else:
            found |= called(run, callee, plain, values, flow, at=node)
    if not callees:
        found |= unknown(run, [receiver, *values], flow)
    return found


def _has_own(run: Activation, func: t.Attribute) -> bool:
    """Whether a method is that of a class of the project, whatever else it is called like."""
    return any(isinstance(value, FunctionRef) and value.bound for value in run.infer(func))


def _of_methods(run: Activation, func: Refs, node: t.Call, flow: Store) -> Refs | None:
    """The call of a method that was taken before; None where it is none."""
    found, known = OPAQUE, False
    for index in sorted(func):
        cell = flow.cells[index]
        if isinstance(cell, Method):
            made = container_methods.method(run, cell.receiver, node, cell.name, flow)
            found, known = found | (made or OPAQUE), known or made is not None
    return found if known else None


def unknown(run: Activation, given: list[Refs], flow: Store) -> Refs:
    """What a call that is not understood may give: something of what it was given."""
    parts = [flow.content(value) for value in given if not flow.mappings(value)]
    maybe = merge_maybe(
        [*parts, Content(maybe=merge_reads([part for part in parts if not part.item]))]
    )
    return run.new(flow, Content(maybe=maybe)) if maybe else OPAQUE


def called(
    run: Activation, callee: Value, node: t.Call, values: list[Refs], flow: Store, at: t.Call
) -> Refs:
    """A call of one value."""
    if isinstance(callee, FunctionRef):
        return inlining.follow(run, callee, node, values, flow, at=at)
    if isinstance(callee, Partial):
        return _partial(run, callee, node, values, flow, at)
    if isinstance(callee, External):
        return _external(run, callee.name, node, values, flow, at)
    if isinstance(callee, ClassRef):
        return constructors.constructed(run, callee.cls, node, values, flow, at)
    if isinstance(callee, Instance):
        method = inference.find_method(run.program, callee.cls, "__call__")
        receiver = expressions.evaluate(run, node.func, flow)
        if method is not None:
            ref = FunctionRef(method, bound=callee)
            return inlining.follow(run, ref, node, values, flow, receiver=receiver, at=at)
    if isinstance(callee, ExternalMethod):
        return _external_method(run, callee, node, values, flow, at)
    if isinstance(callee, ExternalObject):
        return _external_object(run, callee, node, values, flow, at)
    return unknown(run, values, flow)


def _partial(
    run: Activation, callee: Partial, node: t.Call, values: list[Refs], flow: Store, at: t.Call
) -> Refs:
    """`partial(f, a)(b)`: a call of f with both."""
    here = callee.env.scope is run.env.scope
    first, *rest = callee.call.args
    given = [expressions.evaluate(run, arg.value, flow) if here else OPAQUE for arg in rest]
    whole = t.Call(node.at, first.value, (*rest, *node.args))
    values = [*given, *values]
    if here:
        handled = _of_methods(run, expressions.evaluate(run, first.value, flow), whole, flow)
        if handled is not None:
            return handled
    return called(run, callee.func, whole, values, flow, at)


def _external(
    run: Activation, name: str, node: t.Call, values: list[Refs], flow: Store, at: t.Call
) -> Refs:
    offloaded = run.program.types.offloaders.get(name)
    if offloaded is not None and 0 <= offloaded < len(node.args):
        found = OPAQUE
        rest = t.Call(node.at, node.args[offloaded].value, node.args[offloaded + 1 :])
        for value in run.infer(node.args[offloaded].value):
            if isinstance(value, FunctionRef):
                found |= inlining.follow(run, value, rest, values[offloaded + 1 :], flow)
        return found
    owner, _, last = name.rpartition(".")
    if owner.startswith(_OF_BUILTINS) and values:
        rest = t.Call(node.at, node.func, node.args[1:])
        handled = container_methods.method(run, values[0], rest, last, flow)
        if handled is not None:
            return handled
    handled = library_functions.call(run, name, node, values, flow)
    return handled if handled is not None else unknown(run, values, flow)


def _external_method(
    run: Activation,
    method: ExternalMethod,
    node: t.Call,
    values: list[Refs],
    flow: Store,
    at: t.Call,
) -> Refs:
    receiver = method.receiver
    if isinstance(receiver, ClassRef):
        return constructors.by_method(run, receiver.cls, method.name, node, values, flow, at)
    if isinstance(receiver, Instance) and method.name == "__class__":
        return constructors.constructed(run, receiver.cls, node, values, flow, at)
    if isinstance(receiver, ExternalObject):
        if table("trimming")["functions"].get(receiver.type, {}).get("gives") == "copy":
            return library_functions.call(run, receiver.type, node, values, flow) or OPAQUE
        if run.program.types.method(receiver.type, method.name) == "base":
            base = receiver.base
            return called(run, base, node, values, flow, at) if base else OPAQUE
    handled = library_functions.call(run, f"method.{method.name}", node, values, flow)
    if handled is not None:
        return handled
    return unknown(run, [*arguments.receiver_of(run, node, flow), *values], flow)


def _external_object(
    run: Activation,
    callee: ExternalObject,
    node: t.Call,
    values: list[Refs],
    flow: Store,
    at: t.Call,
) -> Refs:
    """A call of what `attrgetter("key")`, `methodcaller("name")` or `type(x)` gave."""
    made = callee.site
    if not isinstance(made, t.Call) or callee.env is None:
        return unknown(run, values, flow)
    kind = callee.type.rpartition(".")[2]
    if callee.type == "builtins.type" and made.args:
        for value in inference.infer(run.program, made.args[0].value, callee.env):
            if isinstance(value, Instance):
                return constructors.constructed(run, value.cls, node, values, flow, at)
    names = [strings(inference.infer(run.program, arg.value, callee.env))[:1] for arg in made.args]
    if not (values and names and all(names)) and kind != "methodcaller":
        return unknown(run, values, flow)
    if kind in ("attrgetter", "itemgetter"):
        taken = [_taken(run, values[0], name, node, flow) for (name,) in names]
        return taken[0] if len(taken) == 1 else run.new(flow, Content(parts=tuple(taken)))
    if kind == "methodcaller" and values and names and names[0]:
        rest = t.Call(node.at, node.func, made.args[1:])
        handled = container_methods.method(run, values[0], rest, names[0][0], flow)
        return handled if handled is not None else unknown(run, values, flow)
    return unknown(run, values, flow)


def _taken(run: Activation, value: Refs, name: str, node: t.Node, flow: Store) -> Refs:
    for key in name.split("."):
        value = expressions.take(run, value, key, node, flow)
    return value
