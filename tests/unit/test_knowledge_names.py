"""Every outside name that a table speaks of exists, or stands here with the reason why not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from lg_lint.knowledge import table
from not_installed import PACKAGES, is_excused
from test_knowledge import installed

# Names that the newest version of an installed library lacks, and code in the wild still uses.
OLD = {
    "django.conf.urls.url": "until Django 3",
    "langchain.agents.AgentExecutor": "until LangChain 0.3, now langchain_classic",
    "langchain.agents.agent.AgentExecutor": "until LangChain 0.3",
    "langchain.agents.create_openai_functions_agent": "until LangChain 0.3",
    "langchain.agents.create_tool_calling_agent": "until LangChain 0.3",
    "langchain.agents.initialize_agent": "until LangChain 0.3",
    "langchain.chains.base.Chain": "until LangChain 0.3",
    "langchain.chains.combine_documents.create_stuff_documents_chain": "until LangChain 0.3",
    "langchain.chains.create_history_aware_retriever": "until LangChain 0.3",
    "langchain.chains.create_retrieval_chain": "until LangChain 0.3",
    "langchain.chains.question_answering.load_qa_chain": "until LangChain 0.3",
    "langchain.chains.summarize.load_summarize_chain": "until LangChain 0.3",
    "langchain.chat_models.ChatOpenAI": "until LangChain 0.1",
    "langchain.retrievers.MultiQueryRetriever": "until LangChain 0.3, now langchain_classic",
    "langchain.tools.StructuredTool": "until LangChain 0.3",
    "langchain_community.chat_models.ChatOllama": "until langchain-community 0.3",
    "langchain_community.chat_models.ChatOpenAI": "until langchain-community 0.3",
    "langgraph.graph.CompiledGraph": "until langgraph 0.5",
    "langgraph.graph.CompiledStateGraph": "until langgraph 0.5",
    "langgraph.graph.Graph": "until langgraph 0.5",
    "langgraph.graph.graph.CompiledGraph": "until langgraph 0.5",
    "langgraph.graph.graph.END": "until langgraph 0.5",
    "langgraph.graph.graph.Graph": "until langgraph 0.5",
    "langgraph.graph.graph.START": "until langgraph 0.5",
    "langgraph.graph.push_message": "until langgraph 0.3",
    "langgraph.prebuilt.tool_executor.ToolExecutor": "until langgraph 0.2",
    "langgraph.pregel.PregelProtocol": "until langgraph 0.5",
    "langgraph.pregel.RetryPolicy": "until langgraph 0.3",
    "langgraph.pregel.StreamWriter": "until langgraph 0.2",
    "langgraph.prebuilt.AgentState": "until langgraph-prebuilt 1.0",
    "tenacity._asyncio.AsyncRetrying": "until tenacity 8.2",
}

# Names that the Python that runs is too old for.
LATER = {
    name: f"since Python {'.'.join(map(str, since))}"
    for name, since in {
        "asyncio.Runner": (3, 11),
        "asyncio.runners.Runner": (3, 11),
        "asyncio.runners.Runner.run": (3, 11),
        "_thread.lock": (3, 13),
    }.items()
    if sys.version_info < since
}

# Names that are no attribute of their owner's class.
NO_ATTRIBUTE = {
    "django.db.connection.cursor": "asks for the settings of an application",
    "django.db.models.Model.objects": "set as a model is made",
    "langchain_community.document_loaders.RemoteLoader": "the table's own name for its loaders",
    "langchain_community.utilities.APIWrapper": "the table's own name for its wrappers",
    "langchain_core.runnables.fallbacks.RunnableWithFallbacks.bind_tools": "by its __getattr__",
    "langchain_core.runnables.fallbacks.RunnableWithFallbacks.with_structured_output": "by its __getattr__",
    "langgraph.checkpoint.memory.InMemorySaver.from_conn_string": "called by mistake, does nothing",
    "langgraph.func.Task": "what @task makes, under the table's own name",
    "langgraph.func.Task.__call__": "what @task makes, under the table's own name",
    "langgraph.graph.state.CompiledStateGraph.builder": "set when it is made",
    "langgraph.prebuilt.tool_node.ToolRuntime.context": "a field",
    "langgraph.prebuilt.tool_node.ToolRuntime.stream_writer": "a field",
    "multiprocessing.Pipe.__getitem__": "an item of the pair that it gives",
    "psycopg2.extensions.Connection": "as annotations spell it by mistake",
    "pymysql.connections.connect": "as code spells it by mistake",
    "requests.HTTPAdapter": "as code spells it by mistake",
    "requests.packages.urllib3.Retry": "an alias that requests makes when it is imported",
    "requests.packages.urllib3.util.Retry": "an alias that requests makes when it is imported",
    "requests.packages.urllib3.util.retry.Retry": "an alias that requests makes when it is imported",
    "sqlalchemy.orm.DeclarativeBase.metadata": "set as a class is made",
    "starlette.applications.Starlette.router": "set when it is made",
    "starlette.applications.Starlette.state": "set when it is made",
}

# Aliases that stand for something of the same behaviour, not for the same object.
AKIN = {
    "anthropic.AnthropicBedrock", "anthropic.AnthropicVertex", "asgiref.sync.SyncToAsync",
    "fastapi.params.Depends", "fastapi.params.Security", "httpx2.AsyncClient", "httpx2.Client",
    "httpx2.Timeout", "httpx2.stream", "psycopg2.pool.ThreadedConnectionPool", "redis.RedisCluster", "redis.cluster.RedisCluster",
    "queue.SimpleQueue", "requests.session", "threading.RLock", "typing_extensions.TypedDict",
}  # fmt: skip
if sys.version_info < (3, 11):
    AKIN.add("typing_extensions.Any")


def names() -> set[str]:
    found: set[str] = set(table("bags").values())
    for section in ("aliases", "parents"):
        found |= {*table(section), *table(section).values()}
    for section in ("returns", "attributes", "decorators", "own_loops"):
        found |= {*table(section)}
    found |= {*table("graphs")["state_classes"], *table("execution")["sleepers"]}
    for given in table("names").values():
        listed = [given] if isinstance(given, str) else given
        found |= {name for name in listed if "." in name}
    for part in ("functions", "methods"):
        found |= {row.get("module") or row["class"] for row in table("blocking")[part]}
    return found


NAMES = sorted(names())


@pytest.mark.parametrize("name", NAMES)
def test_the_name_exists(name: str) -> None:
    there, found = installed(name)
    if not there:
        assert is_excused(name) or name in {**OLD, **LATER}, (
            f"{name}: its package is not installed; add it to the test extra in pyproject.toml, "
            f"or to tests/not_installed.py with the reason"
        )
    elif found is None:
        assert name in {**OLD, **LATER, **NO_ATTRIBUTE}, f"{name} does not exist"


@pytest.mark.parametrize("name", sorted({**OLD, **NO_ATTRIBUTE}))
def test_what_is_excused_is_in_a_table(name: str) -> None:
    assert name in NAMES


IMPORTS = {
    line.split()[1]
    for path in (Path(__file__).parents[2] / "fixtures").rglob("*.py")
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    if line.lstrip().startswith(("import ", "from "))
}


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_not_installed_is_in_a_table_or_a_case(package: str) -> None:
    names = {*NAMES, *IMPORTS, *table("offloaders")}
    assert any(name == package or name.startswith(f"{package}.") for name in names)


def test_aliases_mean_the_same() -> None:
    akin = set()
    for name, target in table("aliases").items():
        one, other = installed(name)[1], installed(target)[1]
        if one is None or other is None or one is other or _is_kind(one, other):
            continue
        if not name.startswith("multiprocessing."):  # waits as its namesake of threads does
            assert name in AKIN, f"{name} is not {target}"
            akin.add(name)
    missing = {name for name in AKIN - akin if installed(name)[0]}
    assert not missing


def _is_kind(one: Any, other: Any) -> bool:
    both = isinstance(one, type) and isinstance(other, type)
    return both and (issubclass(one, other) or issubclass(other, one))


def test_most_names_are_checked() -> None:
    checked = [name for name in NAMES if installed(name)[1] is not None]
    assert len(checked) > 400
