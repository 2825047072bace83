"""Folders that code adds to the path on which Python searches modules."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program.inference import core, texts
from lg_lint.program.scopes import CallSite
from lg_lint.program.store import Program
from lg_lint.program.values import External

_ADDERS = {
    "sys.path.append": 0,
    "sys.path.extend": 0,
    "sys.path.insert": 1,
    "site.addsitedir": 0,
}
"""What adds a folder, or several, with the position of the argument that says which."""


def note_search_paths(program: Program) -> None:
    """Have imports find what the modules loaded so far add to the search path."""
    for adder in _ADDERS:
        for site in list(program.calls_spoken(adder.rpartition(".")[2])):
            module = site.scope.module
            for folder in _added(program, site):
                program.finder.search(os.path.dirname(module.path), folder)


def _added(program: Program, site: CallSite) -> Iterator[str]:
    """The folders of the project that a call adds."""
    env = program.env(site.scope)
    finder, module = program.finder, site.scope.module
    for callee in core.infer(program, site.node.func, env):
        position = _ADDERS.get(callee.name) if isinstance(callee, External) else None
        if position is not None and position < len(site.node.args):
            expr = site.node.args[position].value
            parts = expr.items if isinstance(expr, t.Sequence) else (expr,)
            for part in parts:
                for text in texts.texts(program, part, env):
                    yield from texts.files_named(finder.folders, text, module, finder.root)
