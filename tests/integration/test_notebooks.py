"""Findings in notebooks."""

from __future__ import annotations

import json
from pathlib import Path

from lg_lint.run.check import lint
from lg_lint.settings import Settings

CELL = """\
{blanks}from langgraph.graph import StateGraph

builder = StateGraph(dict)
builder.add_node("a", print)
builder.add_edge("a", "{goal}")
builder.set_entry_point("a")
builder.set_conditional_entry_point(lambda state: "{goal}")
"""


def test_findings_stand_in_the_order_of_cells(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "source": CELL.format(blanks="\n" * blanks, goal=goal)}
        for blanks, goal in ((9, "first"), (0, "second"))
    ]
    (tmp_path / "try.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    found = [(item.place.cell, item.place.row) for item in lint([tmp_path], Settings()).findings]
    assert len({cell for cell, _ in found}) == 2
    assert found == sorted(found)
    assert [row for _, row in found] != sorted(row for _, row in found)


def test_a_cell_that_holds_no_python_hides_none_of_the_others(tmp_path: Path) -> None:
    sources = [
        "### Notes",
        "async def ask():\n    return 1\nawait ask()",
        CELL.format(blanks="", goal="first"),
        "x = (",
        CELL.format(blanks="", goal="second"),
    ]
    cells = [{"cell_type": "code", "source": source} for source in ("a b", *sources)]
    (tmp_path / "try.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    found = {(item.code, item.place.cell) for item in lint([tmp_path], Settings()).findings}
    assert found >= {("LG000", 1), ("LG601", 4), ("LG601", 6)}
