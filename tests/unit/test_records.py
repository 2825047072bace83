"""Records behave as dataclasses do, but for assignments to frozen ones."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field, replace
from typing import Any

import pytest

from lg_lint.records import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    note: str = field(default="", compare=False)
    near: list[Point] = field(default_factory=list, hash=False, repr=False)


@dataclass
class Box:
    """Compares its items."""

    items: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Named(Point):
    name: str = ""


@dataclass(eq=False)
class Token:
    text: str


@dataclass(frozen=True)
class Odd:
    number: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Odd) and self.number % 2 == other.number % 2

    def __hash__(self) -> int:
        return self.number % 2

    def __repr__(self) -> str:
        return "odd" if self.number % 2 else "even"


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int


def test_records_with_the_same_values_are_equal_and_hash_alike() -> None:
    for _ in range(2):  # compiled by the first call
        assert Point(1, 2, "a") == Point(1, 2, "b")
        assert Point(1, 2) != Point(1, 3)
        assert Point(1, near=[Point(2)]) != Point(1)
        assert Point(1) != "Point"
        assert hash(Point(1, near=[Point(2)])) == hash(Point(1, 0, "note"))
    assert {Point(1), Point(1), Point(2)} == {Point(1), Point(2)}
    assert Box([1]) == Box([1]) != Box([2])


def test_a_record_that_can_change_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Box())


def test_a_class_below_compares_its_own_fields_too() -> None:
    assert Named(1, name="a") == Named(1, name="a") != Named(1, name="b")
    assert Named(1) != Point(1)
    assert hash(Named(1, name="a")) == hash(Named(1, name="a"))


def test_what_a_class_says_itself_holds() -> None:
    assert Token("a") != Token("a")
    assert len({Token("a"), Token("a")}) == 2
    assert Odd(1) == Odd(3)
    assert len({Odd(1), Odd(3), Odd(2)}) == 2
    assert [repr(each) for each in (Odd(1), Odd(2))] == ["odd", "even"]
    assert Version(1, 2) < Version(1, 10)


def test_records_are_shown_copied_and_replaced_as_dataclasses_are() -> None:
    point = Point(1, 2, near=[Point(3)])
    assert repr(point) == "Point(x=1, y=2, note='')"
    box = Box()
    box.items.append(box)
    assert repr(box) == "Box(items=[...])"
    assert replace(point, y=5) == Point(1, 5, near=[Point(3)])
    assert copy.deepcopy(point) == point
    assert pickle.loads(pickle.dumps(point)) == point
    assert [each.name for each in dataclasses.fields(Named)] == ["x", "y", "note", "near", "name"]
    assert not hasattr(point, "__dict__")
