"""The join of what two branches leave: the laws of a semilattice, on many values."""

from __future__ import annotations

import random
from functools import reduce
from typing import Any

import pytest

from lg_lint.facts import tree as t
from lg_lint.model.state_flow.lattice import (
    AbstractObject,
    Command,
    Content,
    Entry,
    Mapping,
    join_collections,
    join_objects,
)
from lg_lint.program.site import Site
from lg_lint.program.values import Env

ENV = Env(None)  # type: ignore[arg-type]
SITES = [Site(t.Name((row << 40) + row, f"n{row}"), ENV) for row in range(1, 4)]
KEYS = ("a", "b", "c")
FLAGS = (
    "bounded", "partial", "unique", "removes", "clears", "counts", "falls", "merged", "empty", "item",
    "inside",
)  # fmt: skip


def content(source: random.Random) -> Content:
    """Any content: few values for each field, so that many pairs are equal or near."""

    def some(items: Any, most: int = 2) -> list[Any]:
        return source.sample(list(items), source.randint(0, most))

    parts = [frozenset(some(range(4))) for _ in range(source.randint(0, 2))]
    return Content(
        reads=tuple((key, SITES[0]) for key in sorted(some(KEYS))),
        maybe=tuple((key, SITES[0]) for key in sorted(some(KEYS))),
        grown=tuple(some(SITES)),
        trimmed=tuple(some(SITES)),
        limits=frozenset(some(KEYS)),
        holds=source.choice((None, True, False)),
        origins=tuple(some(SITES)),
        each=source.choice((-1, 0, 1)),
        shape=source.choice(("", "list", "dict")),
        alias=source.choice(("", "a", "b")),
        parent=source.choice((None, 1, 2)),
        held=frozenset(some(range(4))),
        tail=source.randint(0, 2),
        parts=source.choice((None, tuple(parts))),
        **{flag: source.random() < 0.5 for flag in FLAGS},
    )


def mapping(source: random.Random) -> Mapping:
    entries = {
        key: Entry(frozenset({source.randint(0, 3)}), SITES[0], SITES[0], source.random() < 0.3)
        for key in source.sample(KEYS, source.randint(0, 2))
    }
    return Mapping(
        entries,
        base=source.random() < 0.5,
        excluded=frozenset(source.sample(KEYS, source.randint(0, 2))),
        is_state=source.random() < 0.5,
        open=source.random() < 0.5,
        rest=content(source),
        makes=source.choice(("", "list", "dict")),
        is_object=source.random() < 0.5,
    )


def command(source: random.Random) -> Command:
    goto = source.choice((None, frozenset({1}), frozenset({2})))
    return Command(frozenset({source.randint(0, 3)}), SITES[0], goto=goto)


def any_of_them(source: random.Random) -> AbstractObject:
    return source.choice((content, mapping, command))(source)


MAKERS = {"contents": content, "mappings": mapping, "commands": command, "all": any_of_them}


def plain(value: AbstractObject) -> object:
    """A value without the order in which its places were found."""
    if isinstance(value, Mapping):
        entries = frozenset((key, each.value, each.optional) for key, each in value.entries.items())
        rest = plain(value.rest)
        return (
            entries,
            value.base,
            value.excluded,
            value.is_state,
            value.open,
            rest,
            value.makes,
            value.is_object,
        )
    if isinstance(value, Command):
        return (value.update, value.goto)
    assert isinstance(value, Content)
    sets = {
        name: frozenset(getattr(value, name))
        for name in ("reads", "maybe", "grown", "trimmed", "origins")
    }
    return tuple(sets.get(name, getattr(value, name)) for name in value.__struct_fields__)


def below(first: AbstractObject, second: AbstractObject) -> bool:
    return plain(join_objects(first, second)) == plain(second)


@pytest.mark.parametrize("kind", MAKERS)
def test_join_is_that_of_a_semilattice(kind: str) -> None:
    source = random.Random(7)
    for _ in range(60):
        one, two, three = (MAKERS[kind](source) for _ in range(3))
        both = join_objects(one, two)
        assert plain(join_objects(one, one)) == plain(one)
        assert plain(both) == plain(join_objects(two, one))
        assert plain(join_objects(both, three)) == plain(
            join_objects(one, join_objects(two, three))
        )
        assert below(one, both)
        assert below(two, both)
        assert below(join_objects(one, three), join_objects(both, three))


def test_many_at_once_are_joined_as_one_by_one() -> None:
    source = random.Random(8)
    for _ in range(60):
        parts = [content(source) for _ in range(source.randint(1, 4))]
        assert plain(join_collections(parts)) == plain(reduce(join_objects, parts))


def test_a_join_holds_what_either_holds() -> None:
    source = random.Random(9)
    for _ in range(60):
        one, two = content(source), content(source)
        both = join_collections([one, two])
        assert both.keys == one.keys | two.keys
        assert both.held == one.held | two.held
        assert set(both.grown) == {*one.grown, *two.grown}
