"""The text of a file's bytes, where it has one that is short enough to be read."""

from __future__ import annotations

from lg_lint.deploy.place import Unread

MOST = 512 * 1024


def text_of(data: bytes) -> str | Unread:
    """The text, with `\\n` for every line's end; Unread where a file is too long or not text."""
    if len(data) > MOST:
        return Unread(1, "the file has more than 512 KiB")
    if b"\0" in data:
        return Unread(1, "the file is not text")
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")
