"""The settings of each file of a run: those of the nearest settings file above it."""

from __future__ import annotations

import os

from lg_lint.settings.mistakes import SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lg_lint.settings.loading import Loader
    from lg_lint.settings.values import Settings


OF_EACH_FILE = (
    "select", "ignore", "extend-select", "per-file-ignores", "severity", "min-confidence",
)  # fmt: skip
"""Options that are asked of the settings nearest to a file; all others are those of the run."""


class Nearest:
    """Tells the settings of files by their paths. `base` are those of the run.

    What the run found of settings files below the folder `start` has to be learnt first. Those
    that cannot be used are `mistakes`, and count as missing.
    """

    def __init__(
        self, base: Settings, loader: Loader | None = None, start: str | Path = ""
    ) -> None:
        self.base = base
        self.mistakes: list[SettingsError] = []
        self._loader = loader
        self._start = os.path.realpath(start)
        self._candidates: set[str] = set()
        self._known: dict[str, Settings] = {self._start: base}

    @property
    def warnings(self) -> list[SettingsError]:
        """About what looks like settings and is not read."""
        return self._loader.warnings if self._loader is not None else []

    def learn(self, candidates: Iterable[str], paths: Iterable[str]) -> None:
        """Take in the files that may hold settings, and read those that hold some for `paths`."""
        if self._loader is None or self._loader.fixed is not None or self._loader.isolated:
            return
        inside = self._start.rstrip(os.sep) + os.sep
        folders = map(os.path.dirname, candidates)
        self._candidates.update(folder for folder in folders if folder.startswith(inside))
        if self._candidates:
            for folder in {os.path.dirname(path) for path in paths}:
                self._of_folder(folder)

    def of(self, path: str) -> Settings:
        """The settings that decide about findings in a file."""
        if not self._candidates:
            return self.base
        return self._of_folder(os.path.dirname(path))

    @property
    def codes(self) -> frozenset[str]:
        """The rules to check: those that any of the files has."""
        each = {id(found): found for found in (self.base, *self._known.values())}
        return frozenset().union(*(found.selected_codes for found in each.values()))

    def _of_folder(self, folder: str) -> Settings:
        known = self._known.get(folder)
        if known is None:
            own = self._read(folder) if folder in self._candidates else None
            above = os.path.dirname(folder)
            known = own or (self.base if above == folder else self._of_folder(above))
            self._known[folder] = known
        return known

    def _read(self, folder: str) -> Settings | None:
        assert self._loader is not None
        try:
            return self._loader.in_folder(folder)
        except SettingsError as error:
            self.mistakes.append(error)
            return None
