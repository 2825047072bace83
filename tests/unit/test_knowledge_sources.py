"""Every row says where it comes from, by itself or by its section, and stands in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lg_lint
from lg_lint import knowledge
from lg_lint.knowledge import named, names, table

FILES = knowledge.files()
CONCEPTS = {name.removeprefix("concepts/") for name in FILES if name.startswith("concepts/")}
NO_CONCEPT = {
    "aliases", "returns", "attributes", "parents", "decorators", "families", "operators",
    "constructors", "properties", "drainers", "forwarders", "bags", "offloaders", "own_loops",
    "readers", "loaders",
    "names",
}  # fmt: skip
"""Sections that stand without a concept: `concepts/types.toml` and `names.toml` explain them."""


def sections(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, rows in content.items():
        if name in NO_CONCEPT:
            yield name, rows
        elif name != "sources":
            yield from ((f"{name}.{part}", below) for part, below in rows.items())


def has_source(section: Any) -> bool:
    parts = section if isinstance(section, list) else list(section.values())
    return all(isinstance(part, dict) and bool(part.get("source")) for part in parts)


@pytest.mark.parametrize("name", FILES)
def test_each_section_has_sources(name: str) -> None:
    sources = dict(FILES[name].get("sources", {}))
    for section, rows in sections(FILES[name]):
        alone = isinstance(rows, dict) and isinstance(rows.get("source"), str)
        said = sources.pop(section, "")
        assert bool(said) or alone or has_source(rows), f"{name}: [{section}] has no source"
    assert not sources, f"{name} has no sections {sorted(sources)}"


@pytest.mark.parametrize("name", FILES)
def test_each_section_is_of_a_concept(name: str) -> None:
    for section in FILES[name]:
        assert section in {"sources", *NO_CONCEPT} or f"{section}.toml" in CONCEPTS, section
    folder, _, file = name.partition("/")
    if folder == "concepts" and file not in ("types.toml", "names.toml"):
        assert {*FILES[name]} <= {"sources", file.removesuffix(".toml")}


def test_each_section_is_explained_where_its_concept_is() -> None:
    folder = Path(knowledge.__file__).parent / "concepts"
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in CONCEPTS}
    asked = {section for content in FILES.values() for section, _ in sections(content)}
    for section in sorted(asked - {"names"}):
        concept, _, part = section.rpartition(".")
        assert re.search(rf"\[{re.escape(section)}[\].]", texts[f"{concept or 'types'}.toml"]), (
            f"no word about [{section}] in {concept or 'types'}.toml, {part}"
        )


def test_each_name_is_asked_for() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in Path(lg_lint.__file__).parent.rglob("*.py")
    )
    keys = table("names")
    unused = [key for key in keys if not re.search(rf"\bnamed?s?\([\"']{key}[\"']\)", code)]
    assert not unused


def test_a_key_without_a_row_is_told() -> None:
    assert named("end") in names("end")
    with pytest.raises(KeyError, match="nothing"):
        named("nothing")


def test_what_stands_in_two_files_is_told() -> None:
    one, other = b'[aliases]\n"a.B" = "a.b.B"\n', b'[aliases]\n"a.B" = "a.c.B"\n'
    with pytest.raises(
        ValueError, match=r"libraries/z\.toml: 'a.B' stands in another file as well"
    ):
        knowledge._merged({"libraries/y.toml": one, "libraries/z.toml": other})
    assert knowledge._merged({"libraries/y.toml": one})["aliases"] == {"a.B": "a.b.B"}
