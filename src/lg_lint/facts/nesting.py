"""Room for the recursion that deeply nested code needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FRAMES = 6000


@contextmanager
def room_for_nesting() -> Iterator[None]:
    """Raises the limit of recursion while the block runs."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
