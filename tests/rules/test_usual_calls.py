"""Of the usual calls that wait, nearly all are known, and none of their async twins is reported."""

from __future__ import annotations

import pytest

from usual_calls import Call, judged

ENOUGH = 328
"""So many calls have to be in the lists for the share to mean something."""

SHARE = 0.95


@pytest.fixture(scope="module")
def calls() -> dict[Call, bool]:
    return judged()


def test_nearly_all_calls_that_wait_are_known(calls: dict[Call, bool]) -> None:
    known = [is_known for call, is_known in calls.items() if not call.is_async]
    assert len(known) >= ENOUGH
    assert sum(known) >= SHARE * len(known)


def test_no_async_twin_is_reported(calls: dict[Call, bool]) -> None:
    twins = [call for call in calls if call.is_async]
    assert twins
    assert not [call for call in twins if calls[call]]
