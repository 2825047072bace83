"""Small programs built from text."""

from __future__ import annotations

from textwrap import dedent

from lg_lint.facts.extract import extract
from lg_lint.knowledge import type_table
from lg_lint.model.assembly import build
from lg_lint.model.project import Project
from lg_lint.model.web.route_entries import dependency_values
from lg_lint.program.modules import ModuleFinder
from lg_lint.program.store import Program

ROOT = "/project"


def program_of(files: dict[str, str] | str) -> Program:
    """A program whose modules are all loaded; one text alone is `app.py`."""
    given = {"app.py": files} if isinstance(files, str) else files
    texts = {f"{ROOT}/{path}": dedent(text) for path, text in given.items()}
    finder = ModuleFinder(ROOT, texts, type_table().packages)
    program = Program(
        finder,
        lambda path: extract(texts[path]),
        type_table(),
        is_test=lambda path: "/tests/" in path,
    )
    program.parameter_hook = dependency_values
    for path in texts:
        program.module(path)
    return program


def project_of(*parts: str) -> Project:
    """What rules see of one module, given in parts."""
    project, _ = build.project(program_of("\n".join(dedent(part) for part in parts)))
    return project
