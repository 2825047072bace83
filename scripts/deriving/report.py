"""What is kept of a package: the classes that wait, and those that lead to one."""

from __future__ import annotations

from typing import Any

from .rows import Package


def report(name: str, package: Package) -> dict[str, Any]:
    kept = _kept(package)
    functions, gives = package.functions()
    classes = {package.name(cls): _entry(package, cls, kept) for cls in kept}
    return {
        "package": name,
        "version": package.version,
        "modules": [*package.row["modules"], *package.row.get("names", [])],
        "functions": _grouped(functions),
        "returns": {key: value for key, value in gives.items() if value in classes},
        "aliases": {key: value for key, value in package.aliases.items() if value in classes},
        "classes": classes,
    }


def _kept(package: Package) -> set[type]:
    kept = {cls for cls, entry in package.classes.items() if entry["waits"]}
    while True:
        more = {
            cls
            for cls, entry in package.classes.items()
            if cls not in kept and any(each in kept for each in entry["gives"].values())
        }
        if not more:
            return kept
        kept |= more


def _entry(package: Package, cls: type, kept: set[type]) -> dict[str, Any]:
    entry = package.classes[cls]
    base = next((each for each in cls.__mro__[1:] if each in kept), None)
    above = package.classes[base] if base is not None else {"waits": {}, "gives": {}}
    gives = {
        name: each if each == "self" else package.name(each)
        for name, each in entry["gives"].items()
        if (each == "self" or each in kept) and above["gives"].get(name) != each
    }
    found: dict[str, Any] = {}
    if base is not None:
        found["base"] = package.name(base)
    waits = {name: how for name, how in entry["waits"].items() if above["waits"].get(name) != how}
    if waits:
        groups: dict[tuple[str, bool, str], list[str]] = {}
        for name, how in waits.items():
            groups.setdefault(how, []).append(name)
        found["waits"] = [[*how, sorted(names)] for how, names in sorted(groups.items())]
    lazy = package.lazy(cls)
    if lazy:
        found["lazy"] = lazy
    if gives:
        found["gives"] = dict(sorted(gives.items()))
    if cls in package.pairs:
        found["twin"] = package.name(package.pairs[cls])
    return found


def _grouped(functions: dict[str, tuple[str, bool, str]]) -> dict[str, Any]:
    return {name: list(how) for name, how in functions.items()}
