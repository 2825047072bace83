"""Objects of the project's classes: what their fields hold of the state."""

from __future__ import annotations

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model import state_class
from lg_lint.model.state_flow import displays, inlining, library_functions
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Content, Mapping, Refs
from lg_lint.model.state_flow.store import Store
from lg_lint.program import inference
from lg_lint.program.scopes import Class
from lg_lint.program.values import FunctionRef, Instance

_COLLECTIONS = {
    "list": "list", "deque": "list", "tuple": "list", "set": "set", "frozenset": "set",
    "dict": "dict", "OrderedDict": "dict", "defaultdict": "dict", "Counter": "dict",
    "UserList": "list", "UserDict": "dict",
}  # fmt: skip
_WRAPPED = ("UserList", "UserDict")
_COPIES = ("model_validate", "model_validate_json", "parse_obj", "parse_raw", "from_orm")
_BUILDS = ("model_construct", "construct", "_make")


def constructed(
    run: Activation, cls: Class, node: t.Call, values: list[Refs], flow: Store, at: t.Call
) -> Refs:
    """An object of a class: what its `__init__` sets, else its arguments under their fields."""
    kind = _collection(run, cls)
    method = inference.find_method(run.program, cls, "__init__")
    if kind and method is None:
        return _wrapped(run, kind, _built(run, kind, node, values, flow), node, flow)
    if method is not None:
        cell: Content | Mapping = Mapping(is_object=True)
        if kind:
            cell = Content(empty=True, shape=_COLLECTIONS[kind])
        made = _wrapped(run, kind, run.new(flow, cell), node, flow)
        ref = FunctionRef(method, bound=Instance(cls))
        inlining.follow(run, ref, node, values, flow, receiver=made, at=at, always=True)
        return made
    return _fields(run, cls, node, values, flow)


def _collection(run: Activation, cls: Class) -> str:
    """The kind of collection that a class is; "" for none."""
    for base in inference.external_bases(run.program, cls):
        owner, _, last = base.rpartition(".")
        if owner in ("builtins", "collections", "typing") and last in _COLLECTIONS:
            return last
    return ""


def _built(run: Activation, kind: str, node: t.Call, values: list[Refs], flow: Store) -> Refs:
    shape = _COLLECTIONS[kind]
    made = library_functions.call(run, f"builtins.{shape}", node, values, flow)
    return made or run.new(flow, Content(empty=not values, shape=shape))


def _wrapped(run: Activation, kind: str, made: Refs, node: t.Call, flow: Store) -> Refs:
    """The object around the list or dict of a UserList or UserDict."""
    if kind not in _WRAPPED:
        return made
    return run.new(flow, Mapping({"data": run.entry(made, node, node)}, is_object=True))


def _fields(run: Activation, cls: Class, node: t.Call, values: list[Refs], flow: Store) -> Refs:
    """The arguments of a dataclass, model, named tuple or typed dict under its fields."""
    is_dict = state_class.is_dict(run.program, cls)
    mapping = Mapping(is_object=not is_dict)
    names = state_class.keys(run.program, cls)
    for arg, value in zip(node.args, values, strict=True):
        if arg.keyword is not None:
            mapping = mapping.with_entry(arg.keyword, run.entry(value, arg.value, arg.value))
        elif arg.star == "**" or (is_dict and not arg.star):
            mapping = displays.spread(run, mapping, value, node, flow)
        elif arg.star:
            mapping = replace(mapping, open=True)
        elif names:
            mapping = mapping.with_entry(names.pop(0), run.entry(value, arg.value, arg.value))
    return run.new(flow, mapping)


def by_method(
    run: Activation,
    cls: Class,
    name: str,
    node: t.Call,
    values: list[Refs],
    flow: Store,
    at: t.Call,
) -> Refs:
    """An object by a class method that its library brings: `Model.model_validate(data)`."""
    if name in _BUILDS:
        return constructed(run, cls, node, values, flow, at)
    if name not in _COPIES or not values:
        return OPAQUE
    found = OPAQUE
    for _, source in flow.mappings(values[0]):
        found |= run.new(flow, replace(source, is_state=False, is_object=True))
    return found
