"""Which retries repeat a stream or an emission, and which retry nothing."""

from __future__ import annotations

import pytest

from lg_lint.model.project import Project
from lg_lint.model.retries.retry_helpers import retriers_of
from lg_lint.model.streams.deferred_retries import deferred_decorations, unretried_streams
from lg_lint.model.streams.repeated_emissions import repeated_emissions
from lg_lint.model.streams.repeated_streams import RepeatedStreams

from .programs import project_of

HEAD = """
import httpx
import stamina
from langchain_openai import ChatOpenAI
from langgraph.graph import START, StateGraph
from langgraph.types import RetryPolicy
from tenacity import retry, retry_if_exception_type
llm = ChatOpenAI()
policy = RetryPolicy(max_attempts=3)
"""
NODE = """
async def node(state):
    return {"text": await llm.ainvoke("x")}
"""
TAIL = """
builder.add_edge(START, "a")
graph = builder.compile()
async def read(x):
    async for chunk in graph.astream(x, stream_mode="messages"):
        yield chunk
"""


def graph_with(node: str = NODE, given: str = "", more: str = "") -> Project:
    adding = f'builder = StateGraph(dict)\nbuilder.add_node("a", node{given})'
    return project_of(HEAD, node, adding, TAIL, more)


def repeated(project: Project) -> list[str]:
    return [found.retry.what for found in repeated_emissions(project)]


class TestRepeatedEmissions:
    def test_a_policy_on_a_node(self) -> None:
        (found,) = repeated_emissions(graph_with(given=", retry_policy=policy"))
        assert found.retry.what == 'RetryPolicy on node "a"'
        assert found.retry.policy is not None
        assert found.retry.frame is None
        assert found.listener.certain

    def test_clients_that_get_no_tokens(self) -> None:
        adding = 'builder = StateGraph(dict)\nbuilder.add_node("a", node, retry_policy=policy)'
        tail = TAIL.replace("messages", "updates")
        assert repeated(project_of(HEAD, NODE, adding, tail)) == []

    def test_one_attempt_repeats_nothing(self) -> None:
        given = ", retry_policy=RetryPolicy(max_attempts=1)"
        assert repeated(graph_with(given=given)) == []

    def test_a_loop_in_a_node(self) -> None:
        node = """
        async def node(state):
            while True:
                try:
                    return {"text": await llm.ainvoke("x")}
                except ValueError:
                    continue
        """
        (found,) = repeated_emissions(graph_with(node))
        assert found.retry.what == "this retry loop"
        assert found.retry.frame is not None
        assert found.retry.frame.node_name == "a"

    def test_a_model_with_retries(self) -> None:
        assert repeated(graph_with(NODE.replace("llm.", "llm.with_retry()."))) == ["with_retry()"]

    def test_a_node_that_emits_nothing(self) -> None:
        node = "async def node(state):\n    return {}\n"
        assert repeated(graph_with(node, ", retry_policy=policy")) == []


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (
            """
            async def again(x):
                for attempt in range(3):
                    try:
                        async for chunk in graph.astream(x):
                            yield chunk
                        return
                    except ValueError:
                        continue
            """,
            ["this retry loop"],
        ),
        (
            """
            async def again(x):
                for attempt in range(3):
                    try:
                        async for chunk in graph.astream(x):
                            yield chunk
                        return
                    except ValueError:
                        x = None
            """,
            [],
        ),
        (
            """
            @stamina.retry(on=ValueError, attempts=3)
            async def again(x):
                async for chunk in graph.astream(x):
                    yield chunk
            """,
            ["stamina.retry on again()"],
        ),
        (
            """
            @retry
            async def again(x):
                async for chunk in graph.astream(x):
                    yield chunk
            """,
            [],
        ),
    ],
)
def test_repeated_streams(more: str, what: list[str]) -> None:
    assert [found.what for found in RepeatedStreams(graph_with(more=more))] == what


class TestDeferredRetries:
    @pytest.mark.parametrize(
        ("body", "returned"),
        [
            ("yield 1", ["a generator"]),
            ("return read(1)", ["a generator"]),
            ("return graph.stream(1)", ["a stream that has not begun"]),
            ("return 1", []),
            ("return graph.stream(1) if llm else 1", []),
        ],
    )
    def test_decorators(self, body: str, returned: list[str]) -> None:
        project = graph_with(more=f"@retry\ndef again(): {body}\n")
        retriers = project.once(retriers_of)
        found = [
            item.returned
            for module in project.program.modules
            for function in module.all_functions
            for item in deferred_decorations(project, retriers, function)
        ]
        assert found == returned

    def test_streams_of_a_runnable_with_retries(self) -> None:
        more = "again = llm.with_retry()\nagain.stream(1)\nagain.invoke(1)\nagain.astream(2)\n"
        project = graph_with(more=more)
        module = project.program.module("/project/app.py")
        assert module is not None
        found = list(unretried_streams(project.program, module))
        assert [item.method for item in found] == ["stream", "astream"]
        assert len({item.made.node for item in found}) == 1
