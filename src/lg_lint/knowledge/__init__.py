"""Tables of domain knowledge; each row names its source."""

from __future__ import annotations

import functools
import sys
from importlib import resources
from typing import Any

from lg_lint.program.types import TypeTable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TYPE_SECTIONS = ("aliases", "returns", "attributes", "offloaders", "decorators", "parents")


@functools.cache
def table(name: str) -> dict[str, Any]:
    """The table `<name>.toml` of this package."""
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def type_table() -> TypeTable:
    """What outside names mean: the type sections of all tables together."""
    merged: dict[str, dict[str, Any]] = {section: {} for section in _TYPE_SECTIONS}
    families: list[tuple[str, str]] = []
    for entry in resources.files(__package__).iterdir():
        if entry.name.endswith(".toml"):
            rows = table(entry.name.removesuffix(".toml"))
            for section in _TYPE_SECTIONS:
                merged[section].update(rows.get(section, {}))
            families += [(row["match"], row["parent"]) for row in rows.get("families", ())]
    return TypeTable(**merged, families=tuple(families))
