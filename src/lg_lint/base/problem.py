"""What stands in the way of a run."""

from __future__ import annotations


class Problem:
    """Something that the user must mend: a missing path, an unreadable file, broken settings."""

    def __init__(self, message: str, path: str | None = None) -> None:
        self.message = message
        self.path = path
