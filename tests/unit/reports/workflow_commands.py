"""Reads workflow commands as GitHub's runner does, from its description of them."""

from __future__ import annotations

import re
from typing import NamedTuple

DATA = {"%0D": "\r", "%0A": "\n"}
PROPERTY = {"%3A": ":", "%2C": ","}


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def commands(log: str) -> list[Command]:
    """The commands of a log. Only `\\n`, `\\r\\n` and `\\r` end its lines."""
    found = (_command(line) for line in re.split(r"\r\n|\n|\r", log))
    return [command for command in found if command is not None]


def _command(line: str) -> Command | None:
    head, found, message = line.lstrip().removeprefix("::").partition("::")
    if not line.lstrip().startswith("::") or not found:
        old = line.find("##[")
        return None if old < 0 else Command("old form", {}, line[old:])
    name, _, rest = head.partition(" ")
    properties = {}
    for pair in filter(None, rest.split(",")):
        key, _, value = pair.partition("=")
        properties[key.strip()] = _unescape(
            value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}
        )
    return Command(name, properties, _unescape(message, {"%0D": "\r", "%0A": "\n"}))


def _unescape(text: str, escapes: dict[str, str]) -> str:
    for escape, char in escapes.items():
        text = text.replace(escape, char)
    return text.replace("%25", "%")
