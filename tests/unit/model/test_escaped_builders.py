"""A builder that is only looked at keeps its nodes; one that others are given may get more."""

from __future__ import annotations

import pytest

from lg_lint.model.langgraph import discovery
from model.programs import program_of

GIVEN = {
    "printed": ("", "print(builder)", True),
    "logged": ("import logging", "logging.info('%s', builder)", True),
    "drawn by rich": ("import rich", "rich.print(builder)", True),
    "shown in a notebook": ("from IPython.display import display", "display(builder)", True),
    "handed to others": ("from elsewhere import extend", "extend(builder)", False),
}


@pytest.mark.parametrize(("imports", "call", "whole"), GIVEN.values(), ids=list(GIVEN))
def test_who_only_looks_adds_nothing(imports: str, call: str, whole: bool) -> None:
    text = f"""
        {imports}
        from langgraph.graph import StateGraph
        builder = StateGraph(dict)
        builder.add_node("draft", print)
        {call}
        graph = builder.compile()
    """
    graphs, _, _ = discovery.build(program_of(text))
    assert [graph.complete for graph in graphs.all] == [whole]
