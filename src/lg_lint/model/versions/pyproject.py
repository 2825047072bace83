"""Dependencies in pyproject.toml: PEP 621, PEP 735 and poetry's own tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lg_lint.model.versions.pin import Pin, spelled
from lg_lint.model.versions.ranges import LONGEST, Range, either, of_poetry, of_specifiers

NAME = "pyproject.toml"
_MOST = 500
"""Times that a table may name one package."""


def pins(text: str, path: str, package: str) -> Iterator[Pin]:
    """What each table that names a package allows, the application's own first.

    What cannot be read says nothing: pyproject.toml is for other tools to complain of.
    """
    mention = re.compile(rf"{spelled(package)}(?![\w.-])", re.I)
    if mention.search(text) is None:
        return
    from lg_lint.base.toml import tomllib

    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    for lines in _lists(document):
        given = [each for each in lines if isinstance(each, str) and mention.match(each.strip())]
        if given:
            yield Pin(package, _read(given), path, _row(text, re.escape(given[0])))
    for table in _poetry(document):
        for name, constraint in table.items():
            if mention.fullmatch(name):
                row = _row(text, rf"^[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*[.=]")
                yield Pin(package, _constraint(constraint), path, row)


def _lists(document: dict[str, Any]) -> Iterator[list[Any]]:
    project = _table(document, "project")
    for value in (
        project.get("dependencies"),
        *_table(project, "optional-dependencies").values(),
        *_table(document, "dependency-groups").values(),
    ):
        if isinstance(value, list):
            yield value


def _poetry(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    poetry = _table(_table(document, "tool"), "poetry")
    yield _table(poetry, "dependencies")
    groups = _table(poetry, "group")
    for name in groups:
        yield _table(_table(groups, name), "dependencies")


def _table(owner: dict[str, Any], key: str) -> dict[str, Any]:
    value = owner.get(key)
    return value if isinstance(value, dict) else {}


def _read(given: list[str]) -> Range:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        short = [each for each in given[:_MOST] if len(each) <= LONGEST]
        if len(short) < len(given):
            return Range()
        return either(of_specifiers(Requirement(each).specifier) for each in short)
    except (InvalidRequirement, ValueError):
        return Range()


def _constraint(constraint: Any) -> Range:
    """A text, a table with a version, or a list of such for different platforms."""
    given = constraint[:_MOST] if isinstance(constraint, list) else [constraint]
    texts = [each.get("version") if isinstance(each, dict) else each for each in given]
    try:
        return either(of_poetry(each) if isinstance(each, str) else Range() for each in texts)
    except (ValueError, TypeError):  # TypeError: an empty list
        return Range()


def _row(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.M)
    return text.count("\n", 0, found.start()) + 1 if found else 1
