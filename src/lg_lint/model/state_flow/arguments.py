"""Arguments of a call: what `*values` and `**values` give, and what `self` is."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import expressions
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Refs
from lg_lint.model.state_flow.store import Store


def spread(
    run: Activation, node: t.Call, values: list[Refs], flow: Store
) -> tuple[t.Call, list[Refs]]:
    """A call with each known item of its starred arguments as an argument of its own."""
    if not any(arg.star for arg in node.args):
        return node, values
    args: list[t.Arg] = []
    found: list[Refs] = []
    for arg, value in zip(node.args, values, strict=True):
        parts = [cell.parts for _, cell in flow.contents(value)]
        mappings = flow.mappings(value)
        if arg.star == "*" and len(parts) == 1 and parts[0] is not None:
            args += [t.Arg(arg.at, arg.value) for _ in parts[0]]
            found += parts[0]
        elif arg.star == "**" and mappings and not any(each.base for _, each in mappings):
            for _, mapping in mappings:
                for key, entry in mapping.entries.items():
                    args.append(t.Arg(arg.at, arg.value, key))
                    found.append(entry.value)
                if not mapping.rest.empty:
                    args.append(arg)
                    found.append(value)
        else:
            args.append(arg)
            found.append(value)
    return t.Call(node.at, node.func, tuple(args)), found


def is_super(expr: t.Expr) -> bool:
    """Whether it is `super()`."""
    return isinstance(expr, t.Call) and isinstance(expr.func, t.Name) and expr.func.id == "super"


def self_of(run: Activation, flow: Store) -> Refs:
    """The object whose method runs."""
    name = run.stack[-1].self_name
    return flow.names.get(name, OPAQUE) if name else OPAQUE


def receiver_of(run: Activation, node: t.Call, flow: Store) -> list[Refs]:
    """The object that a method is called on, where it has a name."""
    if isinstance(node.func, t.Attribute) and isinstance(node.func.value, t.Name):
        return [expressions.evaluate(run, node.func.value, flow)]
    return []
