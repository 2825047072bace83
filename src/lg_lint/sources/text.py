"""The Python text of a file, decoded as the interpreter would, with the cells of a notebook."""

from __future__ import annotations

import os

from lg_lint.base import door
from lg_lint.sources.source import Source, SourceError

NOTEBOOK_SUFFIX = ".ipynb"
_OUTPUT_SHARE = 20
"""A notebook may be this much larger than its code: outputs hold images."""

_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_UTF_8 = frozenset(
    {b"# -*- coding: utf-8 -*-", b"# -*- coding: UTF-8 -*-", b"# coding: utf-8", b"# coding=utf-8"}
)
"""The usual lines that say what goes without saying."""
_USUAL = (
    "utf-8", "ascii", "iso8859", "iso2022", "cp", "koi8", "mac", "gb", "big5", "euc", "shift_jis",
    "hz", "johab", "tis-620", "ptcp154", "kz1048", "hp-roman8",
)  # fmt: skip
"""How the names of encodings begin. Others are no text, or take the square of it to be read."""
_LINE_END = r"\r\n|\n|\r"


def load(path: str, max_size: int) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, as many as `decode` takes and one more. Raises OSError."""
    most = max_size * _OUTPUT_SHARE if path.endswith(NOTEBOOK_SUFFIX) else max_size
    return door.head(path, most + 1)


def decode(data: bytes, *, notebook: bool, max_size: int) -> Source:
    """The text of a file's bytes. Raises SourceError."""
    if not notebook:
        _check_size(len(data), max_size)
        return Source(_decode_python(data))
    from lg_lint.sources.notebook import join_cells

    _check_size(len(data), max_size * _OUTPUT_SHARE)
    source = join_cells(_decode_as(data, "utf-8"))
    _check_size(len(source.text), max_size)
    _check_nul(source.text)
    return source


def _decode_python(data: bytes) -> str:
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise SourceError(1, 1, f"the file is encoded as {name}; Python reads UTF-8")
    text = _decode_as(data, _declared_encoding(data))
    _check_nul(text)
    return text


def _declared_encoding(data: bytes) -> str:
    head = data[:1000].splitlines()[:2]
    if all(line in _UTF_8 for line in head if b"coding" in line):
        return "utf-8"
    import codecs
    import io
    import tokenize

    row = 1 if b"coding" in head[0] else 2
    try:
        name = tokenize.detect_encoding(io.BytesIO(b"\n".join(head)).readline)[0]
        if not codecs.lookup(name).name.startswith(_USUAL):
            raise SourceError(
                row, 1, f'"{name}" is not an encoding of text that code is written in'
            )
        return name
    except (LookupError, UnicodeError):  # from Python 3.14 on it tries what is declared
        raise SourceError(row, 1, "what is declared is not an encoding of text") from None
    except SyntaxError as error:
        message = str(error)
        if message.startswith("invalid or missing"):
            return "utf-8"  # the first undecodable byte says it better
        raise SourceError(row, 1, message) from None


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        row, column = _position(data[: error.start].decode(encoding, errors="replace"))
        byte = data[error.start]
        raise SourceError(row, column, f"byte 0x{byte:02x} is not valid {encoding}") from None
    except (LookupError, UnicodeError):
        raise SourceError(1, 1, f'"{encoding}" is not an encoding of text') from None


def _check_nul(text: str) -> None:
    at = text.find("\0")
    if at >= 0:
        raise SourceError(*_position(text[:at]), "source code cannot hold NUL bytes")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise SourceError(1, 1, f"the file is larger than max-file-size allows ({limit:,} bytes)")


def _position(before: str) -> tuple[int, int]:
    """Row and column of the character that follows `before`."""
    import re

    lines = re.split(_LINE_END, before.removeprefix("\ufeff"))
    return len(lines), len(lines[-1]) + 1


def compiles(text: str) -> bool:
    """Whether this Python can compile a text."""
    import warnings

    from lg_lint.base.nesting import too_much

    if too_much(text) is not None:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
