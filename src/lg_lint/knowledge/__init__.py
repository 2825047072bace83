"""Tables of domain knowledge; each row names its source.

`libraries/` holds one file a library: all that is known of it, whoever asks. `concepts/` holds one
file a concept: what the sections of that name mean, and rows that belong to no library. A header
says the concept and the section, `[[blocking.methods]]`; what names mean and what the model asks
for by name stands without a concept, `[aliases]`, `[names]` (see `types.toml` and `names.toml`).
Sections of the same header are one table, whatever file they stand in.

They are written in TOML. As parsing that takes longer than linking a small program, they are packed
as JSON, too, which is read where it was made of these very files.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator
from typing import Any

from lg_lint.base.digest import digest
from lg_lint.program.container_methods import ContainerMethod, ContainerMethods
from lg_lint.program.types import OperatorRow, TypeTable

PACKED = "tables.json"
_FOLDER = os.path.dirname(__file__)
_FOLDERS = ("concepts", "libraries")
_TYPE_SECTIONS = (
    "aliases", "returns", "attributes", "offloaders", "own_loops", "decorators", "parents",
    "forwarders", "bags", "readers",
)  # fmt: skip

Tables = dict[str, Any]


def table(name: str) -> Any:
    """A concept's sections, or a section that stands without a concept: `table("aliases")`."""
    return _tables()[name]


@functools.cache
def _tables() -> Tables:
    texts = _texts()
    with open(os.path.join(_FOLDER, PACKED), encoding="utf-8") as file:
        packed = json.load(file)
    found: Tables = packed["tables"]
    return found if packed["of"] == _mark(texts) else _merged(texts)


@functools.cache
def runs_giving(*kinds: str) -> frozenset[str]:
    """The methods of a graph whose run gives this: "chunks", "events", "results", "each"."""
    rows = table("graphs")["runs"]
    return frozenset(name for name, row in rows.items() if row.get("gives") in kinds)


def named(key: str) -> str:
    """The full name that stands under a key of `[names]`."""
    (name,) = names(key)
    return name


def names(key: str) -> frozenset[str]:
    """All full names under a key: one or more."""
    found: str | list[str] = table("names")[key]
    return frozenset([found] if isinstance(found, str) else found)


def pack() -> str:
    """What the file of packed tables should hold."""
    texts = _texts()
    packed = {"of": _mark(texts), "tables": _merged(texts)}
    return json.dumps(packed, ensure_ascii=False, indent=0) + "\n"


def files() -> dict[str, Tables]:
    """What each file says, by its path in this folder, with its `[sources]`."""
    return dict(_parsed(_texts()))


def _texts() -> dict[str, bytes]:
    found = {}
    for folder in _FOLDERS:
        for name in sorted(os.listdir(os.path.join(_FOLDER, folder))):
            if name.endswith(".toml"):
                with open(os.path.join(_FOLDER, folder, name), "rb") as file:
                    found[f"{folder}/{name}"] = file.read()
    return found


def _mark(texts: dict[str, bytes]) -> str:
    return digest(b"\0".join(texts.values())).hex()


def _parsed(texts: dict[str, bytes]) -> Iterator[tuple[str, Tables]]:
    from lg_lint.base.toml import tomllib

    for name, text in texts.items():
        yield name, tomllib.loads(text.decode())


def _merged(texts: dict[str, bytes]) -> Tables:
    found: Tables = {}
    for name, content in _parsed(texts):
        content.pop("sources", None)
        _merge(found, content, name)
    return found


def _merge(into: Tables, rows: Tables, name: str) -> None:
    """Add what a file says: sections to sections, rows to rows; nothing is said twice."""
    for key, value in rows.items():
        there = into.setdefault(key, value)
        if there is value:
            continue
        if isinstance(there, dict) and isinstance(value, dict):
            _merge(there, value, name)
        elif isinstance(there, list) and isinstance(value, list):
            there += value
        else:
            raise ValueError(f"{name}: {key!r} stands in another file as well")


@functools.cache
def type_table() -> TypeTable:
    """What outside names mean: the type sections of all tables together."""
    tables = _tables()
    operators = tables["operators"]
    return TypeTable(
        **{section: tables[section] for section in _TYPE_SECTIONS},
        families=tuple((row["match"], row["parent"]) for row in tables["families"]),
        operators=tuple(
            OperatorRow(row["operator"], row["operand"], row["gives"]) for row in operators
        ),
        members=_members(),
        properties=frozenset(tables["properties"]["names"]),
        constructors=tuple(tables["constructors"]["names"]),
        loaders=frozenset(tables["loaders"]["names"]),
        drainers=frozenset([*tables["drainers"]["names"], *container_methods().drainers]),
        containers=container_methods(),
    )


@functools.cache
def container_methods() -> ContainerMethods:
    """What the methods of containers do."""
    rows = table("values")["container_methods"]
    return ContainerMethods(
        {name: ContainerMethod(**{**row, "of": frozenset(row["of"])}) for name, row in rows.items()}
    )


def _members() -> dict[str, set[str]]:
    """The methods of outside classes that block, with their async twins of the same class."""
    found: dict[str, set[str]] = {}
    for row in table("blocking")["methods"]:
        names = row.get("names", ())
        found.setdefault(row["class"], set()).update(names)
        if "async" in row:
            found[row["class"]].update(f"{row['async']}{name}" for name in names)
    return found
