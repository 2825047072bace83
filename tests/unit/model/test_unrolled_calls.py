"""Builder calls in loops and in helpers: each round and each call of the helper is one node."""

from __future__ import annotations

import pytest

from lg_lint.model import graphs
from model.programs import program_of

START = """
from langgraph.graph import StateGraph
def a(state): ...
def b(state): ...
"""
FORMS = {
    "helper with the builder": """
def add(builder, name, fn):
    builder.add_node(name, fn)
def build():
    g = StateGraph(dict)
    add(g, "a", a)
    add(g, "b", b)
    return g.compile()
""",
    "method of a class": """
class Flow:
    def __init__(self):
        self.g = StateGraph(dict)
        self.add("a", a)
        self.add("b", b)
    def add(self, name, fn):
        self.g.add_node(name, fn)
""",
    "helper of a helper": """
def put(builder, name, fn):
    builder.add_node(name, fn)
def add(builder, name, fn):
    put(builder, name, fn)
g = StateGraph(dict)
add(g, "a", a)
add(g, "b", b)
""",
    "loop over pairs": """
g = StateGraph(dict)
for name, fn in [("a", a), ("b", b)]:
    g.add_node(name, fn)
""",
    "loop over a dict": """
g = StateGraph(dict)
for name, fn in {"a": a, "b": b}.items():
    g.add_node(name, fn)
""",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_each_node_has_its_own_function(text: str) -> None:
    found, _, _ = graphs.build(program_of(START + text))
    (graph,) = found.all
    nodes = {
        name: [ref.function.name for ref in node.functions] for name, node in graph.nodes.items()
    }
    assert nodes == {"a": ["a"], "b": ["b"]}
