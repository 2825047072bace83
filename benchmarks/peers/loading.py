"""Imports the modules of a case, for the tools that read graphs as objects or watch code run."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any


def print_answers(
    one: Callable[[str], Any], roots: Sequence[str], cases_a_process: int | None = None
) -> None:
    """Ask for each case; the answers are printed as JSON."""
    answers = silent_stdout()
    context = multiprocessing.get_context("fork")
    with context.Pool(os.cpu_count(), maxtasksperchild=cases_a_process) as pool:
        found = dict(zip(roots, pool.map(one, roots, chunksize=1), strict=True))
    os.write(answers, json.dumps(found).encode())


def silent_stdout() -> int:
    """Keep what a case prints away from the answers; the descriptor returned still prints."""
    warnings.simplefilter("ignore")
    answers = os.dup(1)
    with open(os.devnull, "w") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
    return answers


def modules_of(root: Path) -> Iterator[ModuleType]:
    """Every module of a case that can be imported; the process is the case's own from now on."""
    roots = [root, *sorted(path for path in root.rglob("src") if path.is_dir())]
    os.chdir(root)
    sys.path[:0] = [str(each) for each in roots]
    for path in sorted(root.rglob("*.py")):
        home = max(
            (each for each in roots if path.is_relative_to(each)), key=lambda x: len(x.parts)
        )
        name = ".".join(path.relative_to(home).with_suffix("").parts).removesuffix(".__init__")
        try:
            yield importlib.import_module(name)
        except (Exception, SystemExit):  # a framework that is not installed, a script
            continue
