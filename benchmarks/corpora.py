"""Projects to measure on: generated applications, and copies of installed modules around them."""

from __future__ import annotations

import shutil
from itertools import cycle, islice
from pathlib import Path

from lg_lint.sources.scan import scan

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
_RING_LENGTH = 25
_RING_ROUTE = """\
from fastapi import APIRouter

from .ring_0 import step_0

router = APIRouter()


@router.get("/ring")
async def ring(count: int) -> int:
    return step_0(count)
"""
_RING_END = """\
from .graph_0 import graph


def run(count: int) -> int:
    return len(graph.invoke({"messages": []})) + count
"""
_RING_STEP = """\
def step_{i}(count: int) -> int:
    if count % 2:
        return {back}(count // 2)
    return {to}(count - 1) if count else 0


"""
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


def component(root: Path, functions: int) -> Path:
    """A route over so many functions that all reach each other: one component.

    The last of them runs a graph.
    """
    application(root, 1)
    package = root / "app"
    (package / "ring_route.py").write_text(_RING_ROUTE)
    (package / "ring_end.py").write_text(_RING_END)
    modules = -(-functions // _RING_LENGTH)
    for module in range(modules):
        after = (module + 1) % modules
        lines = [f"from . import ring_{after}\nfrom .ring_end import run\n\n\n"]
        for number in range(_RING_LENGTH):
            last = number + 1 == _RING_LENGTH
            to = f"ring_{after}.step_0" if last else f"step_{number + 1}"
            back = "run" if last and after == 0 else f"step_{max(number - 3, 0)}"
            lines.append(_RING_STEP.format(i=number, to=to, back=back))
        (package / f"ring_{module}.py").write_text("".join(lines))
    return root


def monorepo(
    root: Path, installed: Path, files: int, relevant: int, modules: int | None = None
) -> Path:
    """Copies of installed modules that know nothing of graphs, and an application among them.

    `relevant` is the number of the application's files, of which a service has three. No more than
    so many `modules` are copied, each several times.
    """
    if relevant:
        application(root / "services", relevant // 3 * 230)
    sources = islice(cycle(_irrelevant(installed)[:modules]), files - relevant)
    for number, source in enumerate(sources):
        target = root / f"lib_{number // 200}" / f"{source.stem}_{number}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    (root / "pyproject.toml").write_text('[project]\nname = "mono"\nversion = "1"\n')
    return root


def _irrelevant(installed: Path) -> list[Path]:
    """Installed modules in which lg-lint's own look at the bytes finds nothing."""
    found = []
    for path in sorted(installed.rglob("*.py")):
        data = path.read_bytes()
        if len(data) > 200 and not scan(data, b"").is_seed:
            found.append(path)
    return found
