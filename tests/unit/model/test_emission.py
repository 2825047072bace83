"""What nodes emit, who gets it, and what would be emitted again."""

from __future__ import annotations

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.project import Project
from lg_lint.model.streams.consumers import Audience
from lg_lint.model.streams.emission import Emissions
from lg_lint.model.streams.graph_functions import GraphFunctions

from .programs import program_of

HEAD = """
from langchain_core.callbacks import adispatch_custom_event
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.config import get_stream_writer
from langgraph.graph import StateGraph
from langgraph.types import StreamWriter
import httpx
llm = ChatOpenAI()
async def fetch(x):
    return await httpx.AsyncClient().get(x)
def tidy(x):
    return x.strip()
"""
TAIL = """
builder = StateGraph(dict)
builder.add_node("a", node)
graph = builder.compile()
"""


def project_of(*parts: str) -> Project:
    project, _ = build.project(program_of("\n".join(parts)))
    return project


def emitted(node: str) -> list[str]:
    """The kinds of what the node "a" emits and would emit again."""
    project = project_of(HEAD, node, TAIL)
    graph = project.graphs[0]
    paths = Emissions(project).of_node(graph, graph.nodes["a"])
    return [path.emission.kind.name for path in paths]


def in_node(body: str, params: str = "state") -> str:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"async def node({params}):\n{lines}\n"


class TestTokens:
    @pytest.mark.parametrize(
        "expression",
        [
            "llm.ainvoke(x)",
            "llm.bind_tools([]).ainvoke(x)",
            "llm.with_structured_output(dict).ainvoke(x)",
            "llm.with_retry().ainvoke(x)",
            "(prompt | llm).ainvoke(x)",
            "(prompt | llm | parser).ainvoke(x)",
            'llm.with_config(run_name="x").ainvoke(x)',
            'llm.with_config(tags=["mine"]).ainvoke(x)',
            "helper(x)",
        ],
    )
    def test_models_that_stream(self, expression: str) -> None:
        helper = "async def helper(x):\n    return await llm.ainvoke(x)\n"
        assert emitted(helper + in_node(f"x = state\nreturn await {expression}")) == ["TOKENS"]

    @pytest.mark.parametrize(
        "expression",
        [
            'llm.with_config(tags=["nostream"]).ainvoke(x)',
            'llm.with_config({"tags": ["langsmith:nostream"]}).ainvoke(x)',
            'llm.with_config(tags=["nostream"]).with_retry().ainvoke(x)',
            'llm.with_retry().with_config(tags=["nostream"]).ainvoke(x)',
            '(prompt | llm).with_config(tags=["nostream"]).ainvoke(x)',
            'llm.ainvoke(x, config={"tags": ["nostream"]})',
            'llm.ainvoke(x, RunnableConfig(tags=["nostream"]))',
            'ChatOpenAI(tags=["nostream"]).ainvoke(x)',
            "ChatOpenAI(disable_streaming=True).ainvoke(x)",
            "ChatOpenAI(streaming=False).ainvoke(x)",
            "fetch(x)",
        ],
    )
    def test_what_shows_no_tokens(self, expression: str) -> None:
        assert emitted(in_node(f"x = state\nreturn await {expression}")) == []


class TestWriters:
    @pytest.mark.parametrize(
        ("body", "kinds"),
        [
            ("w = get_stream_writer()\nw(1)\nreturn await fetch(state)", ["CUSTOM"]),
            ("get_stream_writer()(1)\nreturn await fetch(state)", ["CUSTOM"]),
            ("await adispatch_custom_event('n', 1)\nreturn await fetch(state)", ["EVENT"]),
            ("w = get_stream_writer()\nx = await fetch(state)\nw(1)\nreturn x", []),
            ("w = get_stream_writer()\nw(1)\nreturn {'x': tidy(state)}", []),
            (
                "w = get_stream_writer()\nif state:\n    w(1)\n    return {}\nreturn await fetch(1)",
                [],
            ),
            ("w = get_stream_writer()\nfor x in state:\n    await fetch(x)\n    w(1)", ["CUSTOM"]),
            ("w = get_stream_writer()\nw(1)\nr = httpx.get('u')\nreturn r", ["CUSTOM"]),
        ],
    )
    def test_only_what_precedes_a_call_that_may_fail(self, body: str, kinds: list[str]) -> None:
        assert emitted(in_node(body)) == kinds

    def test_a_writer_parameter(self) -> None:
        body = in_node("writer(1)\nreturn await fetch(state)", "state, writer: StreamWriter")
        assert emitted(body) == ["CUSTOM"]

    def test_a_helper_that_writes_before_its_caller_fails(self) -> None:
        helper = "def tell():\n    get_stream_writer()(1)\n"
        assert emitted(helper + in_node("tell()\nreturn await fetch(state)")) == ["CUSTOM"]
        assert emitted(helper + in_node("x = await fetch(state)\ntell()\nreturn x")) == []


class TestAudience:
    def listeners(self, run: str, *, extra: str = "") -> list[tuple[list[str], bool]]:
        project = project_of(HEAD, in_node("return {}"), TAIL, extra, run)
        found = Audience(project, GraphFunctions(project)).of(project.graphs[0])
        return [(sorted(listener.modes), listener.certain) for listener in found]

    @pytest.mark.parametrize(
        ("call", "modes"),
        [
            ('graph.astream(x, stream_mode="messages")', ["messages"]),
            ('graph.astream(x, stream_mode=["updates", "custom"])', ["custom", "updates"]),
            ("graph.astream(x, stream_mode=MODES)", ["custom", "messages"]),
            ('graph.astream(x, **{"stream_mode": "values"})', ["values"]),
            ('graph.astream_events(x, version="v2")', ["events"]),
        ],
    )
    def test_modes_of_a_run(self, call: str, modes: list[str]) -> None:
        run = f"MODES = ['messages', 'custom']\nasync def f(x):\n    async for c in {call}:\n        yield c\n"
        assert self.listeners(run) == [(modes, True)]

    @pytest.mark.parametrize("call", ["graph.ainvoke(x)", "graph.astream(x)"])
    def test_runs_that_nobody_listens_to(self, call: str) -> None:
        assert self.listeners(f"def f(x):\n    return {call}\n") == []

    def test_modes_that_cannot_be_seen(self) -> None:
        run = "def f(x, modes):\n    return graph.astream(x, stream_mode=modes)\n"
        assert self.listeners(run) == [(["custom", "messages"], False)]

    def test_a_consumer_of_other_events(self) -> None:
        run = (
            "async def f(x):\n"
            "    async for e in graph.astream_events(x):\n"
            "        if e['event'] == 'on_tool_end':\n"
            "            yield e\n"
        )
        assert self.listeners(run) == []

    @pytest.mark.parametrize(("node", "gets"), [("a", True), ("b", False)])
    def test_a_consumer_that_picks_nodes(self, node: str, *, gets: bool) -> None:
        run = (
            "async def f(x):\n"
            '    async for chunk, meta in graph.astream(x, stream_mode="messages"):\n'
            f'        if meta["langgraph_node"] == "{node}":\n'
            "            yield chunk\n"
        )
        project = project_of(HEAD, in_node("return await llm.ainvoke(state)"), TAIL, run)
        graph = project.graphs[0]
        (path,) = Emissions(project).of_node(graph, graph.nodes["a"])
        (listener,) = Audience(project, GraphFunctions(project)).of(graph)
        assert listener.gets(path.emission, "a") is gets

    @pytest.mark.parametrize(
        ("bound", "gets"),
        [
            ('node = meta.get("langgraph_node", "")', False),
            ('node = meta["langgraph_node"] if meta else ""', True),
            ("node = chunk.id", True),
        ],
    )
    def test_a_consumer_that_picks_nodes_by_a_name(self, bound: str, *, gets: bool) -> None:
        run = (
            "async def f(x):\n"
            '    async for chunk, meta in graph.astream(x, stream_mode="messages"):\n'
            f"        {bound}\n"
            "        if node == 'b' and chunk.content:\n"
            "            yield chunk\n"
        )
        project = project_of(HEAD, in_node("return await llm.ainvoke(state)"), TAIL, run)
        graph = project.graphs[0]
        (path,) = Emissions(project).of_node(graph, graph.nodes["a"])
        (listener,) = Audience(project, GraphFunctions(project)).of(graph)
        assert listener.gets(path.emission, "a") is gets

    @pytest.mark.parametrize("subgraphs", [True, False])
    def test_tokens_of_a_subgraph_need_subgraphs(self, *, subgraphs: bool) -> None:
        outer = (
            "outer = StateGraph(dict)\n"
            'outer.add_node("inner", graph)\n'
            "def f(x):\n"
            f'    return outer.compile().astream(x, stream_mode="messages", subgraphs={subgraphs})\n'
        )
        project = project_of(HEAD, in_node("return await llm.ainvoke(state)"), TAIL, outer)
        inner, around = project.graphs
        audience, emissions = Audience(project, GraphFunctions(project)), Emissions(project)
        (path,) = emissions.of_node(around, around.nodes["inner"])
        (listener,) = audience.of(around)
        assert listener.gets(path.emission, "inner") is subgraphs
        (own,) = emissions.of_node(inner, inner.nodes["a"])
        (seen,) = audience.of(inner)
        assert seen.gets(own.emission, "a") is subgraphs
