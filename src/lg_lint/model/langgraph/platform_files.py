"""Files that name graphs for a platform to serve: `langgraph.json` and others of its form."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from lg_lint.base import door
from lg_lint.base.listing import may_serve
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import Value

_MAX_SIZE = 64 * 1024
_KEY = b'"graphs"'


def served_names(program: Program) -> Iterator[tuple[str, str]]:
    """The files that name graphs, each with the `path:name` of a graph or of its factory."""
    for folder in sorted(program.finder.folders | {program.finder.root}):
        for path in _json_files(folder):
            targets = list(_targets(path))
            if targets or may_serve(os.path.basename(path)):
                program.consulted(path)
            for target in targets:
                yield path, target


def served_values(program: Program) -> Iterator[tuple[str, Value]]:
    """The files that name graphs, each with what a name in it may mean."""
    for named_in, target in served_names(program):
        file, _, name = target.partition(":")
        path: str | None = os.path.normpath(os.path.join(os.path.dirname(named_in), file))
        if path not in program.finder.files:
            path = program.finder.absolute(file, named_in)
        module = program.module(path) if path in program.finder.files else None
        if module is not None:
            for value in inference.module_attribute(program, module, name or "graph"):
                yield named_in, value


def _json_files(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.path
                for entry in entries
                if entry.name.endswith(".json")
                and entry.is_file()
                and entry.stat().st_size <= _MAX_SIZE
            )
    except OSError:
        return []


def _targets(path: str) -> Iterator[str]:
    """What the key "graphs" names, where each of its values has the form of a graph's place."""
    try:
        data = door.read(path, _MAX_SIZE)
        served = json.loads(data).get("graphs") if _KEY in data else None
    except (OSError, ValueError, AttributeError, RecursionError):
        return
    for spec in served.values() if isinstance(served, dict) else ():
        target = spec.get("path") if isinstance(spec, dict) else spec
        if isinstance(target, str) and ":" in target:
            yield target
