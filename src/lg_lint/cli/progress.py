"""What a long run is doing, on a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from lg_lint.base.counted import plural

if TYPE_CHECKING:
    from lg_lint.run.report import Report

DELAY = 1.0
"""Seconds after which a run is long."""
PAUSE = 0.1
_CLEAR = "\r\x1b[K"
_WORDS = {"read": "reading", "resolve": "parsing"}


class Progress:
    """One line that is written over: how many files each stage has seen."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._counts: Counter[str] = Counter()
        self._due = time.monotonic() + DELAY
        self._is_shown = False

    def __call__(self, stage: str) -> None:
        """Counts a file; writes the count from `DELAY` seconds on, every `PAUSE` seconds."""
        self._counts[stage] += 1
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + PAUSE
        self._is_shown = True
        files = plural(self._counts[stage], "file")
        self._stream.write(f"{_CLEAR}lg-lint: {_WORDS[stage]}, {files}")
        self._stream.flush()

    def clear(self) -> None:
        """Takes the line away, so that other output starts at its place."""
        if self._is_shown:
            self._stream.write(_CLEAR)
            self._stream.flush()


def watched(run: Callable[..., Report]) -> Callable[..., Report]:
    """The run, shown while it goes on, where the terminal that stderr is can do that."""
    if os.environ.get("TERM") == "dumb":
        return run

    def shown(**arguments: object) -> Report:
        progress = Progress(sys.stderr)
        try:
            return run(progress=progress, **arguments)
        finally:
            progress.clear()

    return shown
