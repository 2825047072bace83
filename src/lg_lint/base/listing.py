"""Which entries of a folder matter to a run."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LISTED = frozenset(
    {".git", ".gitignore", ".lg-lint.toml", "lg-lint.toml", "pyproject.toml", "pyvenv.cfg"}
    | {".lg_lint.toml", ".lglint.toml", "lg_lint.toml", "lglint.toml"}
    | {"setup.cfg", "setup.py"}
)
_DEPLOYING = (
    "dockerfile", "containerfile", "procfile", "makefile", "supervisord.", "fly.", "railway.",
    "caddyfile", "ecosystem.", "nixpacks.",
)  # fmt: skip
_ENDS = (".dockerfile", ".service", ".sh", ".tf", ".tfvars", ".tpl", ".caddyfile")
_SUFFIXES = (".py", ".pyi", ".ipynb", ".conf")


def listing(path: str, skipped: frozenset[str]) -> str:
    """The entries of a folder that a run may look at. Raises OSError."""
    with os.scandir(path) as entries:
        return listed(entries, skipped)


def listed(entries: Iterable[os.DirEntry[str]], skipped: frozenset[str]) -> str:
    """The names of the entries that count, in one text."""
    found = [
        entry.name
        for entry in entries
        if entry.name not in skipped
        and (
            entry.name.endswith(_SUFFIXES)
            or entry.name in LISTED
            or "nginx" in entry.name
            or (entry.name.endswith(".json") and may_serve(entry.name))
            or entry.name.startswith("requirements")
            or may_deploy(entry.name)
            or _is_folder(entry)
        )
    ]
    return "\0".join(sorted(found))


def may_serve(name: str) -> bool:
    """Whether a file's name says that it names graphs or services, as langgraph.json does."""
    return "graph" in name or "aegra" in name or "compose" in name


def may_deploy(name: str) -> bool:
    """Whether a file's name says that it may tell what a machine starts."""
    if name.endswith((".yml", ".yaml")):
        return True
    plain = name.lower()
    return plain.startswith(_DEPLOYING) or plain.endswith(_ENDS)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symlink that leads to itself
        return False
