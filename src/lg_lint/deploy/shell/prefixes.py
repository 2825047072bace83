"""Programs in front of a command that only pass it on: `uv run`, `tini --`, `sh -c`."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell.parsing import is_name
from lg_lint.deploy.values import Unknown, Value, known
from lg_lint.knowledge import table

_MOST = 12
_NAME = re.compile(r"[\w.+-]+")


class Prefixed(Struct):
    """A command without the programs in front of it.

    `script` is the text of `sh -c text`, and `words` are then the words behind it.
    """

    words: tuple[Value, ...]
    prefixes: tuple[str, ...] = ()
    script: Value | None = None
    environment: dict[str, Value] = field(default_factory=dict)
    folder: Value | None = None
    unset: list[str] = field(default_factory=list)


def without_prefixes(words: Sequence[Value]) -> Prefixed:
    """Takes off what only passes the command on."""
    found = Prefixed(tuple(words))
    for _ in range(_MOST):
        name = program_name(found.words[0]) if found.words else ""
        if not name and known(found.words[1] if len(found.words) > 1 else None) == "-m":
            name = "python"  # `$PYTHON -m module`
        if name == "python":
            if not _is_served_module(found):
                break
            continue
        row = _rows().get(name)
        if row is None or not _Reading(name, row, found).taken():
            break
        if found.script is not None:
            break
    return found


def program_name(word: Value) -> str:
    """The name of a program without its folder; every Python is `python`.

    It is known where the folder alone is not, as in `$VENV/bin/uvicorn`.
    """
    folder, _, tail = word.text.rpartition("/")
    if isinstance(word, Unknown) and (not folder or not _NAME.fullmatch(tail)):
        return ""
    name = tail.rpartition("\\")[2].removesuffix(".exe")
    stem = name.rstrip("0123456789.")
    return "python" if stem in ("python", "pypy", "py") else name


@functools.cache
def _rows() -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = table("servers")["prefixes"]
    return rows


@functools.cache
def _modules() -> frozenset[str]:
    """Modules that are run as `python -m` and are known as programs."""
    names = {name.partition(" ")[0] for name in table("servers")["programs"]}
    return frozenset(names | set(_rows()) | {"waitress", "langgraph_cli"})


def _is_served_module(found: Prefixed) -> bool:
    """Makes `program` of `python -m program`, where the module is one that is known."""
    words = found.words
    at = 1
    while at < len(words):
        text = known(words[at])
        if text == "-m" and at + 1 < len(words):
            module = known(words[at + 1]) or ""
            if module.removesuffix(".__main__") not in _modules():
                return False
            name = _PROGRAMS.get(module, module.removesuffix(".__main__"))
            found.words = (Word(name, words[at + 1].line), *words[at + 2 :])
            found.prefixes = (*found.prefixes, "python")
            return True
        if text is None or not text.startswith("-") or text in ("-c", "-"):
            return False
        at += 2 if text in _rows()["python"]["values"] else 1
    return False


_PROGRAMS = {"waitress": "waitress-serve", "langgraph_cli": "langgraph"}


class _Reading:
    """One program in front, by its row of the table."""

    def __init__(self, name: str, row: dict[str, Any], found: Prefixed) -> None:
        self.name = name
        self.row = row
        self.found = found
        self.words = found.words
        self.at = 1
        self.environment: dict[str, Value] = {}
        self.folder: Value | None = None
        self.script: Value | None = None
        self.is_there = False

    def taken(self) -> bool:
        """Takes the program off; False where it does something else."""
        if "until" in self.row and not self._goes_to(self.row["until"]):
            return False
        if "until" not in self.row and not self._arguments():
            return False
        if self.script is None and self.at >= len(self.words):
            return False
        self.found.prefixes = (*self.found.prefixes, self.name)
        self.found.environment.update(self.environment)
        self.found.folder = self.folder or self.found.folder
        self.found.words = self.words[self.at :]
        self.found.script = self.script
        if self.script is not None:
            return True
        first = self.words[self.at]
        if self.row.get("text"):
            self.found.script, self.found.words = first, ()
        elif (known(first) or "").endswith(".py"):
            self.found.words = (Word("python", first.line), *self.found.words)
        return True

    def _goes_to(self, end: str) -> bool:
        for at in range(1, len(self.words)):
            if known(self.words[at]) == end:
                self.at = at + 1
                return True
        return False

    def _arguments(self) -> bool:
        """Passes options and words; False where the command cannot be told from them."""
        wanted = list(self.row.get("after", ()))
        left = self.row.get("words", 0)
        while self.at < len(self.words):
            word = self.words[self.at]
            text = known(word)
            if text == "--" and not wanted:
                self.at += 1
                return True
            if word.text.startswith(("-", "+")) and len(word.text) > 1:
                if not self._option(word):
                    return False
                if self.is_there:
                    return True
            elif wanted:
                if text not in wanted:
                    return False
                wanted = []
                self.at += 1
            elif self.row.get("assigns") and self._assigns(word):
                self.at += 1
            elif left:
                left -= 1
                self.at += 1
            else:
                return "script" not in self.row
        return False

    def _assigns(self, word: Value) -> bool:
        name, has_value, text = word.text.partition("=")
        if not has_value or not is_name(name):
            return False
        is_known = isinstance(word, Word)
        value = Word(text, word.line) if is_known else Unknown(text or "?", word.line)
        self.environment[name] = value
        return True

    def _option(self, word: Value) -> bool:
        """Passes one option, with its value; False where a command cannot follow."""
        name, has_value, value = word.text.partition("=")
        following = self.words[self.at + 1] if self.at + 1 < len(self.words) else None
        if self._is_script(name):
            self.script = Word(value, word.line) if has_value else following
            self.at += 1 if has_value else 2
            self.is_there = True
            return self.script is not None
        if name == self.row.get("module") and following is not None:
            python = Word("python", word.line)
            self.words = (*self.words[: self.at], python, *self.words[self.at :])
            self.is_there = True
            return True
        if name == self.row.get("folder"):
            self.folder = Word(value, word.line) if has_value else following
        if name == self.row.get("unset") and following is not None:
            self.found.unset.append(following.text)
        takes_value = not has_value and self._takes_value(name)
        self.at += 2 if takes_value else 1
        return True

    def _takes_value(self, name: str) -> bool:
        """Of the short options of a shell that stand together, the last may take a value."""
        is_cluster = self.row.get("script") == "-c" and name[1:].isalpha() and len(name) > 2
        return (name[0] + name[-1] if is_cluster else name) in self.row.get("values", ())

    def _is_script(self, name: str) -> bool:
        script = self.row.get("script")
        if script is None:
            return False
        is_short = len(script) == 2 and not name.startswith(("--", "+"))
        return name == script or (is_short and name.endswith(script[1]) and name[1:].isalpha())
