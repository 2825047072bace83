"""Every outside name that a table speaks of exists, or stands here with the reason why not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from lg_lint.knowledge import table
from test_knowledge import installed

# Packages that the tests do not need to have: their rows are checked where they are installed.
NOT_CHECKED = {
    "SDKs of hosted services, many and large, of which a row names a client": (
        "boto3", "cohere", "dashscope", "docker", "elasticsearch", "exa_py", "firebase_admin",
        "firecrawl", "google.cloud", "google.generativeai", "google.genai", "googleapiclient",
        "groq", "langfuse", "litellm", "mistralai", "opensearchpy", "pinecone", "qdrant_client",
        "replicate", "serpapi", "slack_sdk", "supabase", "tavily", "together", "twilio", "vertexai", "zhipuai",
    ),
    "integrations of LangChain, each with the SDK of its provider": (
        "langchain_anthropic", "langchain_aws", "langchain_community", "langchain_deepseek",
        "langchain_google_genai", "langchain_google_vertexai", "langchain_groq",
        "langchain_mistralai", "langchain_neo4j", "langchain_ollama", "langchain_openai",
        "langchain_xai",
    ),
    "the chains of LangChain before 1.0, large": ("langchain_classic",),
    "event loops beside the usual one, and a patch of that": (
        "aiorun", "curio", "nest_asyncio", "trio", "uvloop", "winloop",
    ),
    "what a run's stream methods give, under the tables' own name": ("langgraph.run",),
    "agents of third parties that bring providers' SDKs": (
        "copilotkit", "deepagents", "langgraph_supervisor", "langgraph_swarm",
    ),
    "savers that bring a database's client; checked by their own test where installed": (
        "langgraph.checkpoint.mongodb", "langgraph.checkpoint.postgres",
        "langgraph.checkpoint.redis", "langgraph.checkpoint.aiosqlite",
    ),
    "databases whose clients need libraries of the system, or are large": (
        "mysql", "neo4j", "psycopg2", "pymysql", "pyodbc", "snowflake", "sqlmodel",
    ),
    "frameworks with an event loop and a server of their own": ("sanic",),
    "on top of Django, for one alias": ("rest_framework",),
    "models on one's own machine": ("huggingface_hub", "ollama"),
    "task queues, each with the client of its store": (
        "arq", "celery", "dramatiq", "huey", "procrastinate", "rq", "taskiq",
    ),
    "tools that agents use, small and short-lived": (
        "cachetools", "ddgs", "duckduckgo_search", "feedparser", "git", "paramiko", "wikipedia",
        "yfinance",
    ),
}  # fmt: skip
UNCHECKED = tuple(name for names in NOT_CHECKED.values() for name in names)

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
LATER = (
    dict.fromkeys(("asyncio.Runner", "asyncio.runners.Runner"), "since Python 3.11")
    if sys.version_info < (3, 11)
    else {}
)

# Names that are no attribute of their owner's class.
NO_ATTRIBUTE = {
    "langchain_community.document_loaders.RemoteLoader": "the table's own name for its loaders",
    "langchain_community.utilities.APIWrapper": "the table's own name for its wrappers",
    "langgraph.checkpoint.memory.InMemorySaver.from_conn_string": "called by mistake, does nothing",
    "langgraph.func.Task": "what @task makes, under the table's own name",
    "langgraph.func.Task.__call__": "what @task makes, under the table's own name",
    "langgraph.graph.state.CompiledStateGraph.builder": "set when it is made",
    "langgraph.prebuilt.tool_node.ToolRuntime.stream_writer": "a field",
    "psycopg2.extensions.Connection": "as annotations spell it by mistake",
    "pymysql.connections.connect": "as code spells it by mistake",
    "requests.HTTPAdapter": "as code spells it by mistake",
    "requests.packages.urllib3.Retry": "an alias that requests makes when it is imported",
    "requests.packages.urllib3.util.Retry": "an alias that requests makes when it is imported",
    "requests.packages.urllib3.util.retry.Retry": "an alias that requests makes when it is imported",
    "starlette.applications.Starlette.router": "set when it is made",
    "starlette.applications.Starlette.state": "set when it is made",
}

# Aliases that stand for something of the same behaviour, not for the same object.
AKIN = {
    "anthropic.AnthropicBedrock", "anthropic.AnthropicVertex", "asgiref.sync.SyncToAsync",
    "fastapi.params.Depends", "fastapi.params.Security", "httpx2.AsyncClient", "httpx2.Client",
    "httpx2.Timeout", "httpx2.stream",
    "psycopg2.pool.ThreadedConnectionPool", "redis.RedisCluster", "redis.cluster.RedisCluster",
    "requests.session", "typing_extensions.TypedDict",
}  # fmt: skip


def tables() -> Iterator[dict[str, Any]]:
    for entry in resources.files("lg_lint.knowledge").iterdir():
        if entry.name.endswith(".toml"):
            yield table(entry.name.removesuffix(".toml"))


def names() -> set[str]:
    found: set[str] = set()
    for content in tables():
        for section in ("aliases", "parents"):
            found |= {*content.get(section, {}), *content.get(section, {}).values()}
        for section in ("returns", "attributes", "decorators"):
            found |= {*content.get(section, {})}
        for section in ("state_classes", "sleepers", "own_loops", "bags"):
            rows = content.get(section, {})
            found |= set(rows.values()) if section == "bags" else set(rows)
        for given in content.get("names", {}).values():
            listed = [given] if isinstance(given, str) else given
            found |= {name for name in listed if "." in name}
    for part in ("functions", "methods"):
        found |= {row.get("module") or row["class"] for row in table("blocking")[part]}
    return found


def is_unchecked(name: str) -> bool:
    return name.startswith(tuple(f"{package}." for package in UNCHECKED))


NAMES = sorted(names())


@pytest.mark.parametrize("name", NAMES)
def test_the_name_exists(name: str) -> None:
    there, found = installed(name)
    if not there:
        assert is_unchecked(name) or name in OLD or name in UNCHECKED, f"{name} is not installed"
    elif found is None:
        assert name in {**OLD, **LATER, **NO_ATTRIBUTE}, f"{name} does not exist"


@pytest.mark.parametrize("name", sorted({**OLD, **NO_ATTRIBUTE}))
def test_what_is_excused_is_in_a_table(name: str) -> None:
    assert name in NAMES


@pytest.mark.parametrize("package", UNCHECKED)
def test_what_is_not_checked_is_in_a_table(package: str) -> None:
    assert any(name == package or name.startswith(f"{package}.") for name in NAMES)


def test_aliases_mean_the_same() -> None:
    akin = set()
    for content in tables():
        for name, target in content.get("aliases", {}).items():
            one, other = installed(name)[1], installed(target)[1]
            if one is None or other is None or one is other or _is_kind(one, other):
                continue
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
