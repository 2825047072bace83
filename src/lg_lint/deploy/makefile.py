"""Makefiles: the commands of each target, with the file's own variables in them."""

from __future__ import annotations

import re

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.services import Service, Services
from lg_lint.deploy.shell import Script, read_script
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import Environment

_ASSIGNMENT = re.compile(
    r"(?:export\s+|override\s+)*([A-Za-z_][\w.-]{0,200})\s*(::?=|\?=|\+=|=)\s*(.*)"
)
_TARGET = re.compile(r"([^\s:#=][^:#=\t]{0,300})::?(?!=)([^#=;]*)(=?)")
_VARIABLE = re.compile(r"\$(?:\(([\w.-]{1,200})\)|\{([\w.-]{1,200})\}|\$|([A-Za-z0-9_@<^?*+%]))")
_BRANCHES = ("ifeq", "ifneq", "ifdef", "ifndef")
_MOST, _LONGEST, _DEEPEST = 2000, 4096, 8


def read_makefile(data: bytes, environment: Environment | None = None) -> Services:
    """What each target runs. Any bytes are accepted.

    Each line of a recipe is a shell of its own. A variable of make that is not known stays in the
    text, and is unknown to the shell that reads it.
    """
    text = text_of(data)
    if isinstance(text, Unread):
        return Services(unread=(text,))
    reader = _Reader()
    for lines in _logical(text):
        reader.take(lines)
    room = [_LONGEST * 128]
    found = [
        _service(name, recipe, reader, environment or {}, room)
        for name, recipe in reader.recipes.items()
        if recipe or reader.needs[name]
    ]
    unread = [each for service in found for each in service.script.unread]
    return Services(tuple(found), tuple(unread[:20]))


def _logical(text: str) -> list[list[Word]]:
    """Lines with those that continue them."""
    found: list[list[Word]] = []
    is_continued = False
    for number, row in enumerate(text.split("\n"), 1):
        if is_continued:
            found[-1].append(Word(row, number))
        else:
            found.append([Word(row, number)])
        is_continued = row.endswith("\\") and not row.endswith("\\\\")
    return found


class _Reader:
    """The variables and recipes of a file; a variable that a branch gives is None."""

    def __init__(self) -> None:
        self.variables: dict[str, str | None] = {}
        self.recipes: dict[str, list[list[Word]]] = {}
        self.needs: dict[str, tuple[str, ...]] = {}
        self.lines: dict[str, int] = {}
        self._targets: list[str] = []
        self._branches = 0
        self._is_defining = False
        self._count = 0

    def take(self, lines: list[Word]) -> None:
        """Takes one line with those that continue it."""
        row = lines[0].text
        stripped = row.strip()
        first = stripped.partition(" ")[0]
        if self._is_defining or first == "define":
            self._is_defining = first != "endef"
        elif row.startswith("\t") and self._targets:
            self._count += len(self._targets)
            for target in self._targets if self._count < _MOST else ():
                self.recipes[target].append(lines)
        elif first in _BRANCHES:
            self._branches += 1
        elif first == "endif":
            self._branches = max(0, self._branches - 1)
        elif stripped and not stripped.startswith("#"):
            self._statement(lines, stripped)

    def _statement(self, lines: list[Word], stripped: str) -> None:
        assignment = _ASSIGNMENT.match(stripped)
        target = None if assignment is not None else _TARGET.match(lines[0].text)
        if assignment is not None:
            rows = [assignment[3], *(line.text.strip() for line in lines[1:])]
            text = " ".join(row.removesuffix("\\").strip() for row in rows)
            self._assign(assignment[1], assignment[2], text)
        elif target is not None and not target[3]:
            needs = [target[2], *(line.text for line in lines[1:])]
            self._begin(
                target[1].split(), " ".join(needs).replace("\\", " ").split(), lines[0].line
            )

    def _begin(self, targets: list[str], needs: list[str], line: int) -> None:
        """A rule begins: what its targets need, and where their recipe will go."""
        self._targets = [each for each in targets if not each.startswith(".")][:20]
        for target in self._targets:
            self.recipes.setdefault(target, [])
            self.lines.setdefault(target, line)
            self.needs[target] = (*self.needs.get(target, ()), *needs)[:100]

    def _assign(self, name: str, operator: str, text: str) -> None:
        text = text.partition(" #")[0].strip()
        if operator == "?=" and name in self.variables and not self._branches:
            return
        if operator == "+=":
            before = self.variables.get(name, "")
            whole = None if before is None else f"{before} {text}".strip()
        else:
            whole = text
        is_certain = not self._branches and whole is not None and len(whole) <= _LONGEST
        self.variables[name] = whole if is_certain else None


def _service(
    name: str,
    recipe: list[list[Word]],
    reader: _Reader,
    environment: Environment,
    room: list[int],
) -> Service:
    scripts = [_line(lines, reader.variables, environment, room) for lines in recipe]
    return Service(
        name=name,
        line=recipe[0][0].line if recipe else reader.lines[name],
        needs=reader.needs[name],
        script=Script(
            tuple(run for script in scripts for run in script.runs),
            tuple(write for script in scripts for write in script.writes),
            tuple(each for script in scripts for each in script.unread),
        ),
    )


def _line(
    lines: list[Word],
    variables: dict[str, str | None],
    environment: Environment,
    room: list[int],
) -> Script:
    rows = [Word(_expanded(line.text, variables, room, 0), line.line) for line in lines]
    rows[0] = Word(rows[0].text.lstrip().lstrip("@-+ "), rows[0].line)
    return read_script(rows, environment)


def _expanded(text: str, variables: dict[str, str | None], room: list[int], depth: int) -> str:
    """The text as the shell gets it."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        name = match[1] or match[2] or match[3]
        found = variables.get(name)
        room[0] -= len(found or "")
        if found is None or room[0] < 0 or depth >= _DEEPEST:
            return f"$(make-variable {name})"
        return _expanded(found, variables, room, depth + 1)

    return _VARIABLE.sub(value, text)
