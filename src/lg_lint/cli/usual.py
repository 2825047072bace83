"""Command lines of `lg-lint check` that say nothing unusual, read without click.

Whatever is wrong, rare or to be explained is left to click.
"""

from __future__ import annotations

import os

from lg_lint.cli.commands import ALIASES, COMMANDS, DEFAULT
from lg_lint.cli.options import CheckOptions
from lg_lint.cli.table import CHOICE, FLAG, FOLDER, NUMBER, ROWS, WORDS, Row, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_ROWS = {name: row for row in ROWS if row.usual for name in row.names}


class _UnusualError(Exception):
    """Something that click has to look at."""


def usual_options(arguments: list[str]) -> CheckOptions | None:
    """What a command line says; None where click has to read it."""
    if arguments[:1] == [DEFAULT]:
        arguments = arguments[1:]
    elif arguments and (arguments[0] in {*COMMANDS, *ALIASES} or _may_be_misspelt(arguments[0])):
        return None
    if "_LG_LINT_COMPLETE" in os.environ:
        return None
    try:
        values = {row.key: _unsaid(row) for row in ROWS}
        return CheckOptions(**{**values, **_said(arguments)})
    except _UnusualError:
        return None


def _may_be_misspelt(word: str) -> bool:
    """Whether a word that is no path is nearly a command."""
    if word[:1] == "-" or not word.isalpha() or os.path.exists(word):
        return False
    from lg_lint.base.suggest import suggest

    return bool(suggest(word, [*COMMANDS, *ALIASES]))


def _unsaid(row: Row) -> Any:
    """The value of an option that is not given: from the environment, or its default."""
    text = os.environ.get(row.attributes.get("envvar", ""))
    return _value(row, text) if text else row.default


def _said(arguments: Iterable[str]) -> dict[str, Any]:
    paths: list[str] = []
    values: dict[str, Any] = {}
    left = iter(arguments)
    for argument in left:
        if argument[:1] != "-":
            paths.append(_readable(argument))
            continue
        name, equals, value = argument.partition("=")
        row = _ROWS.get(name)
        if row is None or (equals and (row.kind == FLAG or name[:2] != "--")):
            raise _UnusualError
        if row.kind == FLAG:
            values[row.key] = True
            continue
        given = _value(row, value if equals else next(left, "-"))
        values[row.key] = (*values.get(row.key, ()), *given) if row.kind == WORDS else given
    return {"paths": tuple(paths), **values}


def _value(row: Row, text: str) -> Any:
    if row.kind == WORDS:
        converted: Any = words_of(text)
        is_usual = bool(converted)
    elif row.kind == NUMBER:
        is_usual = text.isascii() and text.isdigit()
        converted = int(text) if is_usual else 0
    else:
        converted = text
        is_usual = text in row.choices if row.kind == CHOICE else _is_folder_to_be(row, text)
    if not is_usual or text[:1] == "-":
        raise _UnusualError
    return converted


def _is_folder_to_be(row: Row, path: str) -> bool:
    return row.kind == FOLDER and (os.path.isdir(_readable(path)) or not os.path.exists(path))


def _readable(path: str) -> str:
    """A path that click would not object to."""
    if not path or (os.path.exists(path) and not os.access(path, os.R_OK)):
        raise _UnusualError
    return path
