"""`lg-lint resolution` counts what is not understood, by cause, and a run says where it is much."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lg_lint.cli.app import app
from lg_lint.cli.resolution import FORMATS
from lg_lint.program.inference.causes import Cause
from lg_lint.reports.resolution import FORMATS as RENDERED

SOURCE = """
from typing import Any, TypedDict

from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph

api = FastAPI()


class State(TypedDict):
    text: str


def tell(state: State) -> dict:
    return {{"text": "a"}}


builder = StateGraph(State)
builder.add_node("tell", tell)
builder.add_node("lost", missing)
builder.add_edge(START, "tell")
builder.add_conditional_edges("tell", missing)
graph = builder.compile()


class Holder:
    pass


def plain(given): return given.work()
def typed(given: Any): return given.work()
def made(given): return given


@api.post("/ask")
async def ask(text: str) -> dict:
    graph.get_state({{}})
    holder = Holder()
    {body}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'p'\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def counted(project: Path, body: str) -> dict[str, dict[str, object]]:
    (project / "main.py").write_text(SOURCE.format(body=body))
    found: dict[str, dict[str, object]] = json.loads(run("resolution", "--format", "json").stdout)
    return found


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("plain(unseen)", Cause.PARAMETER),
        ("typed(unseen)", Cause.ANNOTATED),
        ("made(unseen).work()", Cause.RETURNED),
        ("unseen.work()", Cause.UNBOUND),
        ("holder.client.work()", Cause.ATTRIBUTE),
        ("[unseen][0].work()", Cause.ITEM),
        ("(holder.a + 1).work()", Cause.ATTRIBUTE),
    ],
)
def test_each_cause_is_named(project: Path, body: str, cause: Cause) -> None:
    shares = counted(project, body)["receivers"]
    gaps = shares["gaps"]
    assert isinstance(gaps, list)
    assert cause.value in {gap["cause"] for gap in gaps}
    assert shares["unknown"] == len(gaps)


def test_what_is_known_is_no_gap(project: Path) -> None:
    found = counted(project, "plain(graph)")
    assert (found["receivers"]["total"], found["receivers"]["unknown"]) == (4, 0)
    assert (found["runs"]["total"], found["runs"]["unknown"]) == (1, 0)


def test_nodes_and_routers_without_a_function_are_counted(project: Path) -> None:
    found = counted(project, "return {}")
    assert (found["nodes"]["total"], found["nodes"]["unknown"]) == (2, 1)
    assert (found["results"]["total"], found["results"]["unknown"]) == (1, 0)
    assert (found["routers"]["total"], found["routers"]["unknown"]) == (1, 1)


def test_a_table_names_places_and_what_is_left_out(project: Path) -> None:
    calls = "\n    ".join(f"holder.a{number}.work()" for number in range(12))
    (project / "main.py").write_text(SOURCE.format(body=calls))
    done = run("resolution")
    assert done.exit_code == 0
    assert f"12 unknown: {Cause.ATTRIBUTE.value}" in done.stdout
    row = SOURCE.split("{body}")[0].count("\n") + 1
    assert f"            main.py:{row}:5\n" in done.stdout
    assert "... and 7 more places: --format json" in done.stdout


def test_a_run_says_where_much_is_not_known(project: Path) -> None:
    def told(number: int) -> bool:
        calls = "\n    ".join(f"holder.a{each}.work()" for each in range(number))
        (project / "main.py").write_text(SOURCE.format(body=calls or "pass"))
        return "lg-lint resolution" in run("--no-cache", "--exit-zero").stdout

    assert told(12)
    assert not told(9)


def test_a_project_without_graphs(project: Path) -> None:
    (project / "main.py").write_text("print(1)\n")
    done = run("resolution")
    assert done.stdout == "Nothing here looks like LangGraph or a stream.\n"
    assert run("resolution", "--format", "json").stdout == "{}\n"


def test_the_formats_are_those_that_are_rendered() -> None:
    assert FORMATS == RENDERED
