"""What patterns in .gitignore style could mean, found out without regular expressions."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WILD = frozenset("*?[")


class Names:
    """The names of all files and folders that patterns name by their last part, and more.

    A pattern such as `logs/**` names by its last part but one: such folders, and all in them.
    """

    __slots__ = ("_ends", "_exact", "_folders", "_others", "_starts")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._folders: set[str] = set()
        parts: list[str] = []
        for pattern in patterns:
            folder = _opened(pattern)
            if folder:
                self._folders.add(folder)
            else:
                parts += _last_parts(pattern)
        exact = set(self._folders)
        starts: list[str] = []
        ends: list[str] = []
        self._others: list[str] = []
        for part in parts:
            if "\\" in part:
                starts.append(part[: min(map(part.find, _WILD & set(part) | {"\\"}))])
            elif _WILD.isdisjoint(part):
                exact.add(part)
            elif part[0] == "*" and _WILD.isdisjoint(part[1:]):
                ends.append(part[1:])
            elif part[-1] == "*" and _WILD.isdisjoint(part[:-1]):
                starts.append(part[:-1])
            else:
                self._others.append(part.replace("[^", "[!"))
        self._exact = frozenset(exact)
        self._starts = tuple(starts)
        self._ends = tuple(ends)

    def may_mean(self, path: str) -> bool:
        """Whether the patterns have to be asked about a file or folder."""
        folder, _, name = path.rpartition("/")
        if name in self._exact or name.startswith(self._starts) or name.endswith(self._ends):
            return True
        if self._folders and not self._folders.isdisjoint(folder.split("/")):
            return True
        if not self._others:
            return False
        from fnmatch import fnmatchcase

        return any(fnmatchcase(name, other) for other in self._others)


def _opened(pattern: str) -> str:
    """The folder all of whose entries a pattern means by stars alone; empty where it is another."""
    *_, folder, part = ("", *pattern.rstrip().removeprefix("!").rstrip("/").split("/"))
    is_plain = _WILD.isdisjoint(folder) and "\\" not in folder
    return folder if is_plain and part and not part.strip("*") else ""


def _last_parts(pattern: str) -> Iterator[str]:
    """The part behind the last slash, with each letter that one in brackets may be."""
    part = pattern.rstrip().removeprefix("!").rstrip("/").rpartition("/")[2]
    before, _, inside = part.partition("[")
    letters, closed, after = inside.partition("]")
    if closed and letters.isalnum() and "\\" not in part:
        yield from (f"{before}{letter}{after}" for letter in letters)
    else:
        yield part or "*"
