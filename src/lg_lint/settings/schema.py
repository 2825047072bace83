"""The settings as a JSON schema, for editors that complete and check TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from lg_lint.base.address import raw
from lg_lint.settings.kinds import RULE
from lg_lint.settings.loading import EXTEND
from lg_lint.settings.options import options


def schema() -> dict[str, Any]:
    """The schema of the table `[tool.lg-lint]`, and so of lg-lint.toml."""
    properties = {
        option.key: {
            "description": option.doc,
            "default": plain(option.default),
            **option.kind.schema,
        }
        for option in options().values()
    }
    properties[EXTEND] = {
        "description": "A file whose settings hold where this one says nothing.",
        "type": "string",
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": raw("lg-lint.schema.json"),
        "title": "Settings of lg-lint",
        "type": "object",
        "additionalProperties": False,
        "properties": dict(sorted(properties.items())),
        "definitions": {RULE: {"description": "A rule, or several.", "enum": selectors()}},
    }


def selectors() -> list[str]:
    """All that names rules: "ALL", each code and what it starts with, each name."""
    from lg_lint.rules.registry import names

    codes = {code[:length] for code in names() for length in range(2, 1 + len(code))}
    return ["ALL", *sorted(codes), *sorted(names().values())]


def plain(value: object) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value
