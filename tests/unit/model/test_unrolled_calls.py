"""Builder calls in loops and in helpers: each round and each call of the helper is one node."""

from __future__ import annotations

import pytest

from lg_lint.model.langgraph import discovery
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
    found, _, _ = discovery.build(program_of(START + text))
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
    found, _, _ = discovery.build(program_of(text))
    (graph,) = found.all
    assert [edge.source for edge in graph.edges] == sources


PIPELINES = {
    "index before": """
for i in range(len(steps)):
    name, step = steps[i]
    g.add_node(name, step)
    if i > 0:
        g.add_edge(steps[i - 1][0], name)
g.set_entry_point(steps[0][0])
g.set_finish_point(steps[-1][0])
""",
    "index after": """
for i, (name, step) in enumerate(steps):
    g.add_node(name, step)
    if i < len(steps) - 1:
        g.add_edge(name, steps[i + 1][0])
g.add_edge(START, names[0])
g.add_edge(names[len(names) - 1], END)
""",
    "zip": """
rest = names[1:]
for name, step in steps:
    g.add_node(name, step)
for one, two in zip(names, rest):
    g.add_edge(one, two)
g.add_edge(START, "a")
g.add_edge("c", END)
""",
    "pairwise": """
for name, step in steps:
    g.add_node(name, step)
for one, two in pairwise([START, *names, END]):
    g.add_edge(one, two)
""",
    "the one before": """
before = START
for name, step in steps:
    g.add_node(name, step)
    g.add_edge(before, name)
    before = name
g.add_edge(before, END)
""",
    "none before": """
before = None
for name, step in steps:
    g.add_node(name, step)
    if before is not None:
        g.add_edge(before, name)
    else:
        g.set_entry_point(name)
    before = name
g.set_finish_point(name)
""",
    "from the end": """
after = END
for name, step in reversed(steps):
    g.add_node(name, step)
    g.add_edge(name, after)
    after = name
g.add_edge(START, after)
""",
    "in order": """
order = sorted(["c", "a", "b"])
for name in order:
    g.add_node(name, a)
for one, two in zip(order, order[1:]):
    g.add_edge(one, two)
g.add_edge(START, order[0])
g.add_edge(order[-1], END)
""",
}
PIPELINE = """
from itertools import pairwise
from langgraph.graph import END, START, StateGraph
def a(state): ...
def b(state): ...
def c(state): ...
names = ["a", "b", "c"]
steps = [("a", a), ("b", b), ("c", c)]
g = StateGraph(dict)
"""


@pytest.mark.parametrize("text", PIPELINES.values(), ids=PIPELINES)
def test_the_edges_of_a_pipeline_lead_from_one_step_to_the_next(text: str) -> None:
    found, _, _ = discovery.build(program_of(PIPELINE + text))
    (graph,) = found.all
    edges = {(edge.source, edge.target) for edge in graph.edges}
    assert edges == {("__start__", "a"), ("a", "b"), ("b", "c"), ("c", "__end__")}
    assert graph.complete


@pytest.mark.parametrize(
    "text",
    [
        "link = g.add_edge\nlink(START, 'a')\n",
        "i = 0\nwhile i < len(names):\n    g.add_node(names[i], a)\n    i += 1\n",
        "for name in names:\n    if skip(name):\n        continue\n    g.add_node(name, a)\n",
        "names.append('d')\nfor name in names:\n    g.add_node(name, a)\n",
        "names += more\nfor name in names:\n    g.add_node(name, a)\n",
        "[g.add_edge(x, y) for x, y in zip(names, names[1:])]\n",
    ],
)
def test_a_builder_that_cannot_be_followed_is_not_complete(text: str) -> None:
    found, _, _ = discovery.build(program_of(PIPELINE + text))
    assert not found.all[0].complete
