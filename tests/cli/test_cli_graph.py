"""`lg-lint graph` draws what the source says, and what it does not say as such."""

from __future__ import annotations

import json
from pathlib import Path

import pydot
import pytest
from click.testing import CliRunner, Result

from lg_lint.cli.app import app
from lg_lint.cli.graph import FORMATS
from lg_lint.drawing import FORMATS as RENDERED

SOURCE = """
from typing import TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Command


class State(TypedDict, total=False):
    text: str


async def write(state: State) -> dict:
    return {"text": "a", "lost": "b"}


def review(state: State) -> Command:
    return Command(goto=state["text"])


def fail(state: State) -> dict:
    return {}


NAMES = open("names").read().split()

builder = StateGraph(State)
builder.add_node("write", write)
builder.add_node('say "so"', review)
builder.add_edge(START, "write")
builder.add_edge(START, 'say "so"')
builder.add_edge(["write", 'say "so"'], "last")
builder.add_node("last", fail, defer=True)
builder.add_edge("last", END)
for name in NAMES:
    builder.add_node(f"worker_{name}", fail)
    builder.add_edge("write", f"worker_{name}")
graph = builder.compile()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'p'\n")
    (tmp_path / "graph.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["graph", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result


@pytest.mark.usefixtures("project")
def test_text_shows_nodes_edges_channels_and_findings() -> None:
    assert run().output == (
        "builder (state)  graph.py:26\n"
        "  ? some nodes or edges could not be read\n"
        "  START\n"
        "    → write\n"
        '    → say "so"\n'
        "  write  async; writes text (last value)  graph.py:12  ! LG607\n"
        "    → last (waits for all)\n"
        "    → worker_{name}\n"
        '  say "so"  sync  graph.py:16\n'
        "    → last (waits for all)\n"
        "    ⇢ ? any node may follow  graph.py:17\n"
        "  last  sync; deferred  graph.py:20\n"
        "    → END\n"
        "  worker_{name} ? name not known  sync  graph.py:20\n"
        "  channels\n"
        "    text  last value  graph.py:9\n"
    )


@pytest.mark.usefixtures("project")
def test_json_has_every_part() -> None:
    document = json.loads(run("--format", "json").output)
    assert document["schema_version"] == 1
    (graph,) = document["graphs"]
    nodes = {node["name"]: node for node in graph["nodes"]}
    assert not graph["complete"]
    assert set(nodes) == {"write", 'say "so"', "last", "worker_{name}"}
    assert nodes["write"]["runs"] == "async"
    assert [finding["code"] for finding in nodes["write"]["findings"]] == ["LG607"]
    assert nodes["last"]["deferred"]
    assert not nodes["worker_{name}"]["resolved"]
    assert {edge["kind"] for edge in graph["edges"]} == {"static", "unresolved"}
    assert graph["channels"] == [
        {"key": "text", "reducer": "last value", "filename": "graph.py", "row": 9}
    ]


@pytest.mark.usefixtures("project")
def test_mermaid_escapes_names_and_dashes_what_is_unresolved() -> None:
    drawn = run("--format", "mermaid").output
    assert '["say #quot;so#quot;<br/>graph.py:16<br/>sync"]' in drawn
    assert "classDef unresolved stroke-dasharray:4 4" in drawn
    assert "could not be read" in drawn
    assert "LG607" in drawn


@pytest.mark.usefixtures("project")
def test_dot_escapes_names_and_marks_findings() -> None:
    drawn = run("--format", "dot").output
    assert '"say \\"so\\"" [label="say \\"so\\"\\ngraph.py:16\\nsync"];' in drawn
    assert "LG607" in drawn
    assert drawn.count("{") == drawn.count("}")


def test_dot_file_is_read_by_a_parser_of_dot(project: Path) -> None:
    run("--format", "dot", "--output-file", "graph.dot")
    read = pydot.graph_from_dot_data((project / "graph.dot").read_text())
    assert read
    assert "worker_" in read[0].to_string()


def test_graphs_of_other_files_are_left_out(project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "second.py").write_text(SOURCE)
    assert run("other").output.startswith("builder (state)  other/second.py:26\n")
    assert run("other").output.count("builder (state)") == 1


def test_a_project_without_graphs_has_none(project: Path) -> None:
    (project / "graph.py").write_text("x = 1\n")
    assert run().output == "No graph found.\n"


def test_command_offers_the_formats_that_there_are() -> None:
    assert FORMATS == RENDERED
