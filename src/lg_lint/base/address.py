"""Where the project is published: nothing else says so."""

from __future__ import annotations

HOME = "https://github.com/lg-lint/lg-lint"


def page(path: str) -> str:
    """The address of a file of the repository, such as `docs/rules/LG101.md`."""
    return f"{HOME}/blob/main/{path}"


def raw(path: str) -> str:
    """The address of a file's bare content."""
    return f"{HOME}/raw/main/{path}"
