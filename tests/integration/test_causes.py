"""One cause, one finding: calls, places and causes that many lead to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from workspace import GRAPH, Workspace

STORE = """\
import time

import requests


def fetch(key: str) -> str:
    try:
        return ask(key)
    except OSError:
        time.sleep(3)
        return ask(key)


def ask(key: str) -> str:
    return requests.get("https://example.com", params={"key": key}).text
"""

HEAD = """\
from fastapi import FastAPI
from graph import graph
from store import fetch

app = FastAPI()
graph.get_graph()
"""

ROUTE = """

@app.get("/{name}")
async def {name}(question: str) -> str:
    return fetch(question)
"""

SETTINGS = 'select = ["LG103"]\n'


def routes(*names: str) -> str:
    return "".join(ROUTE.replace("{name}", name) for name in names)


def with_routes(tmp_path: Path, *names: str) -> Workspace:
    files = {"graph.py": GRAPH, "store.py": STORE, "app.py": HEAD + routes(*names)}
    return Workspace.make(tmp_path / "repository", files)


def found(workspace: Workspace, *arguments: str) -> list[str]:
    return workspace.found("--select", "LG101,LG102,LG103,LG001", *arguments)


def records(workspace: Workspace, *arguments: str, form: str = "json") -> Any:
    done = workspace.lint("check", "--select", "LG103", "--output-format", form, *arguments)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def test_three_places_are_told_one_by_one(tmp_path: Path) -> None:
    places = found(with_routes(tmp_path, "a", "b", "c"))
    assert places == ["app.py:11 LG103", "app.py:16 LG103", "app.py:21 LG103"]


def test_more_are_told_at_the_call_that_they_share(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d", "e")
    (record,) = records(workspace)
    assert (record["filename"], record["location"]["row"]) == ("store.py", 8)
    assert "reached from 5 async functions" in record["message"]
    related = record["related"]
    assert [each["location"]["row"] for each in related] == [11, 16, 21, 26, 31]
    assert all(each["trace"][-1]["filename"] == "store.py" for each in related)


def test_all_places_are_in_the_data_and_three_in_print(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d", "e")
    (result,) = records(workspace, form="sarif")["runs"][0]["results"]
    assert len(result["relatedLocations"]) == 5
    assert len(result["codeFlows"]) == 6
    (diagnostic,) = records(workspace, form="rdjson")["diagnostics"]
    rows = [each["location"]["range"]["start"]["line"] for each in diagnostic["related_locations"]]
    assert {11, 16, 21, 26, 31} <= set(rows)
    shown = workspace.lint("check", "--select", "LG103").stdout
    assert [f"app.py:{row}:12 in async def" in shown for row in (11, 16, 21, 26, 31)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert "and 2 more" in shown


def test_what_always_runs_comes_before_what_follows_a_failure(tmp_path: Path) -> None:
    (record, *_) = records(with_routes(tmp_path, "a"))
    assert "requests.get() through ask() and 1 more hold" in record["message"]


def test_a_comment_at_the_shared_call_hides_all(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d")
    ignored = STORE.replace("return ask(key)\n", "return ask(key)  # lg-lint: ignore[LG103]\n", 1)
    workspace.write("store.py", ignored)
    assert found(workspace) == []
    assert "1 suppressed" in workspace.lint("check", "--select", "LG103").stdout


def test_a_comment_at_one_place_takes_that_place_out(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d", "e")
    comment = "fetch(question)  # lg-lint: ignore[LG103]"
    text = workspace.read("app.py").replace("fetch(question)", comment, 1)
    workspace.write("app.py", text)
    (record,) = records(workspace)
    assert "reached from 4 async functions" in record["message"]
    assert [each["location"]["row"] for each in record["related"]] == [16, 21, 26, 31]
    workspace.write(
        "app.py", text.replace("    return fetch(question)\n", f"    return {comment}\n", 1)
    )
    assert found(workspace) == ["app.py:21 LG103", "app.py:26 LG103", "app.py:31 LG103"]


def test_the_place_that_a_branch_adds_is_the_primary_one(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d")
    assert found(workspace, "--diff-base", "HEAD") == []
    whole = records(workspace, form="sarif")["runs"][0]["results"]
    workspace.append("app.py", routes("e"))
    (record,) = records(workspace, "--diff-base", "HEAD")
    assert (record["filename"], record["location"]["row"]) == ("app.py", 31)
    assert "in async def e(); 4 more places lead to the same cause" in record["message"]
    places = [(each["filename"], each["location"]["row"]) for each in record["related"]]
    assert places == [("store.py", 8), *(("app.py", row) for row in (11, 16, 21, 26))]
    annotation = workspace.lint(
        "check", "--select", "LG103", "--output-format", "github", "--diff-base", "HEAD"
    ).stdout
    assert "file=app.py,line=31," in annotation
    (now,) = records(workspace, "--diff-base", "HEAD", form="sarif")["runs"][0]["results"]
    assert now["partialFingerprints"] == whole[0]["partialFingerprints"]


def test_a_changed_helper_stays_the_primary_place(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d")
    workspace.write("store.py", STORE.replace("return ask(key)", "return ask(key.strip())", 1))
    assert found(workspace, "--diff-base", "HEAD") == ["store.py:8 LG103"]


@pytest.mark.parametrize("count", [3, 4, 5])
def test_a_baseline_knows_a_cause_that_gets_one_place_more(tmp_path: Path, count: int) -> None:
    workspace = with_routes(tmp_path, *"abcdefgh"[:count])

    workspace.write("lg-lint.toml", SETTINGS)
    workspace.lint("baseline", "create")
    workspace.append("app.py", routes("z"))
    assert workspace.found("--baseline", "lg-lint-baseline.json") == []


def test_a_baseline_knows_a_cause_that_gets_one_place_less(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d")

    workspace.write("lg-lint.toml", SETTINGS)
    workspace.lint("baseline", "create")
    workspace.write("app.py", HEAD + routes("a", "b", "c"))
    done = workspace.lint("check", "--baseline", "lg-lint-baseline.json")
    assert "3 in the baseline" in done.stdout
    assert "prune" not in done.stderr


def test_only_the_named_file_is_reported(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path, "a", "b", "c", "d")
    assert found(workspace, "app.py") == ["app.py:11 LG103"]


TWO_RECEIVERS = """\
import time
from typing import TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    text: str


class Slow:
    def read(self) -> str:
        time.sleep(2)
        return "slow"


class Slower:
    def read(self) -> str:
        time.sleep(5)
        return "slower"


def reader(slow: bool):
    if slow:
        return Slow()
    return Slower()


def look(state: State) -> dict:
    return {"text": reader(bool(state["text"])).read()}


builder = StateGraph(State)
builder.add_node("look", look)
builder.add_edge(START, "look")
builder.add_edge("look", END)
graph = builder.compile()
"""


def test_one_call_of_several_receivers_is_one_finding(tmp_path: Path) -> None:
    workspace = Workspace.make(tmp_path / "repository", {"graph.py": TWO_RECEIVERS})
    done = workspace.lint("check", "--select", "LG102", "--output-format", "json")
    (record,) = json.loads(done.stdout)
    assert "and 1 more" in record["message"]
    rows = {each["location"]["row"] for each in record["trace"]}
    assert {13, 19} <= rows


TWO_RULES = """

@app.get("/both")
async def both(question: str) -> str:
    return two(question)


def two(question: str) -> str:
    return fetch(question) + graph.invoke({"question": question})["answer"]
"""


def test_two_rules_at_one_call_are_the_worse_one(tmp_path: Path) -> None:
    workspace = with_routes(tmp_path)
    workspace.append("app.py", TWO_RULES)
    assert found(workspace) == ["app.py:11 LG101"]
