"""The rooms of the package and the imports between them, read from the source.

    python scripts/rooms.py

prints which room imports which, and the circles among modules. `docs/architecture.md` shows it as
a picture, which `scripts/generate.py` makes of `picture`; `tests/unit/test_rooms.py` holds the
arrows against the table `BELOW`.
"""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "src" / "lg_lint"
GROUND = "ground"
"""The package's own `__init__`: the version, and the record of an earlier run."""

DIVIDED = ("model", "program")
"""Rooms whose folders are rooms of their own."""


class Import(NamedTuple):
    """One module imports another, both named below the package: `model.graph`."""

    module: str
    imported: str


def room_of(module: str) -> str:
    """The room that a module stands in: its top folder, one level deeper in divided rooms."""
    parts = module.split(".")
    if module == "":
        return GROUND
    if parts[0] in DIVIDED and (PACKAGE / parts[0] / "/".join(parts[1:2])).is_dir() and parts[1:]:
        return ".".join(parts[:2])
    return parts[0]


@functools.cache
def modules() -> dict[str, Path]:
    """Each module's file by its name below the package; the package itself is ``""``."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def imports() -> tuple[Import, ...]:
    """All imports inside the package: at the top, in functions, and for type checking alone."""
    known = modules()
    return tuple(
        Import(module, name)
        for module, path in known.items()
        for name in sorted(set(_imported(path, known)))
        if name != module
    )


def _imported(path: Path, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from _named(node.module, [alias.name for alias in node.names], known)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _named(alias.name, [], known)


def _named(module: str, names: list[str], known: dict[str, Path]) -> Iterator[str]:
    if module.split(".")[0] != PACKAGE.name:
        return
    inner = module[len(PACKAGE.name) + 1 :]
    for name in names or [""]:
        whole = f"{inner}.{name}".strip(".")
        yield whole if name and whole in known else inner


def arrows() -> dict[tuple[str, str], list[Import]]:
    """The imports that leave a room, by the two rooms."""
    found = defaultdict(list)
    for each in imports():
        ends = (room_of(each.module), room_of(each.imported))
        if ends[0] != ends[1]:
            found[ends].append(each)
    return dict(sorted(found.items()))


def picture() -> str:
    """The rooms as a Mermaid flowchart, an arrow from each room to those that it stands on.

    An arrow that others imply is left out, as is `base`, which all rooms share.
    """
    below = defaultdict(set)
    for start, end in arrows():
        if end not in ("base", GROUND):
            below[start].add(end)
    rooms = sorted({room_of(module) for module in modules()} - {"base", GROUND})
    lines = [f"    {_id(room)}[{room}]" for room in rooms]
    lines += [
        f"    {_id(start)} --> {_id(end)}"
        for start in rooms
        for end in sorted(below[start])
        if not any(end in _reached(below, other) for other in below[start] - {end})
    ]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


def _id(room: str) -> str:
    return room.strip("_").replace(".", "_")


def _reached(below: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    queue = [start]
    while queue:
        fresh = below.get(queue.pop(), set()) - found
        found |= fresh
        queue += fresh
    return found


def circles(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The strongly connected components of more than one module, by Tarjan's algorithm."""
    following = defaultdict(list)
    for start, end in edges:
        following[start].append(end)
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for other in following[module]:
            if other not in order:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], order[other])
        if lowest[module] == order[module]:
            cut = stack.index(module)
            if len(stack) - cut > 1:
                found.append(sorted(stack[cut:]))
            del stack[cut:]

    for module in list(following):
        if module not in order:
            visit(module)
    return sorted(found)


def main() -> None:
    for (start, end), between in arrows().items():
        print(f"{start} -> {end} ({len(between)})")
    for circle in circles(imports()):
        print(f"circle of {len(circle)}: {', '.join(circle)}")


if __name__ == "__main__":
    main()
