"""The options of a server's command line, with what its environment adds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct, field

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell.lexing import plain_words
from lg_lint.deploy.values import Environment, Unknown, Value, at_line, known, whole_number

Row = dict[str, Any]
"""A row of `[servers.programs]` in `knowledge/`."""
_TRUE = frozenset(("1", "true", "t", "yes", "y", "on"))


class Given(Struct, frozen=True):
    """What a setting was given. `name` is how: a flag, a variable, a name of gunicorn's file.

    `origin` is "command", "script" (a variable that the script has set), "environment",
    "configuration", "code" or "default". The line of `value` is one of the file that this means.
    """

    name: str
    value: Value
    origin: str


class Options(Struct):
    """The settings that were said, the words that are no options, and whether there may be more."""

    settings: dict[str, Given] = field(default_factory=dict)
    words: list[Value] = field(default_factory=list)
    is_open: bool = False
    of_script: frozenset[str] = frozenset()

    def from_variable(self, name: str, value: Value) -> Given:
        """The setting that a variable of the environment gives."""
        return Given(name, value, "script" if name in self.of_script else "environment")


def number(setting: Given | None) -> int | None:
    """The integer that a setting was given; None where it is none or not known."""
    return whole_number(setting.value) if setting is not None else None


def read(
    row: Row,
    words: Sequence[Value],
    at: int,
    environment: Environment,
    of_script: Collection[str] = (),
) -> Options:
    """What a command line and its environment say; `at` is where the program's own words begin.

    `of_script` names the variables that the script itself has set.
    """
    options = Options(of_script=frozenset(of_script))
    _before(row, words[1 : max(at - 1, 1)], options)
    _Reader(row, options, "command").take(words[at:])
    _from_variable(row, environment, options)
    _from_prefix(row, environment, options)
    for name, setting in row.get("variables", {}).items():
        if name in environment and setting not in options.settings:
            options.settings[setting] = options.from_variable(name, environment[name])
    return options


def _before(row: Row, words: Sequence[Value], options: Options) -> None:
    """Options between a program and its subcommand, as of `flask --app x run`."""
    if "before" in row:
        _Reader({"options": row["before"]}, options, "command").take(words)


def _from_variable(row: Row, environment: Environment, options: Options) -> None:
    """Options that stand in an environment variable, as GUNICORN_CMD_ARGS."""
    name = row.get("command_variable")
    value = environment.get(name) if name else None
    if value is None:
        return
    if isinstance(value, Unknown):
        options.is_open = True
        return
    found = Options()
    words = [Word(word.text, value.line) for word in plain_words(value.text)]
    _Reader(row, found, "environment").take(words)
    for setting, given in found.settings.items():
        options.settings.setdefault(setting, given)


def _from_prefix(row: Row, environment: Environment, options: Options) -> None:
    """Options that click reads from variables, as UVICORN_WORKERS. An empty one does not count."""
    prefix = row.get("prefix")
    if prefix is None:
        return
    for kind in ("options", "switches"):
        for flag, setting in row.get(kind, {}).items():
            name = prefix + flag.lstrip("-").replace("-", "_").upper()
            value = environment.get(name)
            if not flag.startswith("--") or value is None or setting in options.settings:
                continue
            if kind == "switches":
                value = _switched(value)
            if known(value) != "":
                options.settings[setting] = options.from_variable(name, value)
    application = environment.get(f"{prefix}APP")
    if row["target"] == "application" and application is not None and not options.words:
        options.words.append(application)


def _switched(value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    return Word("true" if value.text.lower() in _TRUE else "false", value.line)


class _Reader:
    """Reads words as argparse or click do, by a row that says which options take a value."""

    def __init__(self, row: Row, options: Options, origin: str) -> None:
        self.row = row
        self.options = options
        self.origin = origin
        self.kept: dict[str, str] = row.get("options", {})
        self.switches: dict[str, str] = row.get("switches", {})
        self.values = row.get("values", ())
        self.takes_all = row.get("unlisted") == "value"

    def take(self, words: Sequence[Value]) -> None:
        """Reads all words."""
        at = 0
        while at < len(words):
            word = words[at]
            if word.text == "--":
                self._positional(words[at + 1 :])
                return
            if isinstance(word, Unknown) and word.text.startswith(("$", "`")):
                self._unknown_word(word)
                at += 1
            elif word.text.startswith("-") and len(word.text) > 1:
                at += self._option(word, words[at + 1] if at + 1 < len(words) else None)
            else:
                self._positional(words[at : at + 1])
                at += 1

    def _positional(self, words: Sequence[Value]) -> None:
        self.options.words += words

    def _unknown_word(self, word: Unknown) -> None:
        """A word that may be options, or the target."""
        self.options.is_open = True
        if self.row.get("target", "none") != "none" and not word.text.startswith(("$@", "$*")):
            self.options.words.append(word)

    def _option(self, word: Value, following: Value | None) -> int:
        """Reads an option; gives how many words it takes."""
        name, has_value, text = word.text.partition("=")
        flag = self._flag(name)
        if has_value and (flag in self.kept or flag in self.values):
            self._give(flag, self._same(word, text))
            return 1
        if flag in self.switches and not has_value:
            self._switch(flag, word, "true")
            return 1
        if flag in self.kept or flag in self.values:
            if following is not None:
                self._give(flag, at_line(following, word.line))
            return 2
        if self._attached(word):
            return 1
        negative = flag.replace("--no-", "--", 1)
        if flag.startswith("--no-") and negative in self.switches:
            self._switch(negative, word, "false")
        elif isinstance(word, Unknown) and "$" in name:
            self.options.is_open = True
        return 2 if self._takes_next(has_value, following) else 1

    def _takes_next(self, has_value: str, following: Value | None) -> bool:
        return (
            self.takes_all
            and not has_value
            and following is not None
            and not following.text.startswith("-")
        )

    def _flag(self, name: str) -> str:
        """The option that a name means: argparse takes any beginning that only one has."""
        if self.row.get("style") != "argparse" or not name.startswith("--"):
            return name
        every = {*self.kept, *self.switches, *self.values}
        if name in every:
            return name
        fitting = [each for each in every if each.startswith(name)]
        return fitting[0] if len(fitting) == 1 and len(name) > 3 else name

    def _attached(self, word: Value) -> bool:
        """`-w4`: a short option with its value."""
        if self.row.get("style") != "argparse" or word.text.startswith("--"):
            return False
        flag, text = word.text[:2], word.text[2:]
        if not text or flag not in (*self.kept, *self.values):
            return False
        self._give(flag, self._same(word, text))
        return True

    @staticmethod
    def _same(word: Value, text: str) -> Value:
        """A part of a word: unknown where the word is, and the part has what is not known."""
        is_known = isinstance(word, Word) or ("$" not in text and "`" not in text)
        return Word(text, word.line) if is_known else Unknown(text or "?", word.line)

    def _give(self, flag: str, value: Value) -> None:
        setting = self.kept.get(flag)
        if setting is None:
            return
        self.options.settings[setting] = Given(flag, value, self.origin)

    def _switch(self, flag: str, word: Value, text: str) -> None:
        setting = self.switches[flag]
        self.options.settings[setting] = Given(flag, Word(text, word.line), self.origin)
