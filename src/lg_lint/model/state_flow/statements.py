"""Statements: the flow of values through a function's body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import (
    comprehensions,
    container_methods,
    displays,
    expressions,
    held,
    inlining,
    mapping_methods,
)
from lg_lint.model.state_flow.activation import Activation, Facts, Result
from lg_lint.model.state_flow.lattice import Content, Refs, merge_sites
from lg_lint.model.state_flow.store import Store, join
from lg_lint.program.values import Env

_MAX_PARTS = 8


def block(run: Activation, body: t.Block, flow: Store) -> Store | None:
    """The flow after some statements; None where they never end."""
    current: Store | None = flow
    for statement in body:
        if current is None:
            return None
        handler = _HANDLERS.get(type(statement))
        if handler is not None:
            current = handler(run, statement, current)
    return current


# --- simple statements ---------------------------------------------------------------------


def _expression(run: Activation, node: t.ExprStatement, flow: Store) -> Store:
    expressions.evaluate(run, node.value, flow)
    return flow


def _assign(run: Activation, node: t.Assign, flow: Store) -> Store:
    if node.value is None:
        return flow
    value = expressions.evaluate(run, node.value, flow)
    for target in node.targets:
        store(run, target, value, node.value, flow)
    return flow


def store(run: Activation, target: t.Expr, value: Refs, written: t.Expr, flow: Store) -> None:
    """`target = value`."""
    if isinstance(target, t.Name):
        flow.names[target.id] = value
    elif isinstance(target, t.Attribute):
        _store_key(run, target, target.value, target.attr, value, written, flow)
    elif isinstance(target, t.Subscript):
        if isinstance(target.index, t.Slice):
            _store_slice(run, target, value, flow)
            return
        key = expressions.key_of(run, target.index, flow)
        _store_key(run, target, target.value, key, value, written, flow)
    elif isinstance(target, t.Sequence):
        parts = held.unpacked(run, value, target.items, written, flow)
        sources = written.items if isinstance(written, t.Sequence) else ()
        exact = len(sources) == len(target.items)
        for position, (item, part) in enumerate(zip(target.items, parts, strict=True)):
            inner = item.value if isinstance(item, t.Starred) else item
            store(run, inner, part, sources[position] if exact else written, flow)
    elif isinstance(target, t.Starred):
        store(run, target.value, value, written, flow)


def _store_key(
    run: Activation,
    target: t.Expr,
    container: t.Expr,
    key: object,
    value: Refs,
    written: t.Expr,
    flow: Store,
) -> None:
    receiver = expressions.evaluate(run, container, flow)
    if inlining.set_by_own(run, target, container, value, receiver, flow):
        return
    for index, mapping in flow.mappings(receiver):
        if isinstance(key, str):
            mapping_methods.assign(run, index, key, value, target, written, flow)
        elif isinstance(target, t.Subscript):
            flow.cells[index] = displays.with_unknown(
                run, mapping, target.index, value, target, flow
            )
    for index, content in flow.contents(receiver):
        if content.item or not (content.reads or content.shape == "dict"):
            continue
        part = flow.content(value)
        fixed = isinstance(key, (str, int)) or (
            isinstance(target, t.Subscript) and displays.is_fixed(run, target.index, flow)
        )
        certain = len(receiver) == 1
        if not fixed and content.shape == "dict":
            container_methods.add(run, index, [Content()], target, flow, certain)
        elif part.keys & content.keys:
            changed = replace(
                content,
                grown=merge_sites((content.grown, () if part.bounded else part.grown)),
                bounded=content.bounded or part.bounded,
                unique=content.unique or part.unique,
            )
            flow.change(index, changed, run.site(target), certain=certain)
        else:
            flow.change(index, content, run.site(target), certain=certain)


def _store_slice(run: Activation, target: t.Subscript, value: Refs, flow: Store) -> None:
    """`x[:] = value` replaces what is in the list."""
    assert isinstance(target.index, t.Slice)
    receiver = expressions.evaluate(run, target.value, flow)
    for index, content in flow.contents(receiver):
        part = flow.content(value)
        if not expressions.keeps_all(target.index):
            if part.reads or not part.empty:
                container_methods.add(run, index, [part], target, flow, len(receiver) == 1)
                continue
            part = replace(content, bounded=True)
        flow.change(index, part, run.site(target), certain=len(receiver) == 1)


def _augmented(run: Activation, node: t.AugAssign, flow: Store) -> Store:
    if node.op in ("+", "-") and _is_outer(run, node.target):
        run.session.counted.append(run.site(node.target))
    old = expressions.evaluate(run, node.target, flow)
    value = expressions.evaluate(run, node.value, flow)
    name = inlining.IN_PLACE.get(node.op)
    own = inlining.special(run, node.target, name, [value], old, node, flow) if name else None
    if own is not None:
        store(run, node.target, own, node.value, flow)
        return flow
    content = flow.content(old)
    in_place = node.op in ("+", "|") and content.shape not in ("str", "number", "length")
    numeric = flow.content(value).shape in ("number", "str", "length")
    mapped = bool(flow.mappings(old)) and node.op == "|"
    if in_place and not numeric and (flow.contents(old) or mapped):
        part = flow.content(value)
        if content.shape == "dict" and not flow.grows(value):
            part = replace(part, empty=True)
        for index, _ in flow.contents(old):
            container_methods.add(run, index, [part], node, flow, len(old) == 1)
        for index, mapping in flow.mappings(old):
            if node.op == "|" and not mapping.is_state:
                flow.cells[index] = displays.spread(run, mapping, value, node, flow)
        if not isinstance(node.target, t.Name):
            store(run, node.target, old, node.value, flow)
        return flow
    made = expressions.operate(run, node.op, old, value, node, flow)
    store(run, node.target, made, node.value, flow)
    return flow


def _is_outer(run: Activation, target: t.Expr) -> bool:
    """Whether a target outlives the call: an attribute, or a name of an outer frame."""
    if isinstance(target, t.Name):
        return target.id in run.env.scope.declared
    return isinstance(target, t.Attribute)


def _delete(run: Activation, node: t.Delete, flow: Store) -> Store:
    for target in node.targets:
        if isinstance(target, t.Name):
            flow.names.pop(target.id, None)
            continue
        if not isinstance(target, (t.Subscript, t.Attribute)):
            continue
        receiver = expressions.evaluate(run, target.value, flow)
        key = run.constant(target.index) if isinstance(target, t.Subscript) else target.attr
        for index, mapping in flow.mappings(receiver):
            if isinstance(key, str):
                mapping_methods.remove(run, index, key, target, flow)
            else:
                mapping_methods.shorten(index, mapping, flow)
        for index, content in flow.contents(receiver):
            if content.reads:
                shorter = replace(content, bounded=True)
                flow.change(index, shorter, run.site(target), certain=len(receiver) == 1)
    return flow


def _return(run: Activation, node: t.Return, flow: Store) -> None:
    if node.value is None:
        run.results.append(Result(run.new(flow, Content(empty=True)), None, flow))
    else:
        value = expressions.evaluate(run, node.value, flow)
        run.results.append(Result(value, node.value, flow))


def _raise(run: Activation, node: t.Raise, flow: Store) -> None:
    return None


def _jump(run: Activation, node: t.Jump, flow: Store) -> Store | None:
    if node.kind == "pass":
        return flow
    if run.jumps:
        run.jumps[-1].append(flow)
    return None


# --- branches ------------------------------------------------------------------------------


def _if(run: Activation, node: t.If, flow: Store) -> Store | None:
    facts = expressions.test(run, node.test, flow)
    if facts.holds is not None:
        return block(run, node.body if facts.holds else node.orelse, flow)
    before = (flow.limited, flow.checked, flow.tested)
    first, second = _asked(flow, facts), _asked(flow, facts)
    first.present |= facts.present
    start = len(run.results)
    one = block(run, node.body, first)
    middle = len(run.results)
    two = block(run, node.orelse, second)
    for position, result in enumerate(run.results[start:], start):
        if result.expr is not None:
            run.lead(facts, result.expr, holds=position < middle)
    if one is not None and two is not None:
        _limit(run, facts.lengths, one, two)
    after = join((one, two))
    if after is not None:
        after.tested, after.present = before[2], flow.present
        if one is not None and two is not None:
            after.limited, after.checked = before[0], before[1]
            after.depth = flow.depth
        else:
            after.depth = flow.depth + 1
    return after


def _limit(run: Activation, keys: set[str], one: Store, two: Store) -> None:
    """Where a check of a length leads to a value without the old one, the other has a limit."""
    for flow, other in ((one, two), (two, one)):
        for name, value in flow.names.items() if keys else ():
            if name not in other.names or not flow.content(value).keys & keys:
                continue
            if other.content(other.names[name]).keys & keys:
                continue
            made = replace(flow.content(value), bounded=True)
            flow.names[name] = run.new(flow, made)


def _asked(flow: Store, facts: Facts) -> Store:
    """A branch's own flow, with what its condition says."""
    branch = flow.copy()
    branch.limited |= facts.lengths
    branch.checked |= facts.members
    branch.tested = frozenset(facts.keys)
    branch.depth += 1
    return branch


def _loop(
    run: Activation, body: t.Block, orelse: t.Block, flow: Store, enter: Callable[[Store], None]
) -> Store | None:
    """A body that runs never, once or again; once in the first round of a loop around it."""
    before = (flow.limited, flow.checked, flow.tested)
    current: Store = flow
    out: list[Store | None] = [flow]
    outer = run.session.is_first_round
    for is_first in (True,) if outer else (True, False):
        run.session.is_first_round = is_first
        run.jumps.append([])
        inside = current.copy()
        enter(inside)
        after = block(run, body, inside)
        left = run.jumps.pop()
        out.extend([after, *left])
        joined = join(out)
        assert joined is not None
        current = joined
    run.session.is_first_round = outer
    current.limited, current.checked, current.tested = before
    current.depth = flow.depth
    return block(run, orelse, current)


def _for(run: Activation, node: t.For, flow: Store) -> Store | None:
    value = expressions.evaluate(run, node.iterable, flow)
    known = comprehensions.rounds(run, node.target, node.iterable)
    parts = [content.parts for _, content in flow.contents(value)]
    if known is not None:
        return _unrolled(run, node, flow, [(env, None) for env in known])
    if len(value) == 1 and parts and parts[0] and len(parts[0]) <= _MAX_PARTS:
        return _unrolled(run, node, flow, [(run.env, part) for part in parts[0]])
    return _loop(
        run, node.body, node.orelse, flow,
        lambda inside: comprehensions.bind_items(run, node.target, value, inside),
    )  # fmt: skip


def _unrolled(
    run: Activation, node: t.For, flow: Store, rounds: list[tuple[Env, Refs | None]]
) -> Store | None:
    """A loop of which each round is known: one after the other."""
    env, depth = run.env, flow.depth
    value = expressions.evaluate(run, node.iterable, flow)
    current: Store | None = flow
    left: list[Store | None] = []
    for position, (inner, part) in enumerate(rounds):
        if current is None:
            break
        run.env = inner
        run.jumps.append([])
        given = part if part is not None else held.round_of(run, value, position, flow)
        comprehensions.bind(run, node.target, given, current)
        current = block(run, node.body, current)
        jumped = run.jumps.pop()
        left += jumped
        current = join((current, *jumped))
        if current is not None:
            current.depth = depth
    run.env = env
    after = block(run, node.orelse, current) if current is not None else None
    return join((after, *left))


def _while(run: Activation, node: t.While, flow: Store) -> Store | None:
    def enter(inside: Store) -> None:
        facts = expressions.test(run, node.test, inside)
        inside.limited |= facts.lengths
        inside.checked |= facts.members

    endless = isinstance(node.test, t.Constant) and bool(node.test.value)
    return _loop(run, node.body, () if endless else node.orelse, flow, enter)


def _with(run: Activation, node: t.With, flow: Store) -> Store | None:
    for item in node.items:
        value = expressions.evaluate(run, item.context, flow)
        own = inlining.special(run, item.context, "__enter__", [], value, item.context, flow)
        value = own if own is not None else value
        if item.target is not None:
            store(run, item.target, value, item.context, flow)
    return block(run, node.body, flow)


def _try(run: Activation, node: t.Try, flow: Store) -> Store | None:
    before = flow.copy()
    after = block(run, node.body, flow)
    broken = join((before, after))
    assert broken is not None
    if after is not None:
        after = block(run, node.orelse, after)
    handled = [block(run, handler.body, broken.copy()) for handler in node.handlers]
    joined = join((after, *handled))
    return block(run, node.final, joined) if joined is not None else None


def _match(run: Activation, node: t.Match, flow: Store) -> Store | None:
    subject = expressions.evaluate(run, node.subject, flow)
    branches: list[Store | None] = [flow]
    for case in node.cases:
        inside = flow.copy()
        inside.depth += 1
        for name in case.bound:
            inside.names[name.id] = _matched(run, subject, name, inside)
        if case.guard is not None:
            expressions.test(run, case.guard, inside)
        branches.append(block(run, case.body, inside))
    return join(branches)


def _matched(run: Activation, subject: Refs, name: t.Name, flow: Store) -> Refs:
    """What a name in a pattern may be bound to: the value of a key like it, else any item."""
    mappings = flow.mappings(subject)
    if any(mapping.base or name.id in mapping.entries for _, mapping in mappings):
        return expressions.take(run, subject, name.id, name, flow)
    return held.items(run, subject, flow) | subject


def _nothing(run: Activation, node: t.Statement, flow: Store) -> Store:
    return flow


_HANDLERS: dict[type, Callable[[Activation, Any, Store], Store | None]] = {
    t.ExprStatement: _expression,
    t.Assign: _assign,
    t.AugAssign: _augmented,
    t.Delete: _delete,
    t.Return: _return,
    t.Raise: _raise,
    t.Jump: _jump,
    t.If: _if,
    t.For: _for,
    t.While: _while,
    t.With: _with,
    t.Try: _try,
    t.Match: _match,
}
