"""Which files take part: seeds, what they import, and who imports them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lg_lint.program.modules import ModuleFinder

_IMPORT = re.compile(
    r"[ \t]*(?:from[ \t]+(?P<module>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#;]+)"
    r"|import[ \t]+(?P<plain>[\w., \t]+))"
)
_WORD = re.compile(r"\w+")


def importers(
    finder: ModuleFinder, files: Iterable[str], text: Callable[[str], str], seeds: Iterable[str]
) -> set[str]:
    """The seeds and every file that imports one of them, directly or through others.

    `text` gives the text of a file.
    """
    imported_by: dict[str, set[str]] = {}
    for path in files:
        for target in imports(finder, path, text(path)):
            imported_by.setdefault(target, set()).add(path)
    found = set(seeds)
    queue = list(found)
    while queue:
        for path in imported_by.get(queue.pop(), ()):
            if path not in found:
                found.add(path)
                queue.append(path)
    return found


def _statements(text: str) -> Iterator[re.Match[str]]:
    """Lines that start with an import statement, in strings too."""
    at = text.find("import")
    while at >= 0:
        found = _IMPORT.match(text, text.rfind("\n", 0, at) + 1)
        if found is not None:
            yield found
            at = max(at, found.end())
        line_end = text.find("\n", at)
        at = text.find("import", line_end) if line_end >= 0 else -1


def imports(finder: ModuleFinder, path: str, text: str) -> set[str]:
    """The files that a file's import statements name, submodules included."""
    found: set[str | None] = set()
    for match in _statements(text):
        plain = match["plain"]
        if plain is not None:
            for part in plain.split(","):
                dotted = part.split(" as ")[0].strip()
                if dotted:
                    found.add(finder.absolute(dotted, path))
            continue
        dotted = match["module"]
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        base = finder.relative(name, level, path) if level else finder.absolute(name, path)
        if base is None:
            continue
        found.add(base)
        folder = base.rpartition("/")[0] if base in finder.files else base
        if base not in finder.files or base.endswith("__init__.py"):
            for word in _WORD.findall(match["names"]):
                found.add(finder.submodule(folder, word))
    return {target for target in found if target is not None and target in finder.files}
