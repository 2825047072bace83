"""Every row of every table says where it comes from: by itself, or by its section."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import lg_lint
from lg_lint.knowledge import named, names, table

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


def test_each_name_has_a_key_of_its_own_that_is_asked_for() -> None:
    keys = [key for name in TABLES for key in table(name).get("names", {})]
    assert len(keys) == len(set(keys)), "two tables have a name under the same key"
    files = Path(lg_lint.__file__).parent.rglob("*.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    unused = [key for key in keys if not re.search(rf"\bnamed?s?\([\"']{key}[\"']\)", code)]
    assert not unused


def test_a_key_without_a_row_is_told() -> None:
    assert named("end") in names("end")
    with pytest.raises(AssertionError, match="0 tables name 'nothing'"):
        named("nothing")
