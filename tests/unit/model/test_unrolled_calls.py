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


EDGES = {
    "another entry": ("def add(g, x):\n  if x != 'a':\n    g.add_edge(x, 'b')", "'a'", []),
    "this entry": ("def add(g, x):\n  if x == 'a':\n    g.add_edge(x, 'b')", "'a'", ["a"]),
    "else": ("def add(g, x):\n  if x == 'a':\n    pass\n  else:\n    g.add_edge(x, 'b')", "'a'", []),
    "none": ("def add(g, x, y=None):\n  if y is not None:\n    g.add_edge(x, 'b')", "'a'", []),
    "flag": ("def add(g, x, y=True):\n  if not y:\n    g.add_edge(x, 'b')", "'a', y=False", ["a"]),
    "one of several": ("def add(g, x):\n  if x in ('b', 'c'):\n    g.add_edge(x, 'b')", "'a'", []),
    "both": ("def add(g, x, y=1):\n  if y and x != 'a':\n    g.add_edge(x, 'b')", "'a', y=h()", []),
    "either": ("def add(g, x, y):\n  if y or x != 'a':\n    g.add_edge(x, 'b')", "'a', h()", ["a"]),
    "not known": ("def add(g, x, y):\n  if y:\n    g.add_edge(x, 'b')", "'a', h()", ["a"]),
    "set anew": (
        "def add(g, x, y=None):\n  y = y or h()\n  if y:\n    g.add_edge(x, 'b')", "'a'", ["a"],
    ),
    "constant of langgraph": (
        "from langgraph.graph import END\n"
        "def add(g, x, y):\n  if y != END:\n    g.add_edge(x, 'b')", "'a', END", [],
    ),
    "round of a loop": (
        "def add(g):\n  for i, x in enumerate(['a', 'b']):\n"
        "    if i > 0:\n      g.add_edge(x, 'b')", "", ["b"],
    ),
    "parameter beside a loop": (
        "def add(g, y=False):\n  for x in ['a', 'b']:\n"
        "    if y:\n      g.add_edge(x, 'b')", "", ["a", "b"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("helper", "given", "sources"), EDGES.values(), ids=EDGES)
def test_constants_decide_which_calls_are_made(helper: str, given: str, sources: list[str]) -> None:
    text = f"{START}{helper}\ng = StateGraph(dict)\nadd(g{given and ', '}{given})\n"
    found, _, _ = graphs.build(program_of(text))
    (graph,) = found.all
    assert [edge.source for edge in graph.edges] == sources
