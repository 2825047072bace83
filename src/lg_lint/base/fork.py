"""Work that another process does beside this one."""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn, TypeVar

    T = TypeVar("T")


def available() -> int:
    """How many processes run side by side here."""
    if sys.platform != "linux":  # elsewhere a process costs more than it gains
        return 1
    return len(os.sched_getaffinity(0))


def map_in_two(compute: Callable[[T], Any], items: Sequence[T]) -> list[Any]:
    """`compute` of each item, of every second one in a copy of this process, if one is to be had.

    What it gives must be fit for `marshal`; what it changes there, nobody sees here.
    """
    elsewhere = items[1::2]
    try:
        child = _Child(lambda: marshal.dumps([compute(item) for item in elsewhere]))
    except OSError:
        return [compute(item) for item in items]
    try:
        found = [compute(item) for item in items[::2]]
    finally:
        answer = child.answer()
    others = [compute(item) for item in elsewhere] if answer is None else marshal.loads(answer)
    results = [None] * len(items)
    results[::2], results[1::2] = found, others
    return results


class _Child:
    """`compute()` in a copy of this process, begun at once. Raises OSError where there is none."""

    def __init__(self, compute: Callable[[], bytes]) -> None:
        if available() < 2:
            raise ChildProcessError("there is no processor for it")
        self._answers, end = os.pipe()
        try:
            self._process = os.fork()
        except OSError:
            os.close(self._answers)
            os.close(end)
            raise
        if not self._process:
            os.close(self._answers)  # so that writing ends where the parent has
            _answer(end, compute)
        os.close(end)

    def answer(self) -> bytes | None:
        """What was computed; None where that was not to be had. To be asked for once."""
        with open(self._answers, "rb", buffering=0) as answers:
            data = answers.readall()
        _, status = os.waitpid(self._process, 0)
        return data if status == 0 else None


def _answer(end: int, compute: Callable[[], bytes]) -> NoReturn:
    status = 1
    try:
        with open(end, "wb") as answers:
            answers.write(compute())
        status = 0
    finally:
        os._exit(status)
