"""Comprehensions: a copy of old items, some of them, or something made of each."""

from __future__ import annotations

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model import loop_rows
from lg_lint.model.state_flow import expressions, held
from lg_lint.model.state_flow.activation import Activation, Facts
from lg_lint.model.state_flow.lattice import Content, Mapping, Refs
from lg_lint.model.state_flow.store import Store
from lg_lint.program.values import Const, Env, Values

_MAX_ROUNDS = 12


def comprehension(run: Activation, node: t.Comprehension, flow: Store) -> Refs:
    """A new value with what the comprehension takes over from what it iterates."""
    whole = _without_keys(run, node, flow)
    if whole is not None:
        return run.new(flow, whole)
    unrolled = _unrolled(run, node, flow)
    if unrolled is not None:
        return unrolled
    outer = dict(flow.names)
    source, facts = Content(), Facts()
    before: tuple[t.Expr, Refs] | None = None
    for generator in node.generators:
        value = expressions.evaluate(run, generator.iterable, flow)
        iterated = flow.content(value)
        if not source.reads:
            source = _flattened(run, node, before, generator.iterable, flow) or iterated
        before = (generator.target, value)
        bind_items(run, generator.target, value, flow)
        for condition in generator.conditions:
            asked = expressions.test(run, condition, flow)
            facts.members |= asked.members
    made = expressions.evaluate(run, node.element, flow)
    content = flow.content(made)
    flow.names = outer
    run.facts.members |= facts.members
    conditions = any(generator.conditions for generator in node.generators)
    if content.removes:
        return run.new(flow, Content(removes=True, shape="list"))
    if not source.reads or run.session.limits is not None:
        inside = held.put_in(made, flow).held
        made_of = Content(
            maybe=source.maybe, unique=bool(facts.members), shape=_shape(node), held=inside
        )
        return run.new(flow, made_of)
    kept = _kept(run, node, source, content, conditions, bool(facts.members))
    return run.put(flow, replace(kept, parts=None, each=-1))


def _flattened(
    run: Activation,
    node: t.Comprehension,
    before: tuple[t.Expr, Refs] | None,
    iterable: t.Expr,
    flow: Store,
) -> Content | None:
    """`[x for part in parts for x in part]`: all items of the parts, in one list."""
    if before is None or not isinstance(iterable, t.Name):
        return None
    target, value = before
    if iterable.id not in _names(target):
        return None
    whole = held.flat(run, value, node, flow)
    return whole if whole.reads else None


def _unrolled(run: Activation, node: t.Comprehension, flow: Store) -> Refs | None:
    """`{key: ... for key in ("a", "b")}` with the rounds that it has; None for all else."""
    generator = node.generators[0]
    if node.kind != "dict" or node.key is None or len(node.generators) > 1:
        return None
    known = rounds(run, generator.target, generator.iterable)
    if known is None or generator.conditions:
        return None
    mapping, outer, env = Mapping(), dict(flow.names), run.env
    iterated = expressions.evaluate(run, generator.iterable, flow)
    for position, run.env in enumerate(known):
        bind(run, generator.target, held.round_of(run, iterated, position, flow), flow)
        key = run.constant(node.key)
        if not isinstance(key, str):
            mapping = replace(mapping, open=True)
            continue
        value = expressions.evaluate(run, node.element, flow)
        mapping = mapping.with_entry(key, run.entry(value, node.key, node.element))
    run.env, flow.names = env, outer
    return run.new(flow, mapping)


def rounds(run: Activation, target: t.Expr, iterable: t.Expr) -> list[Env] | None:
    """What each round of a loop over a few literals binds its target to; None for other loops."""
    rows = loop_rows.rows(run.program, iterable, run.env)
    if rows is None or len(rows) > _MAX_ROUNDS:
        return None
    found = [loop_rows.bound(run.program, target, row) for row in rows]
    named = [{name: values for name, values in row.items() if _is_text(values)} for row in found]
    if not all(named):
        return None
    return [loop_rows.with_names(run.program, run.env, names) for names in named]


def _is_text(values: Values) -> bool:
    return len(values) == 1 and isinstance(values[0], Const) and isinstance(values[0].value, str)


def _kept(
    run: Activation,
    node: t.Comprehension,
    source: Content,
    made: Content,
    conditions: bool,
    asked: bool,
) -> Content:
    if not conditions:
        return replace(source, alias="", parent=None, item=False, shape=_shape(node))
    if _compares_identity(node):
        return replace(source, alias="", parent=None, item=False, unique=True, shape=_shape(node))
    trimmed = (*source.trimmed, run.site(node)) if made.item else source.trimmed
    return replace(
        source, alias="", parent=None, item=False, partial=True, trimmed=trimmed,
        unique=source.unique or asked, shape=_shape(node),
    )  # fmt: skip


def _compares_identity(node: t.Comprehension) -> bool:
    """`[x for x in old if x.id != new.id]`: makes room for an item that replaces an old one."""
    conditions = [test for generator in node.generators for test in generator.conditions]
    return bool(conditions) and all(
        isinstance(test, t.Compare)
        and test.ops == ("!=",)
        and not isinstance(test.comparators[0], t.Constant)
        for test in conditions
    )


def _shape(node: t.Comprehension) -> str:
    return {"generator": "list"}.get(node.kind, node.kind)


def bind_items(run: Activation, target: t.Expr, value: Refs, flow: Store) -> None:
    """Binds a loop's target to an item of what it runs over."""
    bind(run, target, held.items(run, value, flow), flow)


def bind(run: Activation, target: t.Expr, value: Refs, flow: Store) -> None:
    """Binds a loop's target to what it is in one round."""
    if isinstance(target, t.Name):
        flow.names[target.id] = value
        return
    if not isinstance(target, t.Sequence):
        for name in _names(target):
            flow.names[name] = value
        return
    parts = held.unpacked(run, value, target.items, target, flow)
    mappings = frozenset(index for index, _ in flow.mappings(value))
    for item, part in zip(target.items, parts, strict=True):
        bind(run, item.value if isinstance(item, t.Starred) else item, part | mappings, flow)


def _names(target: t.Expr) -> list[str]:
    return [node.id for node in t.walk(target) if isinstance(node, t.Name)]


def _without_keys(run: Activation, node: t.Comprehension, flow: Store) -> Mapping | None:
    """`{k: v for k, v in state.items() if k != "messages"}`: the state without some keys."""
    generator = node.generators[0]
    call = generator.iterable
    func = call.func if isinstance(call, t.Call) else None
    if node.kind != "dict" or not isinstance(func, t.Attribute):
        return None
    if container_methods().named(func.attr).gives != "items":
        return None
    mappings = flow.mappings(expressions.evaluate(run, func.value, flow))
    if not mappings:
        return None
    mapping = replace(mappings[0][1], is_state=False)
    names = _names(generator.target)
    for condition in generator.conditions:
        excluded = _excluded(run, condition, names[0] if names else "")
        if excluded is None:
            return Mapping(open=True)
        for key in excluded:
            mapping = mapping.without(key)
    return mapping


def _excluded(run: Activation, condition: t.Expr, name: str) -> list[str] | None:
    """The keys that a condition on the key leaves out; None where it is no such condition."""
    if not any(isinstance(node, t.Name) and node.id == name for node in t.walk(condition)):
        return []
    if isinstance(condition, t.BoolOp) and condition.op == "and":
        left, right = (_excluded(run, side, name) for side in (condition.left, condition.right))
        return [*left, *right] if left is not None and right is not None else None
    if not isinstance(condition, t.Compare) or len(condition.ops) != 1:
        return None
    if not (isinstance(condition.left, t.Name) and condition.left.id == name):
        return None
    other = condition.comparators[0]
    keys = other.items if isinstance(other, t.Sequence) else (other,)
    found = [run.constant(key) for key in keys]
    if condition.ops[0] not in ("!=", "not in") or not all(isinstance(key, str) for key in found):
        return None
    return [key for key in found if isinstance(key, str)]
