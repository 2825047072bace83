"""How long inference keeps an answer."""

from __future__ import annotations

from typing import Any

from lg_lint.program.memo import LIMITED, TOO_DEEP, Memo, outside, question_bit


def test_an_answer_that_rests_on_nothing_is_kept_in_its_table() -> None:
    table: dict[Any, Any] = {}
    Memo().keep(table, "a", (1,), 0)
    assert table == {"a": (1,)}


def test_a_provisional_answer_holds_until_the_innermost_question_is_done() -> None:
    memo = Memo()
    table: dict[Any, Any] = {}
    rests = question_bit(0) | question_bit(3)
    memo.keep(table, "a", (1,), rests)
    memo.close(4)
    assert memo.recalled(table, "a") == (1,)
    assert memo.rests_on == rests
    memo.close(3)
    assert memo.recalled(table, "a") is None
    assert not table


def test_an_answer_of_a_level_is_for_that_level() -> None:
    memo = Memo(level=1)
    table: dict[Any, Any] = {}
    memo.keep(table, "a", (1,), LIMITED)
    memo.close(0)
    assert memo.recalled(table, "a") == (1,)
    memo.level = 2
    assert memo.recalled(table, "a") is None


def test_what_was_asked_too_deeply_is_asked_again() -> None:
    memo = Memo()
    table: dict[Any, Any] = {}
    memo.keep(table, "a", (1,), TOO_DEEP | question_bit(0))
    assert memo.recalled(table, "a") is None


def test_an_answer_does_not_rest_on_its_own_question() -> None:
    assert outside(question_bit(2) | question_bit(1), 2) == question_bit(1)
    assert outside(TOO_DEEP | LIMITED, 1) == TOO_DEEP | LIMITED
    assert outside(TOO_DEEP | LIMITED, 0) == LIMITED
