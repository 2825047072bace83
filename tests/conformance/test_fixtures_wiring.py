"""The graphs of the fixtures, read and compiled: every case that can be imported."""

from __future__ import annotations

import importlib
import inspect
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from reading import Reading, read_below
from recording import Made, record
from test_wiring import compare

from fixture_cases import all_cases, case_id, copy_case, source_files
from lg_lint.program.scopes import Function, Module
from test_fixtures_import import NOT_INSTALLED, import_roots, importable, module_name

MET: dict[str, int] = {}


def import_one(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in NOT_INSTALLED:
            raise


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


@pytest.mark.parametrize("case", all_cases(), ids=case_id)
def test_fixture_graphs_agree(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_case(case, tmp_path)
    monkeypatch.chdir(root)
    roots = import_roots(root)
    reading = read_below(root)
    names = [module_name(path, roots) for path in source_files(root) if " " not in path.name]
    with importable(root, roots):
        made: list[Made] = record(root, names, import_one, lambda: call_factories(reading))
    wrong, met = compare(reading, made)
    MET[case_id(case)] = met
    assert not wrong, "\n" + "\n".join(wrong)


def test_most_cases_have_a_graph_to_compare() -> None:
    assert sum(1 for met in MET.values() if met) > len(MET) * 0.7
