"""Projects that are fixed through the real pipeline."""

from __future__ import annotations

import io
import os
import re
import shutil
import tokenize
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lg_lint.base.finding import Confidence
from lg_lint.fixes.applying import Applied, apply
from lg_lint.run.check import lint
from lg_lint.run.report import Report
from lg_lint.settings import Settings

FIXTURES = Path(__file__).parents[3] / "fixtures"
SETTINGS = Settings(select=("ALL",), min_confidence=Confidence.LOW)


def copied(project: Path, folder: Path) -> Path:
    """A copy of a project."""
    root = folder / "project"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def check(texts: dict[Path, str] | None = None) -> Report:
    """What is found in the working directory, all rules on."""
    return lint([Path()], SETTINGS, texts)


def mended(*, unsafe: bool = True) -> Applied:
    """What fixing the working directory gives."""
    return apply(check(), lambda texts: check(dict(texts)), unsafe=unsafe)


def write(result: Applied) -> None:
    for path, text in result.after.items():
        Path(path).write_bytes(text.encode())


def comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def rows(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)
