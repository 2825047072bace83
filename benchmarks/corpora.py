"""Projects to measure on: generated applications, and copies of installed packages around them."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

_GRAPH = """\
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages

from .helpers_{n} import step_0


class State(TypedDict):
    messages: Annotated[list, add_messages]


def work(state: State) -> dict:
    return {{"messages": [step_0(state["messages"])]}}


builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
builder.add_edge("work", END)
graph = builder.compile()
"""
_ROUTES = """\
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from .graph_{n} import graph

router = APIRouter()


async def events(text: str):
    async for chunk in graph.astream({{"messages": [("user", text)]}}):
        yield f"data: {{chunk}}\\n\\n"


@router.get("/stream_{n}")
async def stream(text: str) -> StreamingResponse:
    return StreamingResponse(events(text), media_type="text/event-stream")


@router.get("/answer_{n}")
async def answer(text: str) -> dict:
    return graph.invoke({{"messages": [("user", text)]}})
"""
_STEP = '''\
def step_{i}(messages: list) -> str:
    """Step {i} of a chain of calls."""
    found = [message for message in messages if len(str(message)) > {i}]
    if not found:
        return "nothing"
    total = sum(len(str(message)) for message in found)
    return step_{next}(found) if total > {i} else f"{{total}}"


'''
_LAST = "def step_{i}(messages: list) -> str:\n    return str(len(messages))\n"
_SERVICE_LINES = 48


def application(root: Path, lines: int, chain: int = 20) -> Path:
    """An application of about so many lines: services with a graph, routes and helpers each."""
    package = root / "app"
    package.mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    (package / "__init__.py").touch()
    for number in range(max(1, lines // (_SERVICE_LINES + 9 * chain))):
        steps = "".join(_STEP.format(i=index, next=index + 1) for index in range(chain))
        (package / f"helpers_{number}.py").write_text(steps + _LAST.format(i=chain))
        (package / f"graph_{number}.py").write_text(_GRAPH.format(n=number))
        (package / f"routes_{number}.py").write_text(_ROUTES.format(n=number))
    return root


def monorepo(root: Path, files: int, relevant: float) -> Path:
    """Copies of installed modules that know nothing of graphs, and applications among them."""
    application(root / "services", max(230, round(files * relevant / 3) * 230))
    copied = 0
    while copied < files:
        for source in _irrelevant():
            if copied >= files:
                break
            target = root / f"lib_{copied // 200}" / f"{source.stem}_{copied}.py"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            copied += 1
    (root / "pyproject.toml").write_text('[project]\nname = "mono"\nversion = "1"\n')
    return root


def nothing_relevant(root: Path, files: int) -> Path:
    monorepo(root, files, 0)
    shutil.rmtree(root / "services")
    return root


def _irrelevant() -> list[Path]:
    words = (b"langgraph", b"langchain", b"StreamingResponse", b"EventSourceResponse", b"event-st")
    found = []
    for path in sorted(Path(sysconfig.get_path("purelib")).rglob("*.py")):
        data = path.read_bytes()
        if len(data) > 200 and not any(word in data for word in words):
            found.append(path)
    return found
