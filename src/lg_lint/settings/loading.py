"""Settings from files and the command line, closest first, each value checked where it stands."""

from __future__ import annotations

import os

from lg_lint.base.suggest import suggest
from lg_lint.settings.locating import file_in, find_file, own_table, parsed, text_of
from lg_lint.settings.mistakes import InvalidValueError, SettingsError
from lg_lint.settings.options import options
from lg_lint.settings.values import DEFAULT_EXCLUDE, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    Layer = dict[str, Any]

EXTEND = "extend"
_HIDING = (
    "exclude",
    "extend-exclude",
    "fail-on",
    "ignore",
    "per-file-ignores",
    "select",
    "severity",
)
"""Options by which settings may leave out findings, or make less of them."""


class Loader:
    """Reads the settings files of one run, each with the run's command line over it.

    `config` holds the values of `--config`: a file to read instead of all others, or
    "key = value" pairs, which win over files. `overrides` holds options of the command line by
    their key in TOML, and wins over both. `revealing` where what files hide does not count.
    `warnings` are about what looks like settings and is not read. Raises SettingsError.
    """

    def __init__(
        self,
        *,
        config: Sequence[str] = (),
        isolated: bool = False,
        overrides: Mapping[str, object] | None = None,
        revealing: bool = False,
    ) -> None:
        files = [value for value in config if os.path.isfile(os.path.expanduser(value))]
        if len(files) > 1:
            raise SettingsError("--config takes one file")
        if files and isolated:
            raise SettingsError("--config with a file and --isolated exclude each other")
        self.fixed = os.path.realpath(os.path.expanduser(files[0])) if files else None
        self.isolated = isolated
        self.warnings: list[SettingsError] = []
        self._revealing = revealing
        self._above = [
            _check(_inline(value), os.getcwd(), None, "") for value in config if value not in files
        ]
        self._above.append(_check(dict(overrides or {}), os.getcwd(), None, ""))

    def base(self, start: str | Path) -> Settings:
        """The settings for a run on `start`."""
        if self.fixed is not None or self.isolated:
            return self.read(self.fixed)
        return self.read(find_file(start, self.warnings.append))

    def in_folder(self, folder: str) -> Settings | None:
        """Those of a folder that may have settings of its own; None where it has none."""
        file = file_in(folder, self.warnings.append)
        return self.read(file) if file is not None else None

    def read(self, file: str | None) -> Settings:
        """Those of a settings file; None for no file."""
        layer = _read_file(file, ()) if file is not None else {}
        if self._revealing:
            layer = _revealed(layer)
        for above in self._above:
            layer = _merged(layer, above)
        settings = Settings(**{key.replace("-", "_"): value for key, value in layer.items()})
        settings.file = file
        return settings


def load(
    start: str | Path,
    *,
    config: Sequence[str] = (),
    isolated: bool = False,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings for a run on `start`.

    Read from `[tool.lg-lint]` in pyproject.toml, else lg-lint.toml or .lg-lint.toml, in the closest
    folder from `start` up that has one; the rest is as with `Loader`. Raises SettingsError.
    """
    return Loader(config=config, isolated=isolated, overrides=overrides).base(start)


def _revealed(layer: Layer) -> Layer:
    """What a file says without that by which it may hide something."""
    left = {key: value for key, value in layer.items() if key not in _HIDING}
    if left.get("min-confidence") == "high":
        del left["min-confidence"]
    if "exclude" in layer:  # it may leave out less than is usual
        ends = [pattern.rpartition("/")[2] for pattern in layer["exclude"]]
        left["exclude"] = tuple(name for name in DEFAULT_EXCLUDE if name in ends)
    return left


def _read_file(path: str, inner: tuple[str, ...]) -> Layer:
    """The checked values of a file, over those of the file that it extends."""
    if path in inner:
        raise SettingsError(f'"{EXTEND}" leads back to this file', path)
    text = text_of(path)
    table = own_table(parsed(text, path), path)
    if table is None:
        raise SettingsError("no table [tool.lg-lint]", path)
    below = table.pop(EXTEND, None)
    layer = _check(table, os.path.dirname(path), path, text)
    if below is None:
        return layer
    row = _row(text, EXTEND)
    if not isinstance(below, str):
        raise SettingsError(f"{EXTEND}: expected the path of a file", path, row)
    target = os.path.realpath(os.path.join(os.path.dirname(path), os.path.expanduser(below)))
    if not os.path.isfile(target):
        raise SettingsError(f'{EXTEND}: no file "{below}"', path, row)
    return _merged(_read_file(target, (*inner, path)), layer)


def _inline(value: str) -> dict[str, Any]:
    try:
        return parsed(value, None)
    except SettingsError:
        raise SettingsError(
            f'--config: "{value}" is neither a file that exists nor "key = value" in TOML'
        ) from None


def _check(table: Mapping[str, object], base: str, path: str | None, text: str) -> Layer:
    """The values of a table as the options hold them."""
    known = options()
    layer: Layer = {}
    for key, value in table.items():
        option = known.get(key)
        if option is None:
            near = suggest(key, [*known, EXTEND])
            raise SettingsError(f'no option "{key}"{near}', path, _row(text, key))
        try:
            layer[key] = option.kind.read(value, base)
        except InvalidValueError as error:
            row = _row(text, key, error.word)
            raise SettingsError(f"{key}: {error}", path, row) from None
    return layer


def _merged(below: Layer, above: Layer) -> Layer:
    """Values of `above` over those of `below`. A new `select` forgets what was ignored before."""
    merged = dict(below)
    if "select" in above:
        merged.pop("ignore", None)
        merged.pop("extend-select", None)
    elif "extend-select" in above and "ignore" in merged:
        again = set(above["extend-select"])
        merged["ignore"] = tuple(each for each in merged["ignore"] if each not in again)
    known = options()
    for key, value in above.items():
        if key not in merged or not known[key].kind.additive:
            merged[key] = value
        elif isinstance(value, dict):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = (*merged[key], *value)
    return merged


def _row(text: str, key: str, word: str = "") -> int | None:
    """The row of a key in our table, or of a word in its value, as far as a search can tell."""
    import re

    rows = text.split("\n")
    start = next((at for at, row in enumerate(rows) if _header(row)[:2] == ["tool", "lg-lint"]), 0)
    found = next((at for at in range(start, len(rows)) if _names(rows[at], key)), None)
    if found is None or not word:
        return None if found is None else found + 1
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    inner = next((at for at in range(found, len(rows)) if pattern.search(rows[at])), found)
    return inner + 1


def _header(row: str) -> list[str]:
    """The words of a table's name, where a row begins one."""
    import re

    row = row.lstrip()
    return re.findall(r"[\w-]+", row.partition("]")[0]) if row.startswith("[") else []


def _names(row: str, key: str) -> bool:
    """Whether a row gives a key a value, or begins its table."""
    import re

    if row.lstrip()[:1] in ("[", "#", ""):
        return key in _header(row)
    before, equals, _ = row.partition("=")
    return bool(equals) and key in re.findall(r"[\w-]+", before)
