"""Every row of every table says where it comes from: by itself, or by its section."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest

from lg_lint.knowledge import table

TABLES = sorted(
    entry.name.removesuffix(".toml")
    for entry in resources.files("lg_lint.knowledge").iterdir()
    if entry.name.endswith(".toml")
)


def has_source(section: Any) -> bool:
    if isinstance(section, dict) and isinstance(section.get("source"), str):
        return True
    parts = section if isinstance(section, list) else list(section.values())
    return all(isinstance(part, dict) and bool(part.get("source")) for part in parts)


@pytest.mark.parametrize("name", TABLES)
def test_each_section_has_sources(name: str) -> None:
    content = dict(table(name))
    sources = content.pop("sources", {})
    assert content
    for section, rows in content.items():
        said = sources.pop(section, "")
        assert bool(said) or has_source(rows), f"{name}.toml: [{section}] has no source"
    assert not sources, f"{name}.toml has no sections {sorted(sources)}"
