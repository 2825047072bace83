"""What a part of a run may take, in processor time and memory; one that wants more is given up.

A clock of the system counts the time that this process computes, not what others do meanwhile: what
is given up does not depend on how busy a machine is. Where there is no such clock (on Windows, or
in a thread that is not the first one), nothing is given up.
"""

from __future__ import annotations

import time
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_TICK = 0.1
_PEACE = 0.5
"""How much of its budget a part may take on its way out."""


class GaveUp(BaseException):
    """Raised anywhere in a part of a run that has taken what it may: `str()` of it says what.

    No Exception, so that no handler in that part hides it.
    """


class Budget:
    """Seconds of processor time, and bytes of memory beyond what the process has taken so far."""

    def __init__(self, seconds: float, memory: int) -> None:
        self.seconds = seconds
        self.memory = memory

    def times(self, factor: float) -> Budget:
        """The same budget so many times over."""
        return Budget(self.seconds * factor, round(self.memory * factor))


class _Part:
    """A part of a run that is at work: where its budget ends."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.latest = time.process_time() + budget.seconds
        self.most = _peak() + budget.memory
        self.is_held = False

    def check(self) -> None:
        """Raises GaveUp where the budget is used up."""
        if self.is_held:
            return
        now, peak = time.process_time(), _peak()
        if now > self.latest:
            reason = f"{self.budget.seconds:g} s of processor time"
        elif peak > self.most:
            reason = f"{self.budget.memory / 1e6:,.0f} MB of memory"
        else:
            return
        # What it leaves is undone in peace: a second one would break off what ends the part.
        self.latest = max(self.latest, now) + _PEACE * self.budget.seconds
        self.most = max(self.most, peak) + round(_PEACE * self.budget.memory)
        raise GaveUp(f"it takes more than {reason}")


_parts: list[_Part] = []


@contextmanager
def within(budget: Budget) -> Iterator[None]:
    """A block that raises GaveUp, at any point of it, once it has taken more than `budget`.

    Of blocks inside each other the innermost counts, and what it takes is not the others'.
    """
    before, peak = time.process_time(), _peak()
    is_first = not _parts
    _parts.append(_Part(budget))
    depth = len(_parts)
    try:
        if is_first:
            _start()
        yield
    finally:
        del _parts[depth - 1 :]
        if is_first:
            _stop()
        else:
            _parts[-1].latest += time.process_time() - before
            _parts[-1].most += _peak() - peak


@contextmanager
def whole() -> Iterator[None]:
    """A block that is never left half done: it ends before its part is given up."""
    part = _parts[-1] if _parts else None
    if part is None or part.is_held:
        yield
        return
    part.is_held = True
    try:
        yield
    finally:
        part.is_held = False
    part.check()


def _tick(_signal: int, _frame: FrameType | None) -> None:
    if _parts:
        _parts[-1].check()


def _start() -> None:
    import signal

    if not hasattr(signal, "setitimer"):
        return
    try:
        if signal.getsignal(signal.SIGPROF) in (signal.SIG_DFL, _tick):
            signal.signal(signal.SIGPROF, _tick)
            signal.setitimer(signal.ITIMER_PROF, _TICK, _TICK)
    except ValueError:  # not the first thread
        return


def _stop() -> None:
    """The handler stays: a signal that is still on its way would end the process."""
    import signal

    if hasattr(signal, "setitimer") and signal.getsignal(signal.SIGPROF) is _tick:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _peak() -> int:
    """The most memory that the process has held, in bytes."""
    try:
        import resource
    except ImportError:
        return 0
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
