"""The lists beside this file, read into one small program a call.

A section is one package (`== name version`), a block one way to get its client (`-- sync`,
`-- async`, `-- pure`): the lines that set it up, then calls, each after `> `, with `;;` between the
lines of one. A call of a sync block waits; nothing in an async or a pure block does.
"""

import re
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
KINDS = ("sync", "async", "pure")
_ROUTE = """
app = FastAPI()


@app.post("/chat")
async def chat(question: str) -> dict:
    return await graph.ainvoke({"question": question})
"""
_GRAPH = """
builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
graph = builder.compile()
"""


class Snippet(msgspec.Struct, frozen=True):
    area: str
    package: str
    version: str
    kind: str
    setup: tuple[str, ...]
    call: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.package}: {self.call[0]}"


def snippets() -> list[Snippet]:
    return [snippet for path in sorted(FOLDER.glob("*.txt")) for snippet in _read(path)]


def _read(path: Path) -> list[Snippet]:
    found: list[Snippet] = []
    package = version = kind = ""
    setup: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            package, _, version = line[3:].partition(" ")
        elif line.startswith("-- "):
            kind, setup = line[3:], []
            assert kind in KINDS, line
        elif line.startswith("> "):
            call = tuple(line[2:].split(" ;; "))
            found.append(Snippet(path.stem, package, version, kind, tuple(setup), call))
        elif line:
            setup += line.split(" ;; ")
    return found


def program(snippet: Snippet, at_import: bool) -> tuple[str, int]:
    """The text of a program whose node makes the call, and the call's line.

    The client is made in the node, or once when the module is imported.
    """
    imports = [line for line in snippet.setup if re.match("import |from ", line)]
    setup = [line for line in snippet.setup if line not in imports]
    lines = [
        "from typing import TypedDict",
        "from fastapi import FastAPI",
        "from langgraph.graph import START, StateGraph",
        *imports,
        "class State(TypedDict):",
        "    question: str",
        *(setup if at_import else []),
        "async def work(state: State) -> dict:",
        *([] if at_import else ["    " + line for line in setup]),
    ]
    at = len(lines) + 1
    depth = 1
    for line in snippet.call:
        lines.append("    " * depth + line)
        depth += line.endswith(":")
    lines.append('    return {"question": ""}')
    return "\n".join(lines) + "\n" + _GRAPH + _ROUTE, at
