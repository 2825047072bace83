"""The table of options as click has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from lg_lint.cli import candidates, table
from lg_lint.cli.table import Row


def _split(_ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The words of all values, each with commas between them."""
    words = tuple(word for value in values for word in table.words_of(value))
    if values and not words:
        raise click.BadParameter("expected a name, or several with commas", param=param)
    return words


def _made_for(row: Row) -> dict[str, Any]:
    """What makes click take a row's kind of value."""
    if row.kind == table.FLAG:
        return {"is_flag": True}
    if row.kind == table.WORDS:
        complete = candidates.selectors if row.attributes["metavar"] == "RULES" else None
        return {"callback": _split, "multiple": True, "shell_complete": complete}
    kinds: dict[str, Any] = {
        table.TEXT: None,
        table.CHOICE: click.Choice(row.choices),
        table.FILE: click.Path(path_type=Path, dir_okay=False),
        table.FOLDER: click.Path(file_okay=False),
        table.NUMBER: click.IntRange(min=0),
    }
    return {"type": kinds[row.kind]}


def _option(row: Row) -> Callable[..., Any]:
    return click.option(*row.names, **_made_for(row), **row.attributes)


_ONCE = tuple(
    row
    for row in table.ROWS
    if row.kind in (table.FILE, table.TEXT) and "multiple" not in row.attributes
)
"""Options of which a second one would silently replace the first."""


class CheckCommand(click.Command):
    """Lets `--add-ignore` stand alone: a reason follows it after `=` only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises click.UsageError where an option that is given once is given twice."""
        end = args.index("--") if "--" in args else len(args)
        given = [word.partition("=")[0] for word in args[:end]]
        for row in _ONCE:
            if sum(given.count(name) for name in row.names) > 1:
                raise click.UsageError(f"{row.names[-1]} is given twice", ctx)
        known = [f"{word}=" if word == "--add-ignore" else word for word in args[:end]]
        return super().parse_args(ctx, [*known, *args[end:]])


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function all options as keywords."""
    paths = click.argument("paths", nargs=-1, type=click.Path())
    return paths(_decorated(command, table.ROWS))


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function the options that say where settings come from."""
    return _decorated(command, (table.CONFIG, table.ISOLATED))


def _decorated(command: Callable[..., Any], rows: Iterable[Row]) -> Callable[..., Any]:
    for row in reversed(tuple(rows)):
        command = _option(row)(command)
    return command
