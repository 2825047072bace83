"""The state of the interpreter at one point: names, cells, and what has been checked so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress
from operator import is_not
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from lg_lint.model.state_flow.lattice import (
    NOTHING,
    OPAQUE,
    AbstractObject,
    Command,
    Content,
    Mapping,
    Method,
    Mutation,
    Refs,
    join_collections,
    join_objects,
    merge_sites,
)
from lg_lint.program.site import Site

K = TypeVar("K")
V = TypeVar("V")

NONE, NO_TEXT, TEXT, NUMBER = -1, -2, -3, -4
_LITERALS = {
    NONE: Content(empty=True),
    NO_TEXT: Content(empty=True, shape="str"),
    TEXT: Content(shape="str"),
    NUMBER: Content(shape="number"),
}


class Store(Struct):
    """`limited` and `checked`: keys whose length, or whose items, a condition on the way asked.

    `tested`: the keys that the innermost condition mentions. `present`: names of which a condition
    said that they are in a value of the state. `mutations`: changes of the state object so far.
    `depth`: how many conditions hold here that need not.
    """

    names: dict[str, Refs] = field(default_factory=dict)
    cells: dict[int, AbstractObject] = field(default_factory=dict)
    limited: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    mutations: tuple[Mutation, ...] = ()
    depth: int = 0

    def copy(self) -> Store:
        """A store for another branch; the cells themselves never change."""
        return Store(
            dict(self.names), dict(self.cells), self.limited, self.checked, self.tested,
            self.present, self.mutations, self.depth,
        )  # fmt: skip

    def part(self, given: Iterable[int]) -> Store:
        """A copy with those cells alone that the given ones lead to, and without names."""
        cells: dict[int, AbstractObject] = {}
        queue = list(given)
        while queue:
            index = queue.pop()
            if index not in cells and index in self.cells:
                cells[index] = self.cells[index]
                queue.extend(_parts(cells[index]))
        return Store(
            {}, cells, self.limited, self.checked, self.tested, self.present, self.mutations,
            self.depth,
        )  # fmt: skip

    # --- reading ---------------------------------------------------------------------------

    def content(self, value: Refs) -> Content:
        """What a value holds, whichever of its cells it is."""
        return self._content(value, {})

    def content_of(self, value: Refs, key: str) -> Content:
        """What a value holds of one key: what was done to old values of others does not count."""
        cells = [self.content(frozenset((index,))) for index in sorted(value)]
        if len(cells) < 2 or not any(key in cell.keys for cell in cells):
            content = self.content(value)
        else:
            content = join_collections(
                [cell if key in cell.keys else _without_reads(cell) for cell in cells]
            )
        return replace(content, bounded=True) if key in content.limits else content

    def _content(self, value: Refs, known: dict[int, Content]) -> Content:
        """The same; `known` is that of the cells asked for already, which others may hold too."""
        for index in value:
            if index not in known:
                known[index] = NOTHING
                known[index] = self._folded(self.cells[index], known)
        if len(value) == 1:
            (index,) = value
            return known[index]
        return join_collections([known[index] for index in sorted(value)])

    def _folded(self, cell: AbstractObject, known: dict[int, Content]) -> Content:
        if isinstance(cell, Content):
            return cell
        if isinstance(cell, (Command, Method)):
            return NOTHING
        nested = [self._content(entry.value, known) for entry in cell.entries.values()]
        carriers = [part for part in (*nested, cell.rest) if part.reads or part.maybe]
        if not carriers:
            clears = "__overwrite__" in cell.entries
            return Content(shape="dict", empty=cell.is_empty, clears=clears, held=cell.rest.held)
        return replace(
            join_collections(carriers), shape="dict", alias="", item=False, empty=False,
            clears="__overwrite__" in cell.entries, parts=None, parent=None,
            held=cell.rest.held, inside=_grows_inside(nested, cell.rest),
            bounded=all(part.bounded for part in carriers),
            grown=merge_sites(part.grown for part in carriers if not part.bounded),
        )  # fmt: skip

    def mappings(self, value: Refs) -> list[tuple[int, Mapping]]:
        """The cells of a value that are mappings, by their number."""
        return [
            (index, cell)
            for index in sorted(value)
            if isinstance(cell := self.cells[index], Mapping)
        ]

    def contents(self, value: Refs) -> list[tuple[int, Content]]:
        """The cells of a value that are contents, by their number."""
        return [
            (index, cell)
            for index in sorted(value)
            if isinstance(cell := self.cells[index], Content)
        ]

    def grows(self, value: Refs) -> bool:
        """Whether adding this to a dict may add keys: not where all its keys are literal."""
        cells = [self.cells[index] for index in value]
        if not cells:
            return True
        return any(
            cell.open or cell.base or not cell.rest.empty
            if isinstance(cell, Mapping)
            else not (isinstance(cell, Content) and cell.empty)
            for cell in cells
        )

    def literal(self, index: int) -> Refs:
        """A literal, which nothing changes in place: one cell for all of its kind."""
        self.cells.setdefault(index, _LITERALS[index])
        return frozenset((index,))

    def forget(self, since: int, before: dict[int, AbstractObject], kept: Iterable[int]) -> None:
        """Drops the cells made after `since` that neither a kept nor an older cell leads to.

        `before` are the older cells as they were: those that are still the same lead to no newer.
        """
        cells = self.cells
        newer = {index for index in cells if index > since}
        queue = [index for index in kept if index in newer]
        for index in _changed(before, cells):
            if index not in newer:
                queue.extend(_parts(cells[index]))
        while queue:
            index = queue.pop()
            if index in newer:
                newer.remove(index)
                queue.extend(_parts(cells[index]))
        for index in newer:
            del cells[index]

    # --- writing ---------------------------------------------------------------------------

    def change(self, index: int, content: Content, site: Site, *, certain: bool) -> None:
        """A change in place of one cell; of one among several where it is not certain which."""
        if index < 0:
            return
        old = self.cells[index]
        assert isinstance(old, Content)
        content = replace(content, alias=old.alias, parent=old.parent, parts=None)
        self.cells[index] = content if certain else join_collections([old, content])
        if old.alias:
            shortens = content.bounded or content.empty
            self.note(Mutation(old.alias, "in place", site, shortens))
        if old.parent is not None:
            self._carry(old.parent, content, site)

    def _carry(self, parent: int, content: Content, site: Site) -> None:
        """What happens to a nested value happens to the value that holds it."""
        above = self.cells.get(parent)
        if isinstance(above, Content):
            merged = replace(
                above,
                grown=merge_sites((above.grown, content.grown)),
                bounded=above.bounded or content.bounded,
                unique=above.unique or content.unique,
            )
            self.change(parent, merged, site, certain=True)

    def note(self, mutation: Mutation) -> None:
        """Keeps a change that is made to the state object."""
        if mutation not in self.mutations:
            self.mutations = (*self.mutations, mutation)


def _grows_inside(nested: list[Content], rest: Content) -> bool:
    grown = [part for part in nested if part.grown and part.reads]
    return bool(grown) and not rest.grown and all(part.shape == "dict" for part in grown)


def _without_reads(content: Content) -> Content:
    """The same as something new, whatever old values it is made of."""
    if not content.reads:
        return content
    return Content(
        removes=content.removes, clears=content.clears, shape=content.shape, held=content.held,
        maybe=content.maybe,
    )  # fmt: skip


def _changed(old: dict[K, V], new: dict[K, V]) -> Iterator[K]:
    """Where the second of two tables has another value than the first, or one more."""
    return compress(new, map(is_not, new.values(), map(old.get, new)))


def _parts(cell: AbstractObject) -> Iterable[int]:
    """The cells that a cell leads to."""
    if isinstance(cell, Content):
        inner = cell.held.union(*(cell.parts or ()))
        return inner if cell.parent is None else (*inner, cell.parent)
    if isinstance(cell, Command):
        return cell.update | (cell.goto or OPAQUE)
    if isinstance(cell, Method):
        return cell.receiver
    nested = [index for entry in cell.entries.values() for index in entry.value]
    return [*nested, *cell.rest.held]


def join(flows: Iterable[Store | None]) -> Store | None:
    """One flow after several branches; None where none of them goes on."""
    going = [flow for flow in flows if flow is not None]
    if not going:
        return None
    result = going[0].copy()
    for other in going[1:]:
        names, cells = result.names, result.cells
        for name in _changed(names, other.names):
            names[name] = names.get(name, OPAQUE) | other.names[name]
        for index in _changed(cells, other.cells):
            mine, cell = cells.get(index), other.cells[index]
            cells[index] = cell if mine is None else join_objects(mine, cell)
        result.depth = max(result.depth, other.depth)
        result.limited &= other.limited
        result.checked &= other.checked
        result.tested &= other.tested
        result.present &= other.present
        if result.mutations != other.mutations:
            result.mutations = tuple(dict.fromkeys((*result.mutations, *other.mutations)))
    return result
