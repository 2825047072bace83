"""Settings that add to what the tables know: a finding appears or disappears with each."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from lg_lint.base.finding import Finding
from lg_lint.run.check import lint
from lg_lint.settings import load

ROUTE = """\
from fastapi import FastAPI
from {module} import {name}

app = FastAPI()
graph = {call}


@app.get("/chat")
async def chat(question: str) -> dict:
    return graph.invoke({{"question": question}})
"""


def found(folder: Path, code: str, files: dict[str, str], settings: str) -> list[Finding]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    (folder / "lg-lint.toml").write_text(f'select = ["{code}"]\n{settings}\n')
    report = lint([folder], load(folder))
    assert not report.problems
    return report.findings


def compare(folder: Path, code: str, files: dict[str, str], settings: str) -> tuple[int, int]:
    """How many findings there are without the settings, and with them."""
    return len(found(folder, code, files, "")), len(found(folder, code, files, settings))


# --- graphs --------------------------------------------------------------------------------

OPAQUE = {
    "company/__init__.py": "from company.graphs import build, Assistant\n",
    "company/graphs.py": """\
        from company._native import load


        class Assistant:
            pass


        class Registry:
            def get(self):
                return load()


        def build():
            return load()
        """,
}


@pytest.mark.parametrize(
    ("files", "route", "name"),
    [
        (
            {},
            ROUTE.format(module="toolkit.graphs", name="make", call="make()"),
            "toolkit.graphs.make",
        ),
        (
            {},
            ROUTE.format(module="toolkit", name="graphs", call="graphs.make()"),
            "toolkit.graphs.make",
        ),
        (
            {"shared/__init__.py": "from toolkit.graphs import make as create\n"},
            ROUTE.format(module="shared", name="create", call="create()"),
            "shared.create",
        ),
        (
            OPAQUE,
            ROUTE.format(module="company", name="build", call="build()"),
            "company.graphs.build",
        ),
        (OPAQUE, ROUTE.format(module="company", name="build", call="build()"), "company.build"),
        (
            OPAQUE,
            ROUTE.format(module="company.graphs", name="Registry", call="Registry().get()"),
            "company.graphs.Registry.get",
        ),
    ],
)
def test_graph_factories(tmp_path: Path, files: dict[str, str], route: str, name: str) -> None:
    files = {**files, "app.py": route}
    assert compare(tmp_path, "LG101", files, f'graph-factories = ["{name}"]') == (0, 1)


@pytest.mark.parametrize("name", ["company.graphs.Assistant", "company.Assistant"])
@pytest.mark.parametrize("call", ["Assistant()", "registry.get()"])
def test_graph_types_of_the_project(tmp_path: Path, name: str, call: str) -> None:
    route = ROUTE.format(module="company", name="Assistant", call=call)
    if "registry" in call:
        route = route.replace("graph = ", "graph: Assistant = ")
        route = f"from toolkit import registry\n{route}"
    files = {**OPAQUE, "app.py": route}
    assert compare(tmp_path, "LG101", files, f'graph-types = ["{name}"]') == (0, 1)


def test_graph_types_from_outside(tmp_path: Path) -> None:
    files = {"app.py": ROUTE.format(module="toolkit.graphs", name="Bot", call="Bot.load('x')")}
    by_name = 'graph-types = ["toolkit.graphs.Bot"]\ngraph-factories = ["toolkit.graphs.Bot.load"]'
    assert compare(tmp_path, "LG101", files, by_name) == (0, 1)


def test_a_factory_that_is_understood_keeps_its_graph(tmp_path: Path) -> None:
    files = {
        "graphs.py": """\
            import time
            from langgraph.graph import START, StateGraph


            async def wait(state: dict) -> dict:
                time.sleep(1)
                return {}


            def build():
                builder = StateGraph(dict)
                builder.add_node("wait", wait)
                builder.add_edge(START, "wait")
                return builder.compile()
            """,
        "app.py": ROUTE.format(module="graphs", name="build", call="build()").replace(
            "graph.invoke", "await graph.ainvoke"
        ),
    }
    assert compare(tmp_path, "LG102", files, 'graph-factories = ["graphs.build"]') == (1, 1)


# --- threads -------------------------------------------------------------------------------

THREADS = """\
    import time
    from fastapi import FastAPI
    from langgraph.prebuilt import create_react_agent
    from {module} import {name}

    app = FastAPI()
    graph = create_react_agent("openai:gpt-4o", tools=[])


    def ask(question):
        return graph.invoke({{"messages": question}})


    @app.get("/chat")
    async def chat(question: str) -> dict:
        return await {call}
    """
POOL = {
    "pool.py": """\
        from company._native import schedule


        class Pool:
            async def run(self, function, *arguments):
                function(*arguments)


        async def in_thread(function, *arguments):
            function(*arguments)
        """
}


@pytest.mark.parametrize(
    ("files", "module", "call", "name"),
    [
        (POOL, "pool", "in_thread(ask, question)", "pool.in_thread"),
        (POOL, "pool", "Pool().run(ask, question)", "pool.Pool.run"),
    ],
)
def test_offloaders(
    tmp_path: Path, files: dict[str, str], module: str, call: str, name: str
) -> None:
    imported = call.partition("(")[0]
    route = THREADS.format(module=module, name=imported, call=call)
    files = {**files, "app.py": route}
    assert compare(tmp_path, "LG101", files, f'offloaders = ["{name}"]') == (1, 0)


def test_offloaders_that_decorate(tmp_path: Path) -> None:
    route = THREADS.format(module="toolkit", name="threaded", call="ask(question)")
    files = {"app.py": route.replace("    def ask", "    @threaded\n    def ask")}
    assert compare(tmp_path, "LG101", files, 'offloaders = ["toolkit.threaded"]') == (1, 0)


def test_offloaders_are_followed_into_the_thread(tmp_path: Path) -> None:
    files = {
        "app.py": """\
            import time
            from langgraph.graph import START, StateGraph
            from toolkit import in_thread


            def rest():
                time.sleep(1)


            async def wait(state: dict) -> dict:
                await in_thread(rest)
                return {}


            builder = StateGraph(dict)
            builder.add_node("wait", wait)
            builder.add_edge(START, "wait")
            graph = builder.compile()
            """
    }
    assert compare(tmp_path, "LG102", files, 'offloaders = ["toolkit.in_thread"]') == (0, 0)


# --- retries -------------------------------------------------------------------------------

STREAM = """\
    from langgraph.prebuilt import create_react_agent
    from fastapi import FastAPI
    from fastapi.responses import StreamingResponse
    from {module} import again

    app = FastAPI()
    graph = create_react_agent("openai:gpt-4o", tools=[])


    @{decorator}
    async def events(question):
        async for chunk in graph.astream({{"messages": question}}):
            yield str(chunk)


    @app.get("/chat")
    async def chat(question: str):
        return StreamingResponse(events(question), media_type="text/event-stream")
    """


@pytest.mark.parametrize("decorator", ["again", "again(times=3)"])
def test_retry_decorators_from_outside(tmp_path: Path, decorator: str) -> None:
    files = {"app.py": STREAM.format(module="toolkit.retry", decorator=decorator)}
    assert compare(tmp_path, "LG404", files, 'retry-decorators = ["toolkit.retry.again"]') == (0, 1)


@pytest.mark.parametrize("name", ["company.again", "company.retry.again"])
def test_retry_decorators_of_the_project(tmp_path: Path, name: str) -> None:
    files = {
        "company/__init__.py": "from company.retry import again\n",
        "company/retry.py": "from company._native import again_native\n\n\ndef again(function):\n"
        "    return again_native(function)\n",
        "app.py": STREAM.format(module="company", decorator="again"),
    }
    assert compare(tmp_path, "LG404", files, f'retry-decorators = ["{name}"]') == (0, 1)


# --- blocking calls, reducers, savers ------------------------------------------------------


@pytest.mark.parametrize("name", ["company.fetch", "company.crm.fetch", "crm.fetch"])
def test_blocking_calls(tmp_path: Path, name: str) -> None:
    files = {
        "company/__init__.py": "from company.crm import fetch\n",
        "company/crm.py": "def fetch(key):\n    return native(key)\n",
        "app.py": """\
            from fastapi import FastAPI
            from langgraph.prebuilt import create_react_agent
            from company import fetch

            app = FastAPI()
            graph = create_react_agent("openai:gpt-4o", tools=[])


            @app.get("/chat")
            async def chat(question: str) -> dict:
                return fetch(question)
            """,
    }
    assert compare(tmp_path, "LG103", files, f'blocking-calls = ["{name}"]') == (0, 1)


@pytest.mark.parametrize(
    ("module", "name"), [("toolkit", "toolkit.gather"), ("company", "company.gather")]
)
def test_reducers(tmp_path: Path, module: str, name: str) -> None:
    files = {
        "company.py": "from company_native import join\n\n\ndef gather(old, new):\n"
        "    return join(old, new)\n",
        "app.py": f"""\
            from typing import Annotated, TypedDict
            from langgraph.checkpoint.sqlite import SqliteSaver
            from langgraph.graph import START, StateGraph
            from {module} import gather


            class State(TypedDict):
                notes: Annotated[list, gather]


            def note(state: State) -> dict:
                return {{"notes": ["one"]}}


            builder = StateGraph(State)
            builder.add_node("note", note)
            builder.add_edge(START, "note")
            graph = builder.compile(checkpointer=SqliteSaver.from_conn_string("x"))
            graph.invoke({{"notes": []}})
            """,
    }
    assert compare(tmp_path, "LG202", files, f'reducers = ["{name}"]') == (0, 1)


SAVER = """\
    from fastapi import FastAPI
    from langgraph.prebuilt import create_react_agent
    from {module} import Saver

    app = FastAPI()
    graph = create_react_agent("openai:gpt-4o", tools=[], checkpointer=Saver())


    @app.get("/chat")
    async def chat(question: str) -> dict:
        return {call}
    """


@pytest.mark.parametrize(
    ("calls", "call", "findings"),
    [
        ("sync", 'await graph.ainvoke({"messages": question})', 1),
        ("async", 'await graph.ainvoke({"messages": question})', 0),
        ("both", 'await graph.ainvoke({"messages": question})', 0),
        ("async", 'graph.invoke({"messages": question})', 1),
        ("both", 'graph.invoke({"messages": question})', 0),
    ],
)
@pytest.mark.parametrize("module", ["toolkit.savers", "company"])
def test_savers(tmp_path: Path, module: str, calls: str, call: str, findings: int) -> None:
    files = {
        "company.py": "class Saver:\n    pass\n",
        "app.py": SAVER.format(module=module, call=call),
    }
    settings = f'savers = {{ "{module}.Saver" = "{calls}" }}'
    assert compare(tmp_path, "LG104", files, settings) == (0, findings)


# --- what does not mean anything -----------------------------------------------------------


BUILD = {
    "graphs.py": "def build():\n    return native()\n",
    "app.py": ROUTE.format(module="graphs", name="build", call="build()"),
}


def test_names_from_elsewhere_change_nothing(tmp_path: Path) -> None:
    name = '["nowhere.at.all"]'
    settings = f"graph-factories = {name}\noffloaders = {name}\nreducers = {name}"
    assert compare(tmp_path, "ALL", BUILD, settings) == (0, 0)


def test_a_name_that_a_file_of_the_project_does_not_have_is_told(tmp_path: Path) -> None:
    for name, text in BUILD.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "lg-lint.toml").write_text(
        'graph-factories = ["graphs.biuld", "graphs.build"]\nsavers = { "graphs.Gone" = "sync" }\n'
    )
    report = lint([tmp_path], load(tmp_path))
    assert [problem.message for problem in report.problems] == [
        f'settings: "{name}" is not in {tmp_path / "graphs.py"}'
        for name in ("graphs.biuld", "graphs.Gone")
    ]


@pytest.mark.parametrize("extra", ["from native import *\n", "def __getattr__(name): ...\n"])
def test_a_file_that_may_have_more_is_believed(tmp_path: Path, extra: str) -> None:
    files = {**BUILD, "graphs.py": extra}
    assert compare(tmp_path, "LG101", files, 'graph-types = ["graphs.Gone"]') == (0, 0)
