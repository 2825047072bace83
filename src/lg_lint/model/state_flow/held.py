"""What collections hold: values that go in as items, and items that come out again."""

from __future__ import annotations

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import expressions
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import NOTHING, OPAQUE, Content, Mapping, Refs
from lg_lint.model.state_flow.store import Store
from lg_lint.program.values import Const


def put_in(value: Refs, flow: Store) -> Content:
    """What a value is for a collection that takes it as an item."""
    made = element(flow.content(value), flow)
    return replace(made, held=OPAQUE.union(index for index in value if _is_held(flow, index)))


def _is_held(flow: Store, index: int) -> bool:
    cell = flow.cells[index]
    return index > 0 and not (isinstance(cell, Content) and cell.item)


def element(content: Content, flow: Store) -> Content:
    """An item of a display, for the whole: an old item, a marker, or something new.

    Where each item of a loop goes in, all do.
    """
    if content.item:
        partial = content.partial or content.each != flow.depth
        return replace(content, partial=partial, shape="", each=-1 if partial else content.each)
    return Content(removes=content.removes, clears=content.clears)


def items(run: Activation, value: Refs, flow: Store) -> Refs:
    """What a loop over a value binds its target to."""
    found = OPAQUE
    for index in sorted(value):
        cell = flow.cells[index]
        if isinstance(cell, Mapping):
            cell = cell.rest
        if not isinstance(cell, Content):
            continue
        found |= cell.held.union(*(cell.parts or ()))
        if cell.reads and cell.shape not in ("str", "number"):
            made = Content(
                reads=cell.reads, item=True, each=flow.depth, partial=cell.partial,
                bounded=cell.bounded, trimmed=cell.trimmed,
            )  # fmt: skip
            found |= run.new(flow, made)
    return found


def values_of(mapping: Mapping) -> Refs:
    """All values of a dict."""
    return mapping.rest.held.union(*(entry.value for entry in mapping.entries.values()))


def item_at(run: Activation, value: Refs, index: t.Expr, flow: Store) -> Refs:
    """`value[index]`, where the index is no text."""
    position = run.constant(index)
    found = OPAQUE
    for cell_index in sorted(value):
        cell = flow.cells[cell_index]
        if isinstance(cell, Mapping):
            found |= picked(run, cell_index, cell, flow)
        if not isinstance(cell, Content):
            continue
        count = len(cell.parts or ())
        if cell.parts and isinstance(position, int) and -count <= position < count:
            found |= cell.parts[position]
            continue
        found |= cell.held
        is_new = isinstance(position, int) and -cell.tail <= position < 0
        if cell.reads and not is_new:
            found |= run.new(flow, Content(reads=cell.reads, item=True, bounded=True))
    return found


def picked(run: Activation, index: int, mapping: Mapping, flow: Store) -> Refs:
    """`mapping[key]` with a key that is not known: any of its values, or a new one."""
    found = values_of(mapping)
    if mapping.makes and not mapping.rest.held:
        made = run.new(flow, Content(empty=True, shape=mapping.makes))
        rest = replace(mapping.rest, held=mapping.rest.held | made, empty=False)
        flow.cells[index] = replace(mapping, rest=rest, open=True)
        found |= made
    return found


def flat(run: Activation, value: Refs, node: t.Node, flow: Store) -> Content:
    """The collections that a value holds as one: of `sum(parts, [])`, `chain(*parts)`."""
    parts: list[Content] = []
    for _, cell in flow.contents(value):
        if cell.parts is not None:
            parts += [flow.content(part) for part in cell.parts]
        elif cell.held:
            parts += [flow.content(frozenset((index,))) for index in sorted(cell.held)]
        elif cell.reads:
            parts.append(cell)
    if not parts:
        return NOTHING
    joined = expressions.join_parts(run, parts, node, flow)
    return replace(joined, alias="", parent=None)


def unpacked(
    run: Activation, value: Refs, targets: tuple[t.Expr, ...], node: t.Node, flow: Store
) -> list[Refs]:
    """What each target of `a, *b = value` is given."""
    star = next((at for at, item in enumerate(targets) if isinstance(item, t.Starred)), None)
    found = [OPAQUE] * len(targets)
    for index in sorted(value):
        cell = flow.cells[index]
        if not isinstance(cell, Content):
            continue
        parts = _parts(cell, len(targets), star)
        for position in range(len(targets)):
            if parts is not None:
                found[position] |= _part(run, parts, position, star, len(targets), flow)
            elif position == star:
                whole = replace(cell, alias="", parent=None, each=-1)
                if len(targets) > 1:
                    whole = replace(whole, bounded=bool(cell.reads))
                found[position] |= run.put(flow, replace(whole, shape="list"))
            else:
                found[position] |= cell.held
                if cell.reads and cell.item:
                    found[position] |= frozenset((index,))
                elif cell.reads:
                    item = Content(reads=cell.reads, item=True, each=cell.each)
                    found[position] |= run.new(flow, item)
    return found


def _parts(cell: Content, count: int, star: int | None) -> tuple[Refs, ...] | None:
    if cell.parts is None:
        return None
    fits = len(cell.parts) == count if star is None else len(cell.parts) >= count - 1
    return cell.parts if fits else None


def _part(
    run: Activation,
    parts: tuple[Refs, ...],
    position: int,
    star: int | None,
    count: int,
    flow: Store,
) -> Refs:
    if star is None or position < star:
        return parts[position]
    if position > star:
        return parts[position - count]
    return sequence(run, parts[star : len(parts) - (count - star - 1)], flow)


def sequence(run: Activation, parts: tuple[Refs, ...], flow: Store) -> Refs:
    """A new list or tuple of these."""
    inner = [put_in(part, flow) for part in parts]
    held = OPAQUE.union(*(part.held for part in inner))
    return run.new(flow, Content(held=held, parts=parts, empty=not parts, shape="list"))


def constants(run: Activation, expr: t.Expr) -> list[str] | None:
    """The texts that an expression may be; None where it may be something else."""
    values = run.infer(expr)
    found = [
        value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)
    ]
    return found if found and len(found) == len(values) else None


def round_of(run: Activation, value: Refs, position: int, flow: Store) -> Refs:
    """What a loop over a value binds its target to in one round."""
    found = OPAQUE
    for _, cell in flow.contents(value):
        if cell.parts is not None and position < len(cell.parts):
            found |= cell.parts[position]
    return found
