"""Which known word a message offers for one that names nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.base.suggest import suggest
from lg_lint.run.check import lint
from lg_lint.settings import Settings

GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict, total=False):
    text: str

def answer(state: State) -> dict:
    return {returned}

builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
graph = builder.compile()
"""


@pytest.mark.parametrize(
    ("word", "known"),
    [("mesages", "messages"), ("Selct", "select"), ("text", "texts"), ("LG9O2", "LG902")],
)
def test_a_misspelling_gets_the_word(word: str, known: str) -> None:
    assert suggest(word, ["something", known]) == f'; did you mean "{known}"?'


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("intent", "context"),
        ("history_window", "history"),
        ("error_message", "messages"),
        ("degradation_history", "retry_history"),
    ],
)
def test_a_word_of_its_own_gets_none(word: str, known: str) -> None:
    assert suggest(word, [known]) == ""


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ('{"texts": "a"}', 'did you mean "text"?'),
        ('{"texts": "a", "text": "b"}', "declare 'texts' in the schema"),
    ],
)
def test_a_key_that_the_node_writes_too_is_not_meant(
    returned: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "graph.py").write_text(GRAPH.replace("{returned}", returned), encoding="utf-8")
    (finding,) = lint([tmp_path], Settings(select=("LG607",))).findings
    assert finding.help == told
