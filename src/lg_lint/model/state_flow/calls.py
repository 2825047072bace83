"""Calls: methods of tracked values, outside functions, constructors, and the project's helpers."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.state_flow import container_methods, expressions, inlining, library_functions
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Mapping, Refs
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
)


def call(run: Activation, node: t.Call, flow: Store) -> Refs:
    """What a call gives; what it does in place is done in `flow`."""
    receiver = OPAQUE
    if isinstance(node.func, t.Attribute):
        receiver = expressions.evaluate(run, node.func.value, flow)
        if receiver and not _has_own(run, node.func):
            handled = container_methods.method(run, receiver, node, node.func.attr, flow)
            if handled is not None:
                return handled
    arguments = [expressions.evaluate(run, arg.value, flow) for arg in node.args]
    found = OPAQUE
    for callee in run.infer(node.func):
        if isinstance(callee, FunctionRef):
            found |= inlining.follow(run, callee, node, arguments, flow, receiver=receiver)
        else:
            found |= _called(run, callee, node, arguments, flow)
    return found


def _has_own(run: Activation, func: t.Attribute) -> bool:
    """Whether a method is that of a class of the project, whatever else it is called like."""
    return any(isinstance(value, FunctionRef) and value.bound for value in run.infer(func))


def _called(
    run: Activation, callee: Value, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    if isinstance(callee, FunctionRef):
        return inlining.follow(run, callee, node, arguments, flow)
    if isinstance(callee, Partial) and isinstance(callee.func, FunctionRef):
        return inlining.follow(run, callee.func, node, arguments, flow, partial=callee)
    if isinstance(callee, External):
        return _external(run, callee.name, node, arguments, flow)
    if isinstance(callee, ClassRef):
        return _constructed(run, node, arguments, flow)
    if isinstance(callee, Instance):
        method = inference.find_method(run.program, callee.cls, "__call__")
        if method is not None:
            return inlining.follow(run, FunctionRef(method, bound=callee), node, arguments, flow)
    if isinstance(callee, ExternalMethod):
        return _external_method(run, callee, node, arguments, flow)
    return OPAQUE


def _external(run: Activation, name: str, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    offloaded = run.program.types.offloaders.get(name)
    if offloaded is not None and 0 <= offloaded < len(node.args):
        found = OPAQUE
        rest = t.Call(node.at, node.args[offloaded].value, node.args[offloaded + 1 :])
        for value in run.infer(node.args[offloaded].value):
            if isinstance(value, FunctionRef):
                given = arguments[offloaded + 1 :]
                found |= inlining.follow(run, value, rest, given, flow)
        return found
    return library_functions.call(run, name, node, arguments, flow)


def _external_method(
    run: Activation, method: ExternalMethod, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    receiver = method.receiver
    if isinstance(receiver, ExternalObject):
        if table("trimming")["functions"].get(receiver.type, {}).get("gives") == "copy":
            return library_functions.call(run, receiver.type, node, arguments, flow)
        if run.program.types.method(receiver.type, method.name) == "base":
            return _called(run, receiver.base, node, arguments, flow) if receiver.base else OPAQUE
    return library_functions.call(run, f"method.{method.name}", node, arguments, flow)


def _constructed(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """An object of a project class: its keyword arguments are its fields."""
    mapping = Mapping(open=any(arg.star for arg in node.args))
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword is not None:
            mapping = mapping.with_entry(arg.keyword, run.entry(value, arg.value, arg.value))
    return run.new(flow, mapping) if mapping.entries else OPAQUE
