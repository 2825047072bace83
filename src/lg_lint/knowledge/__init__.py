"""Tables of domain knowledge; each row names its source."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

from lg_lint.program.types import TypeTable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FOLDER = os.path.dirname(__file__)
_TYPE_SECTIONS = ("aliases", "returns", "attributes", "offloaders", "decorators", "parents")


@functools.cache
def table(name: str) -> dict[str, Any]:
    """The table `<name>.toml` of this package."""
    with open(os.path.join(_FOLDER, f"{name}.toml"), "rb") as file:
        return tomllib.load(file)


@functools.cache
def type_table() -> TypeTable:
    """What outside names mean: the type sections of all tables together."""
    merged: dict[str, dict[str, Any]] = {section: {} for section in _TYPE_SECTIONS}
    families: list[tuple[str, str]] = []
    for name in sorted(os.listdir(_FOLDER)):
        if name.endswith(".toml"):
            rows = table(name.removesuffix(".toml"))
            for section in _TYPE_SECTIONS:
                merged[section].update(rows.get(section, {}))
            families += [(row["match"], row["parent"]) for row in rows.get("families", ())]
    return TypeTable(**merged, families=tuple(families))
