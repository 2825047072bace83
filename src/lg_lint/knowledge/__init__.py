"""Tables of domain knowledge; each row names its source.

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
_TYPE_SECTIONS = (
    "aliases", "returns", "attributes", "offloaders", "own_loops", "decorators", "parents",
    "forwarders", "bags",
)  # fmt: skip

Tables = dict[str, dict[str, Any]]


def table(name: str) -> dict[str, Any]:
    """The table `<name>.toml` of this package."""
    return _tables()[name]


@functools.cache
def _tables() -> Tables:
    texts = _texts()
    with open(os.path.join(_FOLDER, PACKED), encoding="utf-8") as file:
        packed = json.load(file)
    found: Tables = packed["tables"]
    return found if packed["of"] == _mark(texts) else _parsed(texts)


@functools.cache
def runs_giving(*kinds: str) -> frozenset[str]:
    """The methods of a graph whose run gives this: "chunks", "events", "results", "each"."""
    rows = table("langgraph")["runs"]
    return frozenset(name for name, row in rows.items() if row.get("gives") in kinds)


def named(key: str) -> str:
    """The full name that stands under a key in the sections `names` of all tables."""
    (name,) = _named(key)
    return name


def names(key: str) -> frozenset[str]:
    """All full names under a key: one or more."""
    return frozenset(_named(key))


def _named(key: str) -> list[str]:
    found = [rows["names"][key] for rows in _tables().values() if key in rows.get("names", ())]
    assert len(found) == 1, f"{len(found)} tables name {key!r}"
    return [found[0]] if isinstance(found[0], str) else found[0]


def pack() -> str:
    """What the file of packed tables should hold."""
    texts = _texts()
    packed = {"of": _mark(texts), "tables": _parsed(texts)}
    return json.dumps(packed, ensure_ascii=False, indent=0) + "\n"


def _texts() -> dict[str, bytes]:
    found = {}
    for name in sorted(os.listdir(_FOLDER)):
        if name.endswith(".toml"):
            with open(os.path.join(_FOLDER, name), "rb") as file:
                found[name.removesuffix(".toml")] = file.read()
    return found


def _mark(texts: dict[str, bytes]) -> str:
    return digest(b"\0".join(texts.values())).hex()


def _parsed(texts: dict[str, bytes]) -> Tables:
    from lg_lint.base.toml import tomllib

    return {name: tomllib.loads(text.decode()) for name, text in texts.items()}


@functools.cache
def type_table() -> TypeTable:
    """What outside names mean: the type sections of all tables together."""
    merged: dict[str, dict[str, Any]] = {section: {} for section in _TYPE_SECTIONS}
    families: list[tuple[str, str]] = []
    operators: list[OperatorRow] = []
    for rows in _tables().values():
        for section in _TYPE_SECTIONS:
            merged[section].update(rows.get(section, {}))
        families += [(row["match"], row["parent"]) for row in rows.get("families", ())]
        operators += [
            OperatorRow(row["operator"], row["operand"], row["gives"])
            for row in rows.get("operators", ())
        ]
    return TypeTable(
        **merged,
        families=tuple(families),
        operators=tuple(operators),
        members=_members(),
        properties=frozenset(_names("properties")),
        constructors=tuple(_names("constructors")),
        drainers=frozenset([*_names("drainers"), *container_methods().drainers]),
        containers=container_methods(),
    )


@functools.cache
def container_methods() -> ContainerMethods:
    """What the methods of containers do."""
    rows = _tables()["python"]["container_methods"]
    return ContainerMethods(
        {name: ContainerMethod(**{**row, "of": frozenset(row["of"])}) for name, row in rows.items()}
    )


def _names(section: str) -> Iterator[str]:
    """The names that a section of several tables lists."""
    for rows in _tables().values():
        yield from rows.get(section, {}).get("names", ())


def _members() -> dict[str, set[str]]:
    """The methods of outside classes that block, with their async twins of the same class."""
    found: dict[str, set[str]] = {}
    for row in _tables()["blocking"]["methods"]:
        names = row.get("names", ())
        found.setdefault(row["class"], set()).update(names)
        if "async" in row:
            found[row["class"]].update(f"{row['async']}{name}" for name in names)
    return found
