"""The services of a compose file and the folders that they are built from.

Only what decides that is read: keys by their indentation, in the block `services`.
"""

from __future__ import annotations

import os
import re

from lg_lint.base import door

_MAX_SIZE = 256 * 1024
_LINE = re.compile(r"( *)([\w.-]+):(?:[ \t]+(.*))?")
_INLINE = re.compile(r"\{.*?context:\s*([^,}\s]+)")


def services(path: str) -> dict[str, str]:
    """Each service, also by the other names that it has, with the folder that it is built in."""
    try:
        text = door.head(path, _MAX_SIZE)[0].decode(errors="replace")
    except OSError:
        return {}
    found: dict[str, str] = {}
    names: list[str] = []
    keys: list[tuple[int, str]] = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line.split(" #")[0].rstrip())
        if match is None:
            continue
        indent, key, value = len(match[1]), match[2], (match[3] or "").strip("\"' ")
        keys = [(depth, name) for depth, name in keys if depth < indent]
        above = [name for _, name in keys]
        keys.append((indent, key))
        if above == ["services"]:
            names = [key]
        elif (
            above[:1] == ["services"] and len(above) == 2 and key in ("hostname", "container_name")
        ):
            names.append(value)
        context = _context(above, key, value)
        if context is not None:
            folder = os.path.normpath(os.path.join(os.path.dirname(path), context))
            found.update(dict.fromkeys(names, folder))
    return found


def _context(above: list[str], key: str, value: str) -> str | None:
    """The folder that a line names as the place where a service is built."""
    if len(above) == 2 and above[0] == "services" and key == "build" and value:
        inline = _INLINE.match(value)
        return inline[1].strip("\"'") if inline else value
    built = len(above) == 3 and above[0] == "services" and above[2] == "build"
    return value if built and key == "context" and value else None
