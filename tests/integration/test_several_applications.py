"""Several applications in one repository: together they are told what each is told alone."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from pathlib import Path
from textwrap import dedent

from lg_lint.base.finding import Confidence, Finding
from lg_lint.run.check import lint
from lg_lint.settings import Settings

FILE_NAMED = re.compile(r"\([\w./-]+/(?=pyproject\.toml\))")
"""A message names a file from where the run began."""

FIXTURES = Path(__file__).parents[2] / "fixtures"

GRAPH = """\
from typing import TypedDict

from langgraph.graph import END, START, StateGraph
{imports}

class State(TypedDict, total=False):
    question: str
    answer: str


def answer(state: State) -> dict:
    {slow}
    return {{"answer": state["question"].upper()}}


def build_graph({parameter}):
    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_edge(START, "answer")
    builder.add_edge("answer", END)
    return builder.compile({parameter})


def build_spare():
    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_node("left", lambda state: {{"answer": ""}})
    builder.add_edge(START, "answer")
    return builder.compile()
"""

MAIN = """\
{patch}
from contextlib import asynccontextmanager

from fastapi import FastAPI

from {package}graph import build_graph, build_spare
from {package}routes import router
{imports}

{lifespan}

app = FastAPI(lifespan=lifespan)
app.include_router(router)
{more}
"""

ROUTES = """\
from fastapi import APIRouter, Request
from langgraph.types import Command

router = APIRouter()


@router.get("/chat")
async def chat(request: Request, question: str) -> dict:
    graph = request.app.state.graph
    return graph.invoke(Command(resume=question), {"configurable": {"thread_id": question}})
"""

PLAIN = """\
@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.graph = build_graph()
    yield
"""

SAVED = """\
@asynccontextmanager
async def lifespan(app: FastAPI):
    async with AsyncSqliteSaver.from_conn_string("threads.db") as saver:
        app.state.graph = build_graph(saver)
        yield
"""

SAVER = "from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver"
SLEEP = {"imports": "import time\n", "slow": "time.sleep(3)", "parameter": ""}
QUICK = {"imports": "", "slow": "", "parameter": "checkpointer"}


def application(package: str, graph: dict[str, str], **main: str) -> dict[str, str]:
    """The files of an application of which only few things are its own."""
    given = {"patch": "", "imports": "", "lifespan": PLAIN, "more": "", **main}
    folder = package.replace(".", "/")
    files = {
        f"{folder}graph.py": GRAPH.format(**graph),
        f"{folder}routes.py": ROUTES,
        f"{folder}main.py": MAIN.format(package=package, **given),
    }
    return files | ({f"{folder}__init__.py": ""} if folder else {})


APPLICATIONS = {
    "orders": application("app.", SLEEP),
    "billing": application("app.", QUICK, imports=SAVER, lifespan=SAVED),
    "notes": application(
        "",
        SLEEP,
        patch="from gevent.monkey import patch_all\n\npatch_all()\n",
        more="spare = build_spare()",
    ),
}


def told(folder: Path, below: str = "") -> Counter[tuple[str, ...]]:
    """What a run says of a folder, by paths from it on."""
    report = lint([folder], Settings(select=("ALL",), min_confidence=Confidence.LOW))
    assert not report.problems
    return Counter(said(finding, folder, below) for finding in report.findings)


def said(finding: Finding, folder: Path, below: str) -> tuple[str, ...]:
    steps = [
        (finding.place, finding.message),
        *((each.place, each.message) for each in finding.trace),
    ]
    places = [
        f"{os.path.join(below, os.path.relpath(place.path, folder))}:{place.row} "
        f"{FILE_NAMED.sub('(', message)}"
        for place, message in steps
    ]
    return (finding.code, finding.severity.value, finding.confidence.value, *places)


def compare(together: Path, alone: Path) -> Counter[tuple[str, ...]]:
    """Asserts that the applications of a folder are told the same alone; what they are told."""
    expected: Counter[tuple[str, ...]] = Counter()
    for each in sorted(together.glob("[a-z]*")):
        shutil.copytree(each, alone / each.name)
        expected += told(alone / each.name, each.name)
    found = told(together)
    assert found == expected
    return found


def test_sample_applications_are_told_the_same_in_the_checkout(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "apps", tmp_path / "together")
    apart = compare(tmp_path / "together", tmp_path / "alone")
    assert told(FIXTURES / "apps") == apart


def write(folder: Path, applications: dict[str, dict[str, str]]) -> None:
    (folder / ".git").mkdir(parents=True)
    for name, files in applications.items():
        for path, text in files.items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(dedent(text))


def test_equal_names_of_three_applications_do_not_meet(tmp_path: Path) -> None:
    write(tmp_path / "together", APPLICATIONS)
    found = compare(tmp_path / "together", tmp_path / "alone")
    assert {each[0] for each in found} >= {"LG101", "LG102", "LG104"}
