"""How rules tell the run of a graph that should take its place."""

from __future__ import annotations

from lg_lint.model.graph import GraphRun
from lg_lint.model.langgraph.runs import methods


def async_twin(run: GraphRun) -> str:
    """The async form of a sync run as one would write it, e.g. "`await graph.ainvoke(...)`"."""
    row = methods()[run.method]
    start = "async for ... in" if row.get("lazy") else "await"
    return f"`{start} graph.{row['twin']}(...)`"
