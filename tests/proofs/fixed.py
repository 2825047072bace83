"""A case's project, as `lg-lint --fix` leaves it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lg_lint.base.rewriting import rewrite
from lg_lint.fixes.applying import apply
from lg_lint.run.check import lint
from lg_lint.run.report import Report
from lg_lint.settings import Settings


def fixed(project: Path, folder: Path) -> tuple[Path, list[str]]:
    """A fixed copy of `project` in `folder`, and the rules whose findings were fixed."""
    copy = folder / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with _inside(copy):
        mended = apply(_check({}), _check, unsafe=True)
        if mended.refused:
            raise AssertionError(f"{project} was not fixed: {mended.refused}")
        for path, text in mended.after.items():
            rewrite(Path(path), mended.before[path], text, str(Path(path).parent))
    return copy, [finding.code for finding in mended.fixed]


def _check(texts: Mapping[Path, str]) -> Report:
    return lint([Path()], Settings(), texts)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
