"""The options of `lg-lint check`, and the settings that they ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lg_lint.cli import candidates
from lg_lint.cli.project import settings_of
from lg_lint.finding import Confidence, Severity
from lg_lint.reports import FORMATS

if TYPE_CHECKING:
    from lg_lint.settings import Settings


def _split(_ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The words of all values, each with commas between them."""
    words = tuple(word.strip() for value in values for word in value.split(",") if word.strip())
    if values and not words:
        raise click.BadParameter("expected a name, or several with commas", param=param)
    return words


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What the command line of `lg-lint check` says. None: not said."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    min_confidence: str | None
    fail_on: str | None
    exit_zero: bool
    config: tuple[str, ...]
    isolated: bool
    tests: bool
    exclude: tuple[str, ...]
    extend_exclude: tuple[str, ...]
    force_exclude: bool
    no_respect_gitignore: bool
    stdin_filename: Path | None
    diff_base: str | None
    baseline: Path | None
    output_format: str
    output_file: Path | None
    fix: bool
    unsafe_fixes: bool
    diff: bool
    fix_only: bool
    show_fixes: bool
    add_ignore: str | None
    show_unresolved: bool
    statistics: bool
    show_files: bool
    show_settings: bool
    color: str
    verbose: bool
    quiet: bool
    cache_dir: str | None
    no_cache: bool
    jobs: int

    @property
    def mends(self) -> bool:
        return self.fix or self.fix_only or self.diff

    @property
    def is_plain(self) -> bool:
        """Whether all that the run does is to print what it found, from the project's files."""
        return not (
            self.mends
            or self.verbose
            or self.no_cache
            or self.show_unresolved
            or self.config
            or self.output_file is not None
            or self.baseline is not None
            or self.diff_base is not None
            or self.add_ignore is not None
            or self.stdin_filename is not None
            or "GITHUB_STEP_SUMMARY" in os.environ
        )

    def targets(self) -> tuple[Path, ...]:
        if self.stdin_filename is not None:
            return (self.stdin_filename,)
        return self.paths or (Path(),)

    def texts(self) -> dict[Path, bytes]:
        """What files hold that are not read from the file system."""
        if self.stdin_filename is None:
            return {}
        return {self.stdin_filename: sys.stdin.buffer.read()}

    def settings(self) -> Settings:
        """The settings of the project that holds the paths, with these options over them."""
        return settings_of(
            self.targets(),
            config=self.config,
            isolated=self.isolated,
            overrides=self._overrides(),
        )

    def _overrides(self) -> dict[str, object]:
        lists = {
            "select": self.select,
            "ignore": self.ignore,
            "extend-select": self.extend_select,
            "exclude": self.exclude,
            "extend-exclude": self.extend_exclude,
        }
        overrides: dict[str, object] = {key: words for key, words in lists.items() if words}
        choices = {"min-confidence": self.min_confidence, "fail-on": self.fail_on}
        overrides |= {key: choice for key, choice in choices.items() if choice}
        if self.tests:
            overrides["tests"] = True
        if self.force_exclude or self.stdin_filename is not None:
            overrides["force-exclude"] = True
        if self.no_respect_gitignore:
            overrides["respect-gitignore"] = False
        return overrides


def _many(
    name: str,
    metavar: str,
    help: str,  # noqa: A002
    complete: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    return click.option(
        name, callback=_split, multiple=True, metavar=metavar, help=help, shell_complete=complete
    )


def _rules(name: str, help: str) -> Callable[..., Any]:  # noqa: A002
    return _many(name, "RULES", help, candidates.selectors)


def _flag(*names: str, help: str) -> Callable[..., Any]:  # noqa: A002
    return click.option(*names, is_flag=True, help=help)


_CONFIG_DECORATORS = (
    click.option(
        "--config",
        multiple=True,
        metavar="FILE|'KEY = VALUE'",
        help="A settings file, or a single setting in TOML.",
    ),
    _flag("--isolated", help="Read no settings files."),
)

_DECORATORS = (
    click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
    _rules("--select", "Check these rules only: codes, prefixes, names or ALL."),
    _rules("--ignore", "Leave out these rules."),
    _rules("--extend-select", "Check these rules in addition."),
    click.option(
        "--min-confidence",
        type=click.Choice([each.value for each in Confidence]),
        help="Leave out findings that are less sure.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice([*(each.value for each in Severity), "never"]),
        help="The lowest severity that makes the exit status 1.",
    ),
    _flag("--exit-zero", help="Exit with 0 even where there are findings."),
    *_CONFIG_DECORATORS,
    _flag("--tests", help="Report findings in test code too."),
    _many("--exclude", "PATTERNS", "Leave out these files, instead of the usual ones."),
    _many("--extend-exclude", "PATTERNS", "Leave out these files in addition."),
    _flag("--force-exclude", help="Leave out excluded files even where they are named."),
    _flag("--no-respect-gitignore", help="Read what .gitignore files name, too."),
    click.option(
        "--stdin-filename",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Check what stdin holds as if this file held it.",
    ),
    click.option(
        "--diff-base",
        metavar="REV",
        help="Show only findings that touch a line changed since the branch left REV.",
    ),
    click.option(
        "--baseline",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Leave out the findings in this file: see lg-lint baseline.",
    ),
    _flag("--fix", help="Apply the safe fixes, and report what is left."),
    _flag("--unsafe-fixes", help="Count fixes in that may change what the code does."),
    _flag("--diff", help="Print what --fix-only would change, and change nothing."),
    _flag("--fix-only", help="Apply fixes without reporting what is left."),
    _flag("--show-fixes", help="Name the findings that were fixed."),
    click.option(
        "--add-ignore",
        metavar="[=REASON]",
        help="Write ignore comments for all findings.",
    ),
    click.option(
        "--output-format",
        type=click.Choice(FORMATS),
        default="full",
        show_default=True,
        envvar="LG_LINT_OUTPUT_FORMAT",
        show_envvar=True,
        help="How to show findings.",
    ),
    click.option(
        "-o",
        "--output-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write to this file instead of stdout.",
    ),
    _flag("--show-unresolved", help="List graph-like calls that could not be resolved."),
    _flag("--statistics", help="Count the findings of each rule instead of showing them."),
    _flag("--show-files", help="List the files that would be checked."),
    _flag("--show-settings", help="Print the settings in force, as TOML."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour the output. auto: on a terminal, and as NO_COLOR and FORCE_COLOR say.",
    ),
    _flag("-v", "--verbose", help="Say on stderr how long each stage took."),
    _flag("-q", "--quiet", help="Show findings only, without a summary."),
    click.option(
        "--cache-dir",
        type=click.Path(file_okay=False),
        envvar="LG_LINT_CACHE_DIR",
        show_envvar=True,
        help="Keep what was read in this folder instead of the user's cache folder.",
    ),
    _flag("--no-cache", help="Neither use nor write the cache."),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="How many processes may read files; 0: as many as run side by side here.",
    ),
)


class CheckCommand(click.Command):
    """Lets `--add-ignore` stand alone: a reason follows it after `=` only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        known = [f"{word}=" if word == "--add-ignore" else word for word in args[:end]]
        return super().parse_args(ctx, [*known, *args[end:]])


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function all options as keywords."""
    return _decorated(command, _DECORATORS)


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function the options that say where settings come from."""
    return _decorated(command, _CONFIG_DECORATORS)


def _decorated(
    command: Callable[..., Any], decorators: Sequence[Callable[..., Any]]
) -> Callable[..., Any]:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
