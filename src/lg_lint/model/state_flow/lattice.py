"""What a value holds of the state's old values: the abstract domain of the update interpreter.

A value is a set of cells (`Refs`), since a name may stand for several objects; the empty set is a
value that has nothing to do with the state. Cells live in a `Flow` and are replaced, never
changed, so that a branch works on a copy of the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from msgspec import Struct, field
from msgspec.structs import replace

from lg_lint.program.site import Site

Refs = frozenset[int]
MOST_PLACES = 100
"""Items that are told apart by their places; of a longer list what all of it holds is known."""

OPAQUE: Refs = frozenset()


class Content(Struct, frozen=True):
    """A list, dict, string, set or number, seen by what it holds of old values.

    `reads`: the keys whose old value it holds, with the place that read it; `maybe`: those that it
    may hold, as a call that is not understood was given them. `grown`: where something was added to
    an old value. `trimmed`: where a slice or a trimming function cut it. `bounded`: its length has
    a limit, or what it holds of the keys in `limits` has. `partial`: filtered; `unique`: additions
    are de-duplicated. `removes` and `clears`: it holds RemoveMessage markers, or replaces the
    channel whole. `counts`: a number was added to an old number; `falls`: taken from it. `holds`:
    whether it is truthy, where counters are at their limits; `origins`: the expressions that it may
    stand for then. `item`: an element of an old value, not a collection; `each`: of a loop over it,
    how many conditions held where it was bound. `alias`: the key whose own object it is, so that a
    change in place changes the state. `parent`: the cell that it is nested in. `held`: what a
    collection holds as items: objects, commands, other collections; `parts`: the items of a
    display, in order; `tail`: how many of the last items are new. `inside`: of a dict, only dicts
    that it holds grow, by keys of theirs.
    """

    reads: tuple[tuple[str, Site], ...] = ()
    maybe: tuple[tuple[str, Site], ...] = ()
    grown: tuple[Site, ...] = ()
    trimmed: tuple[Site, ...] = ()
    bounded: bool = False
    limits: frozenset[str] = frozenset()
    partial: bool = False
    unique: bool = False
    removes: bool = False
    clears: bool = False
    counts: bool = False
    falls: bool = False
    holds: bool | None = None
    origins: tuple[Site, ...] = ()
    merged: bool = False
    empty: bool = False
    item: bool = False
    each: int = -1
    shape: str = ""
    alias: str = ""
    parent: int | None = None
    held: Refs = OPAQUE
    tail: int = 0
    inside: bool = False
    parts: tuple[Refs, ...] | None = None

    @property
    def keys(self) -> frozenset[str]:
        """The keys whose old value it holds."""
        return frozenset(key for key, _ in self.reads)

    def read_of(self, key: str) -> Site | None:
        """Where the old value of a key was read; None where it holds none."""
        return next((site for name, site in self.reads if name == key), None)


NOTHING = Content()
NO_REST = Content(empty=True)


class Entry(Struct, frozen=True):
    """A value under a literal key; `optional` where some path leaves it out."""

    value: Refs
    key: Site
    written: Site
    optional: bool = False


class Mapping(Struct, frozen=True):
    """A dict or object with literal keys.

    `base`: every other key has the state's own value, but for `excluded`. `is_state`: it is the
    node's state object. `open`: it may hold keys that are not known. `rest`: what it holds under
    those, seen as one dict. `makes`: the shape of what a missing key gives, of a defaultdict.
    `is_object`: its keys are attributes.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    base: bool = False
    excluded: frozenset[str] = frozenset()
    is_state: bool = False
    open: bool = False
    rest: Content = NO_REST
    makes: str = ""
    is_object: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it is known to have no keys."""
        return not (self.entries or self.base or self.open) and self.rest.empty

    def with_entry(self, key: str, entry: Entry) -> Mapping:
        """The same mapping after a key was set."""
        entries = {**self.entries, key: entry}
        return replace(self, entries=entries, excluded=self.excluded - {key})

    def with_entries(self, entries: dict[str, Entry]) -> Mapping:
        """The same for several keys, the later ones last."""
        if not entries:
            return self
        made = {**self.entries, **entries}
        return replace(self, entries=made, excluded=self.excluded - entries.keys())

    def without(self, key: str) -> Mapping:
        """The same mapping after a key was taken out, or left out of a copy."""
        entries = {name: entry for name, entry in self.entries.items() if name != key}
        return replace(self, entries=entries, excluded=self.excluded | {key})


class Command(Struct, frozen=True):
    """`Command(update=...)`, or what an entrypoint saves; `ends` where it goes to END alone.

    `goto` is where it goes; None where it names nothing.
    """

    update: Refs
    site: Site
    saves: bool = False
    ends: bool = False
    goto: Refs | None = None


class Method(Struct, frozen=True):
    """`value.name` that is not called yet: `get = state.get`."""

    receiver: Refs
    name: str


AbstractObject = Union[Content, Mapping, Command, Method]


class Mutation(Struct, frozen=True):
    """A change of the state object itself: `kind` is "rebound", "in place" or "removed".

    `shortens` where it takes items out of the value.
    """

    key: str
    kind: str
    site: Site
    shortens: bool = False


# --- joins ---------------------------------------------------------------------------------


def merge_sites(groups: Iterable[tuple[Site, ...]]) -> tuple[Site, ...]:
    """All sites, each once, in order."""
    return tuple(dict.fromkeys(site for group in groups for site in group))


def merge_reads(parts: Iterable[Content]) -> tuple[tuple[str, Site], ...]:
    """All keys that are read, each with the first place that reads it."""
    return _by_key(part.reads for part in parts)


def merge_maybe(parts: Iterable[Content]) -> tuple[tuple[str, Site], ...]:
    """All keys that may be held, each with the first place that reads it."""
    return _by_key(part.maybe for part in parts)


def _by_key(groups: Iterable[tuple[tuple[str, Site], ...]]) -> tuple[tuple[str, Site], ...]:
    found: dict[str, Site] = {}
    for group in groups:
        for key, site in group:
            found.setdefault(key, site)
    return tuple(found.items())


def _joined_parts(parts: list[Content]) -> tuple[Refs, ...] | None:
    """The items by their places, where all have as many."""
    known = [part.parts for part in parts if part.parts is not None]
    if len(known) != len(parts) or len({len(items) for items in known}) != 1:
        return None
    return tuple(OPAQUE.union(*items) for items in zip(*known, strict=True))


def join_collections(parts: list[Content]) -> Content:
    """One of several: a limit on any of them is taken as meant for all."""
    if not parts:
        return NOTHING
    first = parts[0]
    if len(parts) == 1 or (first.reads and all(part == first for part in parts)):
        return first
    carriers = [part for part in parts if part.reads]
    shapes = {part.shape for part in parts} - {""}
    return Content(
        reads=merge_reads(parts),
        maybe=merge_maybe(parts),
        grown=merge_sites(part.grown for part in parts),
        trimmed=merge_sites(part.trimmed for part in parts),
        bounded=any(part.bounded for part in carriers),
        limits=frozenset().union(*(part.limits for part in parts)),
        partial=bool(carriers) and all(part.partial for part in carriers),
        unique=any(part.unique for part in parts),
        removes=any(part.removes for part in parts),
        clears=any(part.clears for part in parts),
        counts=any(part.counts for part in parts),
        falls=any(part.falls for part in parts),
        holds=first.holds if all(part.holds is first.holds for part in parts) else None,
        origins=merge_sites(part.origins for part in parts) if all_known(parts) else (),
        merged=any(part.merged for part in parts),
        empty=all(part.empty for part in parts),
        item=bool(carriers) and all(part.item for part in carriers),
        each=first.each if all(part.each == first.each for part in parts) else -1,
        shape=min(shapes, default=""),
        alias=first.alias if all(part.alias == first.alias for part in parts) else "",
        parent=first.parent if all(part.parent == first.parent for part in parts) else None,
        held=OPAQUE.union(*(part.held for part in parts)),
        parts=_joined_parts(parts),
        tail=min(part.tail for part in parts),
        inside=all(part.inside for part in parts),
    )


def all_known(parts: list[Content]) -> bool:
    """Whether of each part the expressions are known that it may stand for."""
    return all(part.origins for part in parts)


def concatenate(
    parts: list[Content],
    site: Site,
    *,
    limited: frozenset[str] = frozenset(),
    checked: frozenset[str] = frozenset(),
) -> Content:
    """Several parts in one collection.

    Growth in which each part that holds old values has a limit is bounded. `limited`: keys whose
    length was checked on the way here; `checked`: keys in which the new value was looked up.
    """
    carriers = [part for part in parts if part.reads]
    filled = [part for part in parts if not part.empty]
    shape = next((part.shape for part in parts if part.shape), "")
    removes = any(part.removes for part in parts)
    clears = any(part.clears for part in parts)
    held = OPAQUE.union(*(part.held for part in parts))
    maybe = merge_maybe(parts)
    if not carriers:
        grown = merge_sites(part.grown for part in parts)
        return Content(
            maybe=maybe, grown=(*grown, site) if maybe and len(filled) > 1 else grown,
            empty=bool(parts) and not filled, shape=shape, removes=removes, clears=clears,
            held=held,
        )  # fmt: skip
    reads = merge_reads(carriers)
    if any(part.shape == "number" for part in parts):
        falls = any(part.falls for part in carriers)
        return Content(reads=reads, counts=True, shape="number", falls=falls)
    keys = {key for key, _ in reads}
    grown = merge_sites(part.grown for part in parts)
    copied = [part for part in filled if part.item and part.keys <= _whole_keys(filled, part)]
    last = parts[-1]
    return Content(
        reads=reads,
        maybe=maybe,
        held=held,
        tail=last.tail if last.reads or not last.parts else len(last.parts),
        grown=(*grown, site) if len(filled) - len(copied) > 1 and site not in grown else grown,
        trimmed=merge_sites(part.trimmed for part in parts),
        bounded=all(part.bounded for part in carriers) or bool(keys & limited),
        limits=_limited(carriers),
        partial=all(part.partial or (part.item and part.each < 0) for part in carriers),
        unique=any(part.unique for part in parts) or bool(keys & checked),
        shape=shape,
        merged=any(part.merged for part in parts),
        removes=removes,
        clears=clears,
    )


def _limited(parts: list[Content]) -> frozenset[str]:
    """The keys of which each part that holds old values has a limit."""
    free = [part.keys - part.limits for part in parts if not part.bounded]
    keys = frozenset().union(*(part.keys for part in parts))
    return keys.difference(*free)


def _whole_keys(parts: list[Content], item: Content) -> frozenset[str]:
    """The keys that parts other than an item hold: more items of theirs are no growth."""
    return frozenset().union(*(part.keys for part in parts if part is not item))


def join_objects(left: AbstractObject, right: AbstractObject) -> AbstractObject:
    """The cell after two branches that left it in different shapes.

    It is the join of a semilattice: commutative but for the order in which places are told,
    associative, idempotent. A cell is below another one that says all that it may hold, and no
    more of what bounds it: the join of both is that other one then.
    """
    if left is right or left == right:
        return left
    if isinstance(left, Content) and isinstance(right, Content):
        return join_collections([left, right])
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _join_mappings(left, right)
    if isinstance(left, Command) and isinstance(right, Command):
        goto = (
            left.goto if left.goto == right.goto else (left.goto or OPAQUE) | (right.goto or OPAQUE)
        )
        return replace(left, update=left.update | right.update, goto=goto)
    if isinstance(left, Content) and isinstance(right, Mapping):
        return replace(right, rest=join_collections([left, right.rest]), open=True)
    if isinstance(left, Mapping) and isinstance(right, Content):
        return replace(left, rest=join_collections([left.rest, right]), open=True)
    return min(left, right, key=_rank)


def _rank(cell: AbstractObject) -> int:
    """Of cells that have nothing in common the one that writes an update counts."""
    return (Command, Method, Mapping, Content).index(type(cell))


def _join_mappings(left: Mapping, right: Mapping) -> Mapping:
    entries: dict[str, Entry] = {}
    for key in [*left.entries, *(key for key in right.entries if key not in left.entries)]:
        one, two = left.entries.get(key), right.entries.get(key)
        if one is not None and two is not None:
            latest = two if two.written != one.written else one
            entries[key] = replace(
                latest, value=one.value | two.value, optional=one.optional or two.optional
            )
        else:
            only = one or two
            assert only is not None
            entries[key] = replace(only, optional=True)
    return Mapping(
        entries,
        base=left.base or right.base,
        excluded=left.excluded & right.excluded,
        is_state=left.is_state and right.is_state,
        open=left.open or right.open,
        rest=join_collections([left.rest, right.rest]),
        makes=min(filter(None, (left.makes, right.makes)), default=""),
        is_object=left.is_object or right.is_object,
    )
