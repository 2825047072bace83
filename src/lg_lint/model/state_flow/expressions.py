"""What an expression makes of the state's values."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import (
    calls,
    comprehensions,
    container_methods,
    displays,
    held,
    inlining,
)
from lg_lint.model.state_flow.activation import Activation, Comparison, Facts, Result
from lg_lint.model.state_flow.lattice import (
    NOTHING,
    OPAQUE,
    Content,
    Mapping,
    Method,
    Refs,
    concatenate,
)
from lg_lint.model.state_flow.store import NO_TEXT, NONE, NUMBER, TEXT, Store
from lg_lint.program import inference

_SHAPES = {str: "str", int: "number", float: "number"}
_ORDER = ("<", "<=", ">", ">=", "==", "!=")


def evaluate(run: Activation, expr: t.Expr, flow: Store) -> Refs:
    """The value of an expression; changes in place are made in `flow`."""
    run.session.steps += 1
    handler = _handlers().get(type(expr))
    if handler is None or run.session.exhausted:
        return OPAQUE
    return handler(run, expr, flow)


def test(run: Activation, expr: t.Expr, flow: Store) -> Facts:
    """Evaluates a condition, and says what it asks about the state."""
    outer, run.facts = (run.facts, run.asking), Facts()
    run.asking = True
    facts = run.facts
    facts.negated = isinstance(expr, t.UnaryOp) and expr.op == "not"
    asked = expr.operand if isinstance(expr, t.UnaryOp) else expr
    value = evaluate(run, asked, flow)
    if not (isinstance(asked, t.BoolOp) and asked.op == "and"):
        flags = (content.alias for _, content in flow.contents(value) if content.alias)
        facts.flags = frozenset(flags)
    holds = run.truth(flow, value)
    facts.holds = holds if holds is None or not facts.negated else not holds
    run.facts, run.asking = outer
    return facts


def join_parts(run: Activation, parts: list[Content], node: t.Node, flow: Store) -> Content:
    """Several parts in one collection, under the conditions that hold here."""
    return concatenate(parts, run.site(node), limited=flow.limited, checked=flow.checked)


# --- names, constants, attributes, subscripts ----------------------------------------------


def _name(run: Activation, node: t.Name, flow: Store) -> Refs:
    value = flow.names.get(node.id)
    if value is None:
        return run.stands(flow, node)
    if value and run.asking:
        run.facts.keys |= flow.content(value).keys
    return value


def _constant(run: Activation, node: t.Constant, flow: Store) -> Refs:
    value = node.value
    if run.session.limits is not None:
        shape = _SHAPES.get(type(value), "")
        known = Content(shape=shape, holds=bool(value), empty=value in (None, ""))
        return run.new(flow, replace(known, origins=(run.site(node),)))
    if value is None:
        return flow.literal(NONE)
    if isinstance(value, str):
        return flow.literal(TEXT if value else NO_TEXT)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return flow.literal(NUMBER)
    return OPAQUE


def _attribute(run: Activation, node: t.Attribute, flow: Store) -> Refs:
    receiver = evaluate(run, node.value, flow)
    if not flow.mappings(receiver) and not flow.content(receiver).keys:
        outside = run.stands(flow, node)
        if outside:
            return outside
    if not receiver:
        return OPAQUE
    if flow.mappings(receiver):
        computed = inlining.computed(run, node, receiver, flow)
        if computed is not None:
            return computed
    return attribute(run, receiver, node.attr, node, flow)


def attribute(run: Activation, value: Refs, name: str, node: t.Node, flow: Store) -> Refs:
    """`value.name`: all fields, a method that is not called yet, or one field."""
    if name == "__dict__":
        return value
    if container_methods.handles(flow, value, name):
        return run.new(flow, Method(value, name))
    return take(run, value, name, node, flow)


def take(run: Activation, value: Refs, key: str, node: t.Node, flow: Store) -> Refs:
    """`value.key` or `value["key"]` with a literal key."""
    found = OPAQUE
    for index, mapping in flow.mappings(value):
        found |= run.member(flow, mapping, key, node)
        if key not in mapping.entries and not mapping.base:
            found |= _missing(run, index, key, node, flow)
    for index, content in flow.contents(value):
        if content.reads and not content.item:
            nested = Content(reads=content.reads, bounded=content.bounded, parent=index)
            found |= run.new(flow, nested)
    return found


def _missing(run: Activation, index: int, key: str, node: t.Node, flow: Store) -> Refs:
    """A key that a dict is not known to have: one that it got under a name, or a default."""
    mapping = flow.cells[index]
    assert isinstance(mapping, Mapping)
    if mapping.rest.held or mapping.rest.reads:
        made = mapping.rest.held
        if mapping.rest.reads:
            nested = Content(reads=mapping.rest.reads, bounded=mapping.rest.bounded)
            made |= run.new(flow, nested)
        return made
    if not mapping.makes:
        return OPAQUE
    made = run.new(flow, Content(empty=True, shape=mapping.makes))
    flow.cells[index] = mapping.with_entry(key, run.entry(made, node, node))
    return made


def key_of(run: Activation, expr: t.Expr, flow: Store) -> object:
    """The one literal that a key is; None where it comes from the state, whatever its default."""
    if not isinstance(expr, t.Constant) and flow.content(evaluate(run, expr, flow)).reads:
        return None
    return run.constant(expr)


def _subscript(run: Activation, node: t.Subscript, flow: Store) -> Refs:
    value = evaluate(run, node.value, flow)
    if isinstance(node.index, t.Slice):
        for bound in (node.index.lower, node.index.upper):
            if bound is not None:
                evaluate(run, bound, flow)
        return cut(run, value, node, node.index, flow)
    key = key_of(run, node.index, flow)
    if not value:
        return OPAQUE
    own = inlining.special(run, node.value, "__getitem__", [node.index], value, node, flow)
    if own is not None:
        return own
    if isinstance(key, str):
        return take(run, value, key, node, flow)
    return held.item_at(run, value, node.index, flow)


def cut(run: Activation, value: Refs, node: t.Node, bounds: t.Slice, flow: Store) -> Refs:
    """A slice: a copy where it keeps all, else a value with a limit."""
    content = replace(flow.content(value), alias="", parent=None)
    if not keeps_all(bounds):
        if content.tail and _last(run, bounds) <= content.tail:
            return run.new(flow, Content(shape=content.shape, maybe=content.maybe))
        content = replace(content, parts=None, tail=0)
    if not content.reads or keeps_all(bounds):
        return run.put(flow, content)
    trimmed = content.trimmed if _drops_last(bounds) else (*content.trimmed, run.site(node))
    return run.put(flow, replace(content, bounded=True, trimmed=trimmed))


def _last(run: Activation, bounds: t.Slice) -> int:
    """How many of the last items a slice takes; more than any where it takes others."""
    many = 1 << 30
    if bounds.lower is None or bounds.upper is not None or bounds.step is not None:
        return many
    first = inference.number(run.program, bounds.lower, run.env)
    return -first if isinstance(first, int) and first < 0 else many


def keeps_all(bounds: t.Slice) -> bool:
    """Whether a slice begins at the start and has no end: it leaves nothing out."""
    lower = bounds.lower
    from_start = lower is None or (isinstance(lower, t.Constant) and lower.value == 0)
    return from_start and bounds.upper is None


def _drops_last(bounds: t.Slice) -> bool:
    """`x[:-1]`, with which code replaces the last item."""
    upper = bounds.upper
    return (
        bounds.lower is None
        and isinstance(upper, t.UnaryOp)
        and isinstance(upper.operand, t.Constant)
        and upper.operand.value == 1
    )


# --- operators -----------------------------------------------------------------------------


def _bin_op(run: Activation, node: t.BinOp, flow: Store) -> Refs:
    left, right = evaluate(run, node.left, flow), evaluate(run, node.right, flow)
    name = inlining.OPERATORS.get(node.op)
    if name is not None:
        own = inlining.special(run, node.left, name, [node.right], left, node, flow)
        if own is not None:
            return own
    return operate(run, node.op, left, right, node, flow)


def operate(run: Activation, op: str, left: Refs, right: Refs, node: t.Node, flow: Store) -> Refs:
    """`left op right`, where either may hold old values."""
    if op == "|" and flow.mappings(left):
        return displays.merged(run, left, right, node, flow)
    first, second = flow.content(left), flow.content(right)
    if op == "+":
        return run.put(flow, join_parts(run, [first, second], node, flow))
    if op == "%" and first.shape == "str":
        parts = [first, held.flat(run, right, node, flow) if second.parts else second]
        return run.put(flow, replace(join_parts(run, parts, node, flow), shape="str"))
    if op == "*" and first.parts and len(first.parts) == 1:
        return left
    if op == "|":
        if not flow.grows(right):
            second = replace(second, empty=True)
        made = join_parts(run, [first, second], node, flow)
        return run.put(flow, replace(made, shape=made.shape or "dict") if made.reads else made)
    if op == "-" and "number" in (first.shape, second.shape):
        return _difference(run, first, second, flow)
    if op in ("-", "&") and first.reads and first.shape not in ("number", "length"):
        return run.put(flow, replace(first, partial=True, alias="", parent=None))
    if op in ("*", "/", "//") and first.reads and second.shape == "number" and not second.reads:
        scaled = Content(reads=first.reads, shape=first.shape, falls=first.falls)
        if first.shape in ("number", "length"):
            return run.put(flow, scaled)
        again = replace(first, alias="", parent=None, parts=None)
        return run.put(flow, again) if op == "*" else OPAQUE
    return OPAQUE


def _difference(run: Activation, first: Content, second: Content, flow: Store) -> Refs:
    """A number less another one, of which one may be old."""
    if first.reads and not second.reads:
        down = Content(reads=first.reads, counts=True, shape="number", falls=not first.falls)
        if first.shape == "length":
            down = replace(down, counts=False, shape="length", falls=first.falls)
        return run.put(flow, down)
    if second.reads and not first.reads:
        made = Content(reads=second.reads, shape=second.shape, falls=not second.falls)
        return run.put(flow, made)
    return OPAQUE


def _bool_op(run: Activation, node: t.BoolOp, flow: Store) -> Refs:
    left, right = evaluate(run, node.left, flow), evaluate(run, node.right, flow)
    if run.session.limits is not None:
        return _decided(run, node.op, left, right, flow)
    if node.op == "and":
        return right
    return left if flow.content(left).reads and flow.content(right).empty else left | right


def _decided(run: Activation, op: str, left: Refs, right: Refs, flow: Store) -> Refs:
    """`left and right` or `left or right`, by what is known of either."""
    first, second = run.truth(flow, left), run.truth(flow, right)
    deciding = op == "or"
    if first is not None:
        return left if first is deciding else right
    if second is deciding:
        return run.new(flow, Content(holds=deciding))
    return left | right if op == "or" else run.new(flow, NOTHING)


def _if_exp(run: Activation, node: t.IfExp, flow: Store) -> Refs:
    facts = test(run, node.test, flow)
    limited, checked = flow.limited, flow.checked
    flow.limited, flow.checked = limited | facts.lengths, checked | facts.members
    run.lead(facts, node.body, holds=True)
    run.lead(facts, node.orelse, holds=False)
    if facts.holds is not None:
        value = evaluate(run, node.body if facts.holds else node.orelse, flow)
    else:
        value = evaluate(run, node.body, flow) | evaluate(run, node.orelse, flow)
    flow.limited, flow.checked = limited, checked
    return value


def _unary_op(run: Activation, node: t.UnaryOp, flow: Store) -> Refs:
    value = evaluate(run, node.operand, flow)
    if node.op != "not":
        return value
    holds = run.truth(flow, value)
    return OPAQUE if holds is None else run.new(flow, Content(holds=not holds))


def _compare(run: Activation, node: t.Compare, flow: Store) -> Refs:
    sides = [node.left, *node.comparators]
    contents = [flow.content(evaluate(run, side, flow)) for side in sides]
    for position, op in enumerate(node.ops):
        left, right = contents[position], contents[position + 1]
        if op in ("in", "not in"):
            run.facts.members |= right.keys
            side = sides[position]
            if op == "in" and right.keys and isinstance(side, t.Name):
                run.facts.present.add(side.id)
        elif op in _ORDER:
            _compared(run, left, right, sides[position], sides[position + 1])
            _compared(run, right, left, sides[position + 1], sides[position])
    limits = run.session.limits
    if limits is None:
        return OPAQUE
    ends = [
        limits.compared(run.program, node, position, contents[position : position + 2], run.env)
        for position in range(len(node.ops))
    ]
    if False in ends:
        return run.new(flow, Content(holds=False))
    return run.new(flow, Content(holds=True)) if all(ends) else run.new(flow, NOTHING)


def _compared(run: Activation, left: Content, right: Content, one: t.Expr, other: t.Expr) -> None:
    """Notes that a value of the state, or a variable, is compared with another."""
    if not left.reads and not isinstance(one, (t.Name, t.Attribute)):
        return
    lengths = left.keys if left.shape == "length" else frozenset()
    if lengths and not (right.reads or (isinstance(other, t.Constant) and other.value in (0, 1))):
        run.facts.lengths |= lengths
    run.session.comparisons.append(
        Comparison(lengths, left.keys - lengths, right.keys, other, run.site(one))
    )


def _joined_string(run: Activation, node: t.JoinedString, flow: Store) -> Refs:
    parts = [flow.content(evaluate(run, part, flow)) for part in node.parts]
    parts = [replace(part, shape="str") if part.reads else part for part in parts if not part.item]
    return run.put(flow, replace(join_parts(run, parts, node, flow), shape="str"))


# --- the rest ------------------------------------------------------------------------------


def _await(run: Activation, node: t.Await, flow: Store) -> Refs:
    return evaluate(run, node.value, flow)


def _named(run: Activation, node: t.NamedExpr, flow: Store) -> Refs:
    value = evaluate(run, node.value, flow)
    flow.names[node.target.id] = value
    return value


def _yield(run: Activation, node: t.Yield, flow: Store) -> Refs:
    if node.value is not None:
        value = evaluate(run, node.value, flow)
        if node.delegates:
            run.given[node] = replace(flow.content(value), alias="", parent=None)
        else:
            run.given[node] = held.put_in(value, flow)
            run.yields.append(Result(value, node.value, flow.copy()))
    return OPAQUE


@functools.cache
def _handlers() -> dict[type, Callable[[Activation, Any, Store], Refs]]:
    return {
        t.Name: _name,
        t.Constant: _constant,
        t.Attribute: _attribute,
        t.Subscript: _subscript,
        t.BinOp: _bin_op,
        t.BoolOp: _bool_op,
        t.IfExp: _if_exp,
        t.UnaryOp: _unary_op,
        t.Compare: _compare,
        t.JoinedString: _joined_string,
        t.Await: _await,
        t.NamedExpr: _named,
        t.Yield: _yield,
        t.Sequence: displays.sequence,
        t.Dict: displays.dictionary,
        t.Comprehension: comprehensions.comprehension,
        t.Call: calls.call,
    }
