"""Settings from files and the command line, closest first, each value checked where it stands."""

from __future__ import annotations

import os

from lg_lint.settings.mistakes import InvalidValueError, SettingsError
from lg_lint.settings.options import options
from lg_lint.settings.values import Settings
from lg_lint.suggest import suggest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    Layer = dict[str, Any]

OWN_FILES = ("lg-lint.toml", ".lg-lint.toml")
EXTEND = "extend"


def load(
    start: str | Path,
    *,
    config: Sequence[str] = (),
    isolated: bool = False,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings for a run on `start`.

    Read from `[tool.lg-lint]` in pyproject.toml, else lg-lint.toml or .lg-lint.toml, in the closest
    folder from `start` up that has one. `config` holds the values of `--config`: a file to read
    instead, or "key = value" pairs, which win over the file. `overrides` holds options of the
    command line by their key in TOML, and wins over both. Raises SettingsError.
    """
    files = [value for value in config if os.path.isfile(os.path.expanduser(value))]
    if len(files) > 1:
        raise SettingsError("--config takes one file")
    if files and isolated:
        raise SettingsError("--config with a file and --isolated exclude each other")
    layer: Layer = {}
    if files:
        layer = _read_file(os.path.realpath(os.path.expanduser(files[0])), ())
    elif not isolated:
        found = find_file(start)
        layer = _read_file(found, ()) if found else {}
    for value in config:
        if value not in files:
            layer = _merged(layer, _check(_inline(value), os.getcwd(), None, ""))
    layer = _merged(layer, _check(dict(overrides or {}), os.getcwd(), None, ""))
    return Settings(**{key.replace("-", "_"): value for key, value in layer.items()})


def find_file(start: str | Path) -> str | None:
    """The closest file with settings, from a file's folder or a folder up."""
    folder = os.path.realpath(start)
    while True:
        project = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(project) and _mentions_us(project) and _has_table(project):
            return project
        for name in OWN_FILES:
            if os.path.isfile(os.path.join(folder, name)):
                return os.path.join(folder, name)
        if folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)


def _mentions_us(project: str) -> bool:
    """A file without our name needs no parser, and its mistakes are not ours to report."""
    try:
        with open(project, "rb") as file:
            return b"lg-lint" in file.read()
    except OSError:
        return False


def _has_table(project: str) -> bool:
    import re

    text = _text(project)
    if not re.search(r"^\s*\[\s*tool\b|^\s*tool\s*[.=]", text, re.MULTILINE):
        return False
    return _own_table(_toml(text, project), project) is not None


def _read_file(path: str, inner: tuple[str, ...]) -> Layer:
    """The checked values of a file, over those of the file that it extends."""
    if path in inner:
        raise SettingsError(f'"{EXTEND}" leads back to this file', path)
    text = _text(path)
    table = _own_table(_toml(text, path), path)
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


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError("not valid UTF-8", path, row) from None
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", path) from None


def _toml(text: str, path: str | None) -> dict[str, Any]:
    import re

    from lg_lint.toml import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r" \(at line (\d+), column \d+\)", str(error))
        message = str(error).replace(place[0], "") if place else str(error)
        raise SettingsError(
            f"not valid TOML: {message}", path, int(place[1]) if place else None
        ) from None


def _own_table(document: dict[str, Any], path: str) -> dict[str, Any] | None:
    if os.path.basename(path) != "pyproject.toml":
        return document
    tools = document.get("tool")
    table = tools.get("lg-lint") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError("tool.lg-lint: expected a table", path)
    return table


def _inline(value: str) -> dict[str, Any]:
    try:
        return _toml(value, None)
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
    name = re.escape(key)
    start = next(_rows_of(rows, r"\s*\[\s*tool\s*\.\s*['\"]?lg-lint\b"), 0)
    pattern = rf"\s*(?:[\w'\"-]+\s*\.\s*)*['\"]?{name}['\"]?\s*[.=]|\s*\[.*\b{name}\b.*\]\s*(?:#|$)"
    found = next(_rows_of(rows, pattern, start), None)
    if found is None or not word:
        return None if found is None else found + 1
    inner = next(_rows_of(rows, rf".*(?<![\w-]){re.escape(word)}(?![\w-])", found), found)
    return inner + 1


def _rows_of(rows: list[str], pattern: str, start: int = 0) -> Iterator[int]:
    import re

    compiled = re.compile(pattern)
    return (index for index in range(start, len(rows)) if compiled.match(rows[index]))
