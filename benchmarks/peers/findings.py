"""What a tool said about a case, and which rules of lg-lint each of its codes speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BLOCKING = ("LG101", "LG102", "LG103")

# Codes of other tools by the matter they speak of, as their documentation describes it, in doubt
# in their favour. A code that is not here speaks of a matter that no rule of lg-lint is about.
MATTERS: dict[str, tuple[str, ...]] = {
    # ruff and flake8-async: ASYNC2xx, added below; swallowed cancellation.
    "ASYNC103": ("LG305",),
    "ASYNC104": ("LG305",),
    "hydroid": BLOCKING,
    "blockbuster": BLOCKING,
    "LG001": ("LG603",),  # langgraph-lint
    "LG003": ("LG601", "LG602"),
    "AG001": ("LG401",),  # agentguard-linter
    "AG002": ("LG606",),
    "AG003": ("LG509",),
    "AG004": ("LG608",),
    "AG006": ("LG603",),
    "AG007": ("LG601", "LG602"),
    "AG008": ("LG305", "LG604"),
    "AG009": ("LG401", "LG402", "LG403"),
    "AG011": ("LG201", "LG202"),
    "node-unreachable-from-start": ("LG603",),  # gebra
    "orphan-node": ("LG603",),
    "edge-target-undefined": ("LG601", "LG602"),
    "path-map-target-undefined": ("LG601", "LG602"),
    "cycle-without-termination-witness": ("LG608",),
    "counter-guard-without-exit-edge": ("LG608",),
    "read-key-never-written-on-path": ("LG607",),
    "unprotected-effect-in-retry-region": ("LG402",),
}


def rules_of(code: str) -> tuple[str, ...]:
    """The rules of lg-lint that speak of the same matter as another tool's code."""
    return BLOCKING if code.startswith("ASYNC2") else MATTERS.get(code, ())


@dataclass(frozen=True)
class Finding:
    """`places` are all that the finding names, in its case; empty where the tool names no lines."""

    case: str
    rules: tuple[str, ...]
    places: tuple[tuple[str, int], ...]


def near(places: Iterable[tuple[str, int]], others: Iterable[tuple[str, int]]) -> bool:
    """Whether two findings share a file and, within one line, a line."""
    known = set(others)
    return any((path, row + by) in known for path, row in places for by in (-1, 0, 1))
