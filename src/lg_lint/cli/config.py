"""`lg-lint config`: which settings there are, and what each means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lg_lint.base.suggest import suggest
from lg_lint.cli import candidates
from lg_lint.cli.output import write

if TYPE_CHECKING:
    from lg_lint.settings import Option


@click.command(short_help="List the settings, or say what one means.")
@click.argument("key", metavar="[KEY]", required=False, shell_complete=candidates.settings)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
def config(key: str | None, output_format: str) -> None:
    """List the settings, or say what the one called KEY means.

    `lg-lint check --show-settings` prints the values in force.
    """
    from lg_lint.settings import options

    known = options()
    if key is not None and key not in known:
        near = suggest(key, known) or "; see lg-lint config"
        raise click.UsageError(f"there is no setting {key!r}{near}")
    if output_format == "json":
        text = _json([describe(option) for option in known.values()], key)
    elif key is None:
        text = "".join(f"{each}\n" for each in known)
    else:
        text = explain(known[key])
    write(text, None, color=False)


def describe(option: Option) -> dict[str, Any]:
    """A setting as JSON shows it."""
    from lg_lint.settings.schema import plain

    return {
        "key": option.key,
        "doc": option.doc,
        "expects": option.kind.expects,
        "default": plain(option.default),
    }


def explain(option: Option) -> str:
    """A setting with what it means, what it takes and what it is by default."""
    from lg_lint.settings.options import as_toml_value

    default = as_toml_value(option.default)
    return f"{option.key}\n\n{option.doc}\n\nExpects: {option.kind.expects}\nDefault: {default}\n"


def _json(records: list[dict[str, Any]], key: str | None) -> str:
    import json

    chosen = next((each for each in records if each["key"] == key), records)
    return json.dumps(chosen, indent=2) + "\n"
