"""The modules of each process that takes part, all of them read before anything is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from lg_lint.model.web.route_entries import dependency_values
from lg_lint.program import inference
from lg_lint.program.import_closure import Imports, reached
from lg_lint.program.store import Program

_ROUNDS = 20


def load(
    program: Program,
    imports: Imports,
    seeds: Iterable[str],
    prepare: Callable[[Iterable[str]], object],
    text_of: Callable[[str], str],
    searching: Collection[str],
    reported: Collection[str],
) -> None:
    """Read what the processes that have a seed are made of.

    Those are all files that import a seed, what these import, and what any of them loads by a
    text: a module that never speaks of graphs may be given one. `prepare` is told which files are
    asked for next, `text_of` gives the text of a file. `searching` are files that may add to the
    path on which modules are searched, `reported` those whose findings are shown: what has nothing
    to do with any of them is left out.
    """
    program.parameter_hook = dependency_values
    for path in searching:
        program.module(path)
    if searching:
        inference.note_search_paths(program)
        program.forget()
    loaded: set[str] = set()
    fresh = _near(imports, imports.processes(seeds), text_of, reported)
    plain = True
    for _ in range(_ROUNDS):
        prepare(sorted(fresh))
        for path in sorted(fresh):
            program.module(path)
        loaded |= fresh
        program.components = imports.components(loaded)
        inference.load_named(program, plain=plain)
        imports.note(program.loads)
        named = {path for paths in program.loads.values() for path in paths}
        fresh = reached(named - loaded, imports.of) - loaded
        if fresh or imports.components(loaded) != program.components:
            program.forget()
        elif not plain:
            break
        else:
            plain = False
    program.components = imports.components(loaded)


def _near(
    imports: Imports,
    paths: set[str],
    text_of: Callable[[str], str],
    reported: Collection[str],
) -> set[str]:
    """Those files that may take part in a process with one that is reported; all if none does."""
    parts = imports.components(paths)
    wanted = {parts[path] for path in paths.intersection(reported)}
    if not wanted or wanted.issuperset(parts.values()):
        return paths
    parts = imports.components(paths, text_of)
    wanted = {parts[path] for path in paths.intersection(reported)}
    return {path for path in paths if parts[path] in wanted}
