"""Every case is real code: its modules import, and its graphs say what is read of them."""

from __future__ import annotations

import functools
import inspect
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from importing import import_one, import_roots, importable, modules_of
from reading import Reading, read_below
from recording import Made, record
from test_wiring import compare

from fixture_cases import all_cases, case_id, copy_case, inside
from lg_lint.program.scopes import Function, Module


class Compared(NamedTuple):
    """A case that was imported: how its graphs differ from what was read, and how many met."""

    wrong: list[str]
    met: int


def factories(reading: Reading) -> set[tuple[str, str]]:
    """Module-level functions without parameters that build a graph: path and name."""
    return {
        (scope.module.path, scope.name)
        for graph in reading.graphs
        if isinstance(scope := graph.site.env.scope, Function)
        and isinstance(scope.parent, Module)
        and not scope.params
        and not scope.is_async
        and not scope.is_generator
    }


def call_factories(reading: Reading) -> None:
    for path, name in sorted(factories(reading)):
        for module in list(sys.modules.values()):
            if getattr(module, "__file__", None) == path:
                function: Any = getattr(module, name, None)
                if inspect.isfunction(inspect.unwrap(function)):
                    with suppress(Exception):
                        function()


@functools.cache
def compared(case: Path) -> Compared:
    """Import a case, once for all tests, since the libraries that it needs are large."""
    with tempfile.TemporaryDirectory() as folder, inside(copy_case(case, Path(folder).resolve())):
        root = Path.cwd()
        roots = import_roots(root)
        reading = read_below(root)
        with importable(root, roots):
            made: list[Made] = record(
                root, modules_of(root, roots), import_one, lambda: call_factories(reading)
            )
        return Compared(*compare(reading, made))


@pytest.mark.parametrize("case", all_cases(), ids=case_id)
def test_case_imports_and_its_graphs_agree(case: Path) -> None:
    wrong = compared(case).wrong
    assert not wrong, "\n" + "\n".join(wrong)


def test_most_cases_have_a_graph_to_compare() -> None:
    met = [case for case in all_cases() if compared(case).met]
    assert len(met) > len(all_cases()) * 0.7
