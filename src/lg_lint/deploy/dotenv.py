"""`.env` files: the names that they set, as Compose and python-dotenv read them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.words import value
from lg_lint.deploy.yaml_nodes import MOST_BYTES, decoded

MOST_NAMES = 5_000
_MOST_LINES = 100
_assignment = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=[ \t]*(.*)", re.DOTALL)
_escapes = {"n": "\n", "t": "\t", "r": "\r"}


def read(
    data: bytes, path: str = "", variables: Mapping[str, Word] | None = None
) -> dict[str, Setting]:
    """The names that a file sets, the last one of a name counting.

    Names used in values are taken from the file itself, then from `variables`; a value with a name
    that is in neither is unknown. A file that is no text sets nothing.
    """
    if len(data) > MOST_BYTES or b"\0" in data:
        return {}
    found: dict[str, Setting] = {}
    lines = decoded(data).split("\n")
    at = 0
    while at < len(lines) and len(found) < MOST_NAMES:
        match = _assignment.match(lines[at])
        row = at + 1
        at += 1
        if match is None:
            continue
        text, literal, taken = _value(match[2], lines, at)
        at += taken
        setting: Setting | None = Setting(text, row, path)
        if not literal:
            setting = value(setting, {**(variables or {}), **found})
        if setting is not None:
            found[match[1]] = setting
    return found


def _value(text: str, lines: list[str], at: int) -> tuple[str, bool, int]:
    """A value, whether its dollars are no variables, and how many further lines it took."""
    quote = text[:1]
    if quote not in ("'", '"'):
        return re.split(r"(?<!\s)\s+#|^#", text, maxsplit=1)[0].strip(), False, 0
    whole, taken = text, 0
    while not _closed(whole, quote) and at + taken < len(lines) and taken < _MOST_LINES:
        whole += "\n" + lines[at + taken]
        taken += 1
    if not _closed(whole, quote):
        return text.strip(), False, 0
    inner = _inner(whole, quote)
    return inner, quote == "'", taken


def _closed(text: str, quote: str) -> bool:
    return _end(text, quote) > 0


def _end(text: str, quote: str) -> int:
    at = 1
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 1
        elif text[at] == quote:
            return at
        at += 1
    return -1


def _inner(text: str, quote: str) -> str:
    inner = text[1 : _end(text, quote)]
    if quote == "'":
        return inner
    return re.sub(r"\\(.)", lambda match: _escapes.get(match[1], match[1]), inner, flags=re.DOTALL)
