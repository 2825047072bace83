"""What is wrong with settings, and where."""

from __future__ import annotations


class SettingsError(Exception):
    """Settings that cannot be used, with the file and row where they are known."""

    def __init__(self, message: str, path: str | None = None, row: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.row = row

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.row) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class InvalidValueError(ValueError):
    """A value that an option does not take; `word` is the text to look for in the file."""

    def __init__(self, message: str, word: str = "") -> None:
        super().__init__(message)
        self.word = word
