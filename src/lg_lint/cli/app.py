"""The group of subcommands, each imported when it is called."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import click

from lg_lint import __version__
from lg_lint.base.suggest import suggest
from lg_lint.cli.commands import ALIASES, COMMANDS, DEFAULT

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_OWN_OPTIONS = frozenset({"-h", "--help", "-V", "--version"})


class LazyGroup(click.Group):
    """Imports a subcommand's module when the subcommand is called; without one, checks."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the default command before arguments without one. Raises UsageError on a slip."""
        first = args[0] if args else ""
        completes_first = ctx.resilient_parsing and not args
        if not completes_first and first not in {*_OWN_OPTIONS, *COMMANDS, *ALIASES}:
            near = suggest(first, [*COMMANDS, *ALIASES]) if first.isalpha() else ""
            if near and not os.path.exists(first) and not ctx.resilient_parsing:
                raise click.UsageError(f'no command and no path "{first}"{near}', ctx)
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of the subcommands, without importing one."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A subcommand by its name or alias, imported now; None where there is none."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"lg_lint.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The first word may be a command, or an option or path of the one that needs no name."""
        from click.shell_completion import CompletionItem

        own = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("-"):
            return [CompletionItem(incomplete, type="file"), *own]
        default = self.get_command(ctx, DEFAULT)
        assert default is not None
        known = {item.value for item in own}
        more = default.shell_complete(click.Context(default, parent=ctx), incomplete)
        return [*own, *(item for item in more if item.value not in known)]

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """The subcommands with a line each, from the table, so that the help imports none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`lg-lint src/` is short for `lg-lint check src/`. Options: `lg-lint check --help`.",
)
@click.version_option(__version__, "-V", "--version", message="lg-lint %(version)s")
def app() -> None:
    """Find why a LangGraph stream cuts off, stalls or arrives late."""
