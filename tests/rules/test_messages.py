"""What messages say: how long a sleep takes, what comes first, what a call leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixture_cases import findings_in
from lg_lint.base.finding import Finding

NODE = """
import random
import time
from typing import TypedDict

from langgraph.graph import END, START, StateGraph

BASE = 2

class State(TypedDict, total=False):
    text: str

async def look(state: State) -> dict:
{body}
    return {{"text": "done"}}

builder = StateGraph(State)
builder.add_node("look", look)
builder.add_edge(START, "look")
builder.add_edge("look", END)
graph = builder.compile()

async def main() -> None:
    await graph.ainvoke({{"text": ""}})
"""

DOUBLED = """\
    wait = 2
    for _ in range(5):
        time.sleep(wait)
        wait *= 2
"""
GROWN = """\
    wait = 1
    while True:
        time.sleep(wait)
        wait = wait * 2
"""


def found(root: Path, text: str, code: str) -> list[Finding]:
    (root / "app.py").write_text(text, encoding="utf-8")
    return [finding for finding in findings_in(Path()) if finding.code == code]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ("    time.sleep(2)", "for 2 s"),
        ("    time.sleep(BASE * 3)", "for 6 s"),
        ("    time.sleep(BASE + 0.5)", "for 2.5 s"),
        ("    wait = 2\n    wait *= 3\n    time.sleep(wait)", "for a time that is not known"),
        (DOUBLED, "for a time that is not known"),
        (GROWN, "for a time that is not known"),
        ("    time.sleep(random.random())", "for a time that is not known"),
    ],
)
def test_a_sleep_is_as_long_as_its_arithmetic_says(root: Path, body: str, length: str) -> None:
    (finding,) = found(root, NODE.format(body=body), "LG102")
    assert f"stands still {length}: time.sleep()" in finding.message


LOOP = """
import requests
import time
from fastapi import FastAPI
from langgraph.prebuilt import create_react_agent

app = FastAPI()
agent = create_react_agent("openai:gpt-4o-mini", tools=[])

{helper}

@app.get("/")
async def route(question: str) -> str:
    await agent.ainvoke({{"messages": [("user", question)]}})
    return work(question)
"""

RETRIED = """\
def work(question: str) -> str:
    while True:
        try:
            return deeper(question)
        except OSError:
            time.sleep(1)

def deeper(question: str) -> str:
    return requests.get(question).text
"""
GUARDED = """\
def work(question: str) -> str:
    if not question:
        return requests.post("https://example.com").text
    return deeper(question)

def deeper(question: str) -> str:
    return requests.get(question).text
"""


@pytest.mark.parametrize("helper", [RETRIED, GUARDED])
def test_what_always_runs_is_named_first(root: Path, helper: str) -> None:
    (finding,) = found(root, LOOP.format(helper=helper), "LG103")
    assert "requests.get() through deeper() and 1 more hold" in finding.message


KEPT = """\
connection = sqlite3.connect("kept.db")

def work(question: str) -> str:
    while True:
        try:
            return deeper(question)
        except OSError:
            time.sleep(1)

def deeper(question: str) -> str:
    return str(connection.execute(question))
"""


def test_a_database_is_named_before_a_sleep_that_needs_a_failure(root: Path) -> None:
    (finding,) = found(root, "import sqlite3\n" + LOOP.format(helper=KEPT), "LG103")
    assert ".execute() through deeper() and 1 more hold" in finding.message


SCRIPT = """
import asyncio

from langgraph.prebuilt import create_react_agent

agent = create_react_agent("openai:gpt-4o-mini", tools=[])

async def main() -> None:
    agent.invoke({"messages": []})

asyncio.run(main())
"""


def test_a_script_has_no_other_streams(root: Path) -> None:
    (finding,) = found(root, SCRIPT, "LG101")
    assert "stream" not in finding.message
    assert "nothing else on this event loop" in finding.message


def test_a_sleep_in_a_script_stops_its_own_stream_alone(root: Path) -> None:
    script = "\nimport asyncio\n\nasyncio.run(main())\n"
    (finding,) = found(root, NODE.format(body="    time.sleep(2)") + script, "LG102")
    assert finding.message.startswith("the stream stands still for 2 s: ")
    route = "\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get('/')\n"
    served = f"{route}async def route() -> None:\n    await main()\n"
    (finding,) = found(root, NODE.format(body="    time.sleep(2)") + served, "LG102")
    assert finding.message.startswith(
        "every stream and request of the process stands still for 2 s: "
    )


MIDDLEWARE = """
import asyncio
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware

class Guard(AgentMiddleware):
    def wrap_model_call(self, request, handler):
        return handler(request)

first = create_agent("openai:gpt-4o-mini", tools=[], middleware=[Guard()])
second = create_agent("openai:gpt-4o-mini", tools=[], middleware=[Guard()])

async def main() -> None:
    async for chunk in first.astream({"messages": []}):
        print(chunk)
    async for chunk in second.astream({"messages": []}):
        print(chunk)

asyncio.run(main())
"""


def test_a_hook_of_two_agents_is_one_finding(root: Path) -> None:
    (finding,) = found(root, MIDDLEWARE, "LG105")
    assert finding.message.startswith("the stream ends without a chunk: ")
    assert {step.place.row for step in finding.trace} == {10, 11, 14, 16}


SAVER = """
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph

def work(state: MessagesState) -> dict:
    return {"messages": []}

builder = StateGraph(MessagesState)
builder.add_node("work", work)
builder.add_edge(START, "work")
builder.add_edge("work", END)
saver = SqliteSaver.from_conn_string("threads.db")
graph = builder.compile(checkpointer=saver)
"""
RUN = """
@app.get("/{name}")
async def {name}() -> dict:
    return await graph.ainvoke({{"messages": []}}, {{"configurable": {{"thread_id": "1"}}}})
"""


@pytest.mark.parametrize("count", [3, 4])
def test_a_saver_that_refuses_many_runs_is_one_finding(root: Path, count: int) -> None:
    head = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    runs = "".join(RUN.format(name=name) for name in "abcd"[:count])
    findings = found(root, head + SAVER + runs, "LG104")
    assert len(findings) == (count if count == 3 else 1)
    assert ("reached from 4 async functions" in findings[0].message) == (count == 4)


CLIENT = """
import httpx

client = httpx.AsyncClient()
"""
READ = """
async def {name}() -> None:
    async with client.stream("POST", "http://localhost/threads/1/runs/stream") as answer:
        async for line in answer.aiter_lines():
            print(line)
"""


@pytest.mark.parametrize("count", [3, 4])
def test_a_client_of_many_requests_is_one_finding(root: Path, count: int) -> None:
    reads = "".join(READ.format(name=name) for name in "abcd"[:count])
    findings = found(root, CLIENT + reads, "LG509")
    assert len(findings) == (count if count == 3 else 1)
    assert (findings[0].place.row == 4) == (count == 4)


ROUTE = """
from fastapi import FastAPI
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

agent = create_react_agent("openai:gpt-4o-mini", tools=[])
app = FastAPI()


class Desk:
    def __init__(self, ask) -> None:
        self._ask = ask

    async def answer(self) -> str:
        return self._ask("question")


def put_question(question: str) -> str:
    return ChatOpenAI(model="gpt-4o-mini").invoke(question).content


@app.get("/answer")
async def answer() -> str:
    await agent.ainvoke({"messages": []})
    return await Desk(put_question).answer()
"""


def test_a_route_that_answers_at_once_speaks_of_no_tokens(root: Path) -> None:
    (finding,) = found(root, ROUTE, "LG103")
    assert "tokens" not in finding.message
    assert finding.message.startswith("every stream and request of the process stands still until")


def test_help_spells_a_call_as_its_line_does(root: Path) -> None:
    (finding,) = found(root, ROUTE, "LG103")
    assert "`await asyncio.to_thread(self._ask, ...)`" in (finding.help or "")


def test_help_hands_on_what_a_pool_is_given(root: Path) -> None:
    pool = "from concurrent.futures import ThreadPoolExecutor\n\nPOOL = ThreadPoolExecutor()\n"
    given = 'POOL.submit(self._ask, "question").result()'
    text = pool + ROUTE.replace('self._ask("question")', given)
    (finding,) = found(root, text, "LG103")
    assert "to_thread(POOL.submit" not in (finding.help or "")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("state['notes']", "old items of 'notes' stand twice after work() has run: the old value"),
        ("[n for n in state['notes'] if n]", "has run: a part of the old value goes back"),
    ],
)
def test_doubled_items_are_told_as_often_as_they_stand(root: Path, value: str, says: str) -> None:
    text = f"""
import operator
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    notes: Annotated[list, operator.add]


def work(state: State) -> dict:
    return {{"notes": {value}}}


builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
builder.add_edge("work", END)
graph = builder.compile()
"""
    (finding,) = found(root, text, "LG203")
    assert says in finding.message
