"""Fixed files, written back as they were encoded."""

from __future__ import annotations

import io
import os
import tokenize
from pathlib import Path

from lg_lint.base import atomic, door
from lg_lint.base.containment import outside

_LARGEST = 64 << 20


class NotWrittenError(Exception):
    """A file that was left as it was, and why."""


def rewrite(path: Path, before: str, after: str, root: str) -> None:
    """Replace a file's text, with its encoding, byte order mark, line ends and mode.

    A symbolic link stays one: the file that it leads to is replaced, if it lies below `root`.
    Raises NotWrittenError where it does not, or where the file does not hold `before`.
    """
    leads_to = outside(path, root)
    if leads_to:
        raise NotWrittenError(f"it lies outside of the project, in {leads_to}")
    target = Path(os.path.realpath(path))
    try:
        old = door.read(target, _LARGEST)
        encoding = _encoding(old)
        if _decoded(old, encoding) != before:
            raise NotWrittenError("it was changed meanwhile")
        if not os.access(target, os.W_OK):
            raise NotWrittenError("it may not be written")
        atomic.write(target, after.encode(encoding))
    except (OSError, UnicodeError) as error:
        raise NotWrittenError(getattr(error, "strerror", None) or str(error)) from error


def _encoding(data: bytes) -> str:
    """The encoding of a Python file, which knows whether a byte order mark leads it."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        raise NotWrittenError(str(error)) from error


def _decoded(data: bytes, encoding: str) -> str:
    text = data.decode(encoding)
    if text.encode(encoding) != data:
        raise NotWrittenError(f"its {encoding} text has no single form")
    return text
