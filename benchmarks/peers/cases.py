"""The cases under `fixtures/`, copied to where the tools read them, and the defects they mark."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environment import PROJECT

_MARK = re.compile(r"#\s*expect(?P<next>-next-line)?:\s*(?P<items>LG.+)$")


@dataclass(frozen=True)
class Mark:
    """A defect: where the case marks it, and which rule of lg-lint it belongs to."""

    path: str
    row: int
    rule: str


@dataclass(frozen=True)
class Case:
    """A project of its own below `root`; a silent one belongs to a rule that must not speak."""

    name: str
    root: Path
    marks: tuple[Mark, ...]

    @property
    def silent_for(self) -> str | None:
        rule, kind, *_ = [*self.name.split("/"), ""]
        return rule if kind == "good" else None


def copied_cases(folder: Path) -> list[Case]:
    shutil.copytree(
        PROJECT / "fixtures", folder, ignore=shutil.ignore_patterns("__pycache__", "*.db*")
    )
    roots = [*folder.glob("LG*/*/*"), *folder.glob("apps/*"), *folder.glob("article/*")]
    return [
        Case(root.relative_to(folder).as_posix(), root, tuple(_marks(root)))
        for root in sorted(roots)
        if root.is_dir()
    ]


def _marks(root: Path) -> list[Mark]:
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for row, line in enumerate(lines, 1):
            if mark := _MARK.search(line):
                where = path.relative_to(root).as_posix(), row + bool(mark["next"])
                found += [Mark(*where, rule) for rule in re.findall(r"LG\d{3}", mark["items"])]
    return found
