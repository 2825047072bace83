"""A place is the same packed and unpacked, whatever its size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_lint.facts.tree import Name, Span, packed, position

_row = st.one_of(st.integers(0, 1 << 22), st.sampled_from([(1 << 20) - 1, 1 << 20]))
_rows = st.one_of(st.integers(0, 1 << 16), st.sampled_from([(1 << 14) - 1, 1 << 14]))
_column = st.one_of(st.integers(0, 1 << 15), st.sampled_from([(1 << 13) - 1, 1 << 13]))


@given(_row, _column, _rows, _column)
def test_any_place(row: int, column: int, rows: int, end_column: int) -> None:
    span = (row, column, row + rows, end_column)
    node = Name(packed(*span), "name")
    assert node.span == span
    assert node.start == position(*span[:2])
    assert node.end == position(*span[2:])


@pytest.mark.parametrize("span", [(1, 1, 1, 1), ((1 << 20) - 1, 8191, (1 << 20) + 16382, 8191)])
def test_usual_places_are_numbers(span: Span) -> None:
    assert isinstance(packed(*span), int)
    assert packed(*span) < 1 << 60  # more takes a wider number
