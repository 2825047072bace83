"""The usual calls of clients that wait, in `tests/data/usual_calls/`, as routes of small applications.

    python tests/rules/usual_calls.py

counts how many are known, and lists the others. A file is an area, `## name` begins a library: what
its documentation writes first, then below `---` a call a line. `--- async` begins the same for its
async twins.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from lg_lint.run.check import lint
from lg_lint.settings import Settings

LISTS = Path(__file__).parents[1] / "data" / "usual_calls"
CODES = ("LG101", "LG102", "LG103", "LG107")
GRAPH = """
from typing import TypedDict
from langgraph.graph import END, START, StateGraph
class State(TypedDict):
    q: str
builder = StateGraph(State)
builder.add_node("answer", lambda state: {"q": state["q"].upper()})
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()
"""


class Call(Struct, frozen=True):
    """One call of the lists: its library, the line as it stands there, whether it is awaited."""

    library: str
    line: str
    is_async: bool


def listed() -> Iterator[tuple[str, str, bool, list[str]]]:
    """Each library with what it writes first, whether it is async, and its calls."""
    for path in sorted(LISTS.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("## ")[1:]:
            name, _, text = part.partition("\n")
            for is_async, half in enumerate(text.split("--- async\n")):
                first, _, calls = half.partition("---\n")
                yield name, first, bool(is_async), calls.strip().splitlines()


def write(folder: Path) -> dict[tuple[str, int], Call]:
    """Write an application a library, and tell where each call stands."""
    (folder / "graph.py").write_text(GRAPH, encoding="utf-8")
    places: dict[tuple[str, int], Call] = {}
    for number, (library, first, is_async, calls) in enumerate(listed()):
        lines = ["from fastapi import FastAPI", "from graph import graph", "app = FastAPI()"]
        lines += first.strip().splitlines()
        for position, call in enumerate(calls):
            lines += [
                f'@app.get("/{position}")',
                f"async def route_{position}(q: str):",
                f"    {call}",
                "    return await graph.ainvoke({'q': q})",
            ]
            places[f"app_{number}.py", len(lines) - 1] = Call(library, call, is_async)
        (folder / f"app_{number}.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return places


def judged() -> dict[Call, bool]:
    """Each call, and whether it is reported to hold the event loop."""
    with tempfile.TemporaryDirectory() as name:
        places = write(Path(name))
        report = lint([name], Settings(select=CODES))
    assert not report.problems, report.problems
    found = {(Path(finding.place.path).name, finding.place.row) for finding in report.findings}
    return {call: place in found for place, call in places.items()}


def main() -> None:
    calls = judged()
    for is_async in (False, True):
        here = {call: known for call, known in calls.items() if call.is_async == is_async}
        words = "reported of the async twins" if is_async else "known of the calls that wait"
        print(f"{sum(here.values())} of {len(here)} {words}")
        for call, known in here.items():
            if known == is_async:
                print(f"    {call.library}: {call.line}")


if __name__ == "__main__":
    main()
