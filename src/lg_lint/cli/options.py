"""What a command line of `lg-lint check` says, and the settings that it asks for."""

from __future__ import annotations

import os
import sys
from functools import cached_property

from lg_lint.cli.project import nearest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from lg_lint.settings import Nearest, Settings


_LARGEST = 64 << 20
"""Bytes of stdin that are read: more is too large for any setting."""


class CheckOptions:
    """What the command line of `lg-lint check` says: the options by their keys. None: not said."""

    paths: tuple[str, ...]
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
    staged: bool
    no_ignores: bool
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

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)

    @property
    def mends(self) -> bool:
        """Whether files are changed, or the changes shown."""
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
            or self.staged
            or self.add_ignore is not None
            or self.stdin_filename is not None
            or "GITHUB_STEP_SUMMARY" in os.environ
        )

    def targets(self) -> tuple[str, ...]:
        """The paths to check: the name of standard input, those given, or the folder itself."""
        if self.stdin_filename is not None:
            return (str(self.stdin_filename),)
        return self.paths or (".",)

    def texts(self) -> dict[Path, bytes]:
        """What files hold that are not read from the file system."""
        if self.stdin_filename is None:
            return {}
        return {self.stdin_filename: sys.stdin.buffer.read(_LARGEST)}

    def settings(self) -> Settings:
        """The settings of the project that holds the paths, with these options over them."""
        return self.nearest.base

    @cached_property
    def nearest(self) -> Nearest:
        """The same, and those of files that have their own."""
        return nearest_of(
            self.targets(),
            config=self.config,
            isolated=self.isolated,
            overrides=self._overrides(),
            revealing=self.no_ignores,
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
