"""Questions that need each other: the answers are the least that hold, whoever was asked first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_lint.program.memo import Memo

Needs = dict[int, list[int]]

LONG = 1_000


class Sums:
    """Each question's answer is its own number, with all answers of the questions it needs."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.memo = Memo()
        self.table: dict[Any, frozenset[int]] = {}
        self.computed = 0

    def ask(self, number: int) -> frozenset[int]:
        if number in self.table:
            return self.table[number]
        return self.memo.ask(self.table, number, frozenset(), self._compute, number)

    def _compute(self, number: int) -> frozenset[int]:
        self.computed += 1
        found = frozenset({number})
        for other in self.needs[number]:
            found |= self.ask(other)
        return found


def reached(needs: Needs, start: int) -> frozenset[int]:
    found, queue = {start}, [start]
    while queue:
        for other in needs[queue.pop()]:
            if other not in found:
                found.add(other)
                queue.append(other)
    return frozenset(found)


@st.composite
def graphs(draw: st.DrawFn) -> Needs:
    count = draw(st.integers(1, 12))
    numbers = st.integers(0, count - 1)
    return {each: draw(st.lists(numbers, max_size=4)) for each in range(count)}


@given(needs=graphs(), data=st.data())
@settings(max_examples=300, deadline=None)
def test_answers_are_the_least_that_hold_in_any_order(needs: Needs, data: st.DataObject) -> None:
    order = data.draw(st.permutations(sorted(needs)))
    sums = Sums(needs)
    for number in order:
        assert sums.ask(number) == reached(needs, number)
    assert sums.table == {number: reached(needs, number) for number in needs}


def test_what_is_known_is_not_computed_again() -> None:
    sums = Sums({0: [1, 2], 1: [2], 2: []})
    for _ in range(3):
        sums.ask(0)
    assert sums.computed == 3


@pytest.mark.parametrize("last", [[], [0], [LONG // 2]], ids=["chain", "circle", "half a circle"])
def test_a_long_chain_is_answered_whole(last: list[int]) -> None:
    needs = {number: [number + 1] for number in range(LONG)} | {LONG: last}
    sums = Sums(needs)
    assert sums.ask(0) == frozenset(range(LONG + 1))
    assert sums.ask(LONG) == reached(needs, LONG)
    assert sums.computed < 6 * LONG


def test_a_part_that_was_given_up_leaves_nothing_half_known() -> None:
    sums = Sums({0: [1, 3], 1: [2], 2: [0, 1], 3: []})
    compute = sums._compute

    def failing(number: int) -> frozenset[int]:
        if number == 3:
            raise KeyboardInterrupt
        return compute(number)

    sums._compute = failing  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        sums.ask(0)
    assert not sums.table
    sums._compute = compute  # type: ignore[method-assign]
    assert sums.ask(2) == frozenset(range(4))


def test_an_answer_that_never_settles_ends() -> None:
    memo = Memo()
    table: dict[Any, int] = {}

    def count() -> int:
        return table.get("count") or memo.ask(table, "count", 0, count) + 1

    assert memo.ask(table, "count", 0, count) > 0
    assert "count" in table
