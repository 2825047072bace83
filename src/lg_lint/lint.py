"""One run: from paths and settings to findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lg_lint.finding import Finding, Place

if TYPE_CHECKING:
    from lg_lint.settings import Settings


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the user must mend: a missing path, an unreadable file, broken settings."""

    message: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A call that looks like a graph's, whose receiver could not be resolved."""

    place: Place
    message: str


@dataclass(slots=True)
class Report:
    """What a run found. Findings are sorted by place; `timings` are seconds by stage."""

    findings: list[Finding] = field(default_factory=list)
    suppressed: int = 0
    unresolved: list[Unresolved] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    timings: dict[str, float] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


def lint(paths: Sequence[Path], settings: Settings) -> Report:
    """Lint `paths`: files and folders whose findings are reported.

    The whole project that holds them is read, so that a cause in an unnamed file is seen.
    """
    raise NotImplementedError
