"""What the program knows of libraries comes from rows: operators, bags, forwarders, same values."""

from __future__ import annotations

import pytest

from program.revealed import revealed

SEQUENCE = {"RunnableSequence object"}

OPERATORS = {
    "a prompt and a model": ("prompt | model", SEQUENCE),
    "a function and a model": ("(lambda state: state) | model", SEQUENCE),
    "a dict and a prompt": ('{"text": str} | prompt', SEQUENCE),
    "a runnable of the project": ("Own() | parse", SEQUENCE),
    "something unknown and a model": ("given | model", SEQUENCE),
    "two dicts": ('{"a": 1} | {"b": 2}', {"dict"}),
    "a dict and something unknown": ('{"a": 1} | given', {"dict"}),
    "numbers": ("4 | 2", {"?"}),
    "sets": ("{4} | {2}", {"?"}),
    "types": ("int | None", {"?"}),
    "steps of the project": ("Step() | Step()", {"?"}),
    "another operator": ("prompt & model", {"?"}),
}


@pytest.mark.parametrize(("expr", "gives"), OPERATORS.values(), ids=list(OPERATORS))
def test_an_operator_makes_what_its_operands_say(expr: str, gives: set[str]) -> None:
    text = f"""
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_core.runnables import RunnableLambda
        from langchain_openai import ChatOpenAI
        from elsewhere import given

        class Own(RunnableLambda):
            pass

        class Step:
            pass

        def parse(text):
            return text

        prompt = ChatPromptTemplate.from_messages([])
        model = ChatOpenAI()
        reveal({expr})
    """
    assert revealed(text) == gives


@pytest.mark.parametrize("module", ["typing", "typing_extensions"])
def test_a_cast_gives_its_argument(module: str) -> None:
    text = f"""
        from {module} import Any, cast
        from langgraph.graph import StateGraph
        graph: Any = StateGraph(dict).compile()
        reveal(cast(Any, graph))
    """
    assert revealed(text) == {"CompiledStateGraph object"}


@pytest.mark.parametrize("read", ["app.state.graph", 'getattr(app.state, "graph", None)'])
def test_a_bag_holds_what_is_assigned_to_it(read: str) -> None:
    text = f"""
        from langgraph.graph import StateGraph
        def start(app):
            app.state.graph = StateGraph(dict).compile()
        def use(app):
            reveal({read})
    """
    assert "CompiledStateGraph object" in revealed(text)


@pytest.mark.parametrize("holder", ["app.settings", "app.state.inner"])
def test_other_attributes_are_no_bag(holder: str) -> None:
    text = f"""
        from langgraph.graph import StateGraph
        def start(app):
            app.state.graph = StateGraph(dict).compile()
        def use(app):
            reveal({holder}.graph)
    """
    assert "CompiledStateGraph object" not in revealed(text)


FORWARDED = {
    "functools": "from functools import partial\n        partial(work, StateGraph(dict))()",
    "asyncio": "import asyncio\n        asyncio.to_thread(work, StateGraph(dict))",
    "anyio": "import anyio\n        anyio.to_thread.run_sync(work, StateGraph(dict))",
    "starlette": (
        "from starlette.concurrency import run_in_threadpool\n"
        "        run_in_threadpool(work, StateGraph(dict))"
    ),
    "a loop": "import asyncio\n"
    "        asyncio.get_event_loop().run_in_executor(None, work, StateGraph(dict))",
}


@pytest.mark.parametrize("calls", FORWARDED.values(), ids=list(FORWARDED))
def test_what_is_handed_on_with_a_function_is_its_argument(calls: str) -> None:
    text = f"""
        from langgraph.graph import StateGraph
        def work(builder):
            reveal(builder)
        {calls}
    """
    assert revealed(text) == {"StateGraph object"}
