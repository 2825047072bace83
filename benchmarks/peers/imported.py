"""Runs langgraph-lint or gebra on each graph that the modules of the given cases hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gebra
import langgraph_lint
from gebra.verify import verify
from langgraph.graph import StateGraph
from langgraph.pregel import Pregel

from benchmarks.peers.loading import modules_of, print_answers


def graphs_of(root: Path) -> list[Any]:
    """The compiled graphs, and the builders that nothing in their module compiles."""
    values = [value for module in list(modules_of(root)) for value in vars(module).values()]
    compiled = {id(value): value for value in values if isinstance(value, Pregel)}
    builders = {id(value): value for value in values if isinstance(value, StateGraph)}
    for graph in compiled.values():
        builders.pop(id(getattr(graph, "builder", None)), None)
    return [*compiled.values(), *builders.values()]


def said_by_langgraph_lint(graph: Any) -> Iterator[str]:
    for finding in langgraph_lint.lint(graph):
        if finding.severity != "low":  # its word for what is no defect
            yield finding.rule


def said_by_gebra(graph: Any) -> Iterator[str]:
    for report in verify(gebra.extract(graph).ir).properties:
        if failure := getattr(report, "failure", None):
            for each in [failure, *(failure.co_failures or ()), *(failure.advisories or ())]:
                yield getattr(each, "property_condition", "")


TOOLS = {"gebra": said_by_gebra, "langgraph-lint": said_by_langgraph_lint}


def said(root: str) -> list[str]:
    tool: Callable[[Any], Iterator[str]] = TOOLS[sys.argv[1]]
    found: list[str] = []
    for graph in graphs_of(Path(root)):
        try:
            found += tool(graph)
        except Exception:  # the tool gives up on this graph
            continue
    return found


if __name__ == "__main__":
    print_answers(said, sys.argv[2:], cases_a_process=1)  # each imports modules of the same names
