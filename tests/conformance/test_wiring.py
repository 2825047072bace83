"""What lg-lint reads of a graph is what the compiled graph says of itself."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from reading import Reading, of_graph, read_below
from recording import Made, Wiring, by_site, record

from lg_lint.model.graph import Graph

HERE = Path(__file__).parent
GRAPHS = HERE / "graphs"
SUBJECTS = sorted(
    path.stem for path in GRAPHS.glob("*.py") if path.stem not in ("__init__", "names")
)


def differences(read: Wiring, real: Wiring) -> list[str]:
    mine, theirs = asdict(read), asdict(real)
    return [
        f"{name}: read {_shown(mine[name], theirs[name])}, compiled {_shown(theirs[name], mine[name])}"
        for name in mine
        if mine[name] != theirs[name]
    ]


def _shown(value: Any, other: Any) -> str:
    if isinstance(value, set):
        return str(sorted(value - other, key=str))
    return str({key: item for key, item in value.items() if other.get(key) != item})


def says_all(graph: Graph) -> bool:
    """Whether nothing of a graph is said to be unknown: a node, an edge, the map of a router."""
    return graph.complete and not any(router.unmapped for router in graph.routers)


def compare(reading: Reading, made: list[Made]) -> tuple[list[str], int]:
    """The differences between graphs read and graphs made by the same lines, and how many met."""
    real = by_site(made)
    wrong, met = [], 0
    for (path, row), wiring in sorted(real.items(), key=str):
        same = [
            graph
            for graph in reading.graphs
            if graph.site.path == str(path) and graph.site.span[0] <= row <= graph.site.span[2]
        ]
        if not same:
            wrong.append(f"{path.name}:{row} not read")
            continue
        if not all(map(says_all, same)):
            continue
        graph = min(same, key=lambda each: each.site.span[2] - each.site.span[0])
        found = differences(of_graph(graph), wiring)
        met += 1
        wrong += [f"{path.name}:{row} {graph.name}: {line}" for line in found]
    return wrong, met


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own that holds the graphs."""
    root = tmp_path_factory.mktemp("conformance")
    shutil.copytree(GRAPHS, root / "graphs", ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture(scope="module")
def reading(root: Path) -> Reading:
    return read_below(root)


@pytest.fixture(scope="module")
def importable(root: Path) -> Iterator[Path]:
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.partition(".")[0] == "graphs"]:
        del sys.modules[name]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_own_graphs_agree(subject: str, reading: Reading, importable: Path) -> None:
    made: list[Made] = record(importable, [f"graphs.{subject}"])
    wrong, met = compare(reading, made)
    assert not wrong, "\n" + "\n".join(wrong)
    assert met == len(by_site(made))


def test_there_are_graphs_of_every_form(reading: Reading) -> None:
    assert len(reading.graphs) >= 100
    assert all(graph.complete for graph in reading.graphs)


@pytest.mark.usefixtures("importable")
def test_functional_graphs_have_their_one_node(reading: Reading) -> None:
    module = importlib.import_module("graphs.functional")
    read = {graph.name: set(graph.nodes) for graph in reading.graphs if graph.kind == "entrypoint"}
    assert read == {name: set(getattr(module, name).nodes) for name in ("plain", "saved")}
