"""The tables name what the really installed libraries have, sync or async as the rows say."""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver

import django_project  # noqa: F401
from lg_lint import knowledge
from lg_lint.knowledge import named, table, type_table

MINIMUM = {"functions": 25, "methods": 150, "twins": 90, "savers": 3}
KINDS = {"model", "database", "http", "process", "session", "wait", "sleep", "tool"}

# Clients that give their parts as attributes of an object: made without a connection.
CLIENTS: dict[str, Callable[[Any], Any]] = {
    "anthropic.Anthropic": lambda cls: cls(api_key="none"),
    "anthropic.AsyncAnthropic": lambda cls: cls(api_key="none"),
    "google.genai.Client": lambda cls: cls(api_key="none"),
    "groq.AsyncGroq": lambda cls: cls(api_key="none"),
    "groq.Groq": lambda cls: cls(api_key="none"),
    "langgraph_sdk.client.SyncLangGraphClient": lambda cls: cls(httpx.Client()),
    "openai.AsyncOpenAI": lambda cls: cls(api_key="none"),
    "openai.OpenAI": lambda cls: cls(api_key="none"),
}

BLOCKING = table("blocking")


def installed(dotted: str) -> tuple[bool, Any]:
    """Whether the package of a dotted name is installed, and what the name means there."""
    parts = dotted.split(".")
    found: Any = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for end in range(1, len(parts) + 1):
            try:
                found = importlib.import_module(".".join(parts[:end]))
            except ImportError:
                break
        if getattr(found, "__file__", None) is None and parts[0] not in sys.builtin_module_names:
            return False, None
        for part in filter(None, dotted.removeprefix(found.__name__).split(".")):
            try:
                found = getattr(found, part, None)
            except Exception:  # it asks for the settings of an application
                found = None
    return True, found


def described(row: dict[str, Any]) -> str:
    return str(row.get("class") or row.get("module"))


def rows(section: str) -> list[Any]:
    return [
        pytest.param(row, id=f"{described(row)}-{row.get('names', row.get('anywhere'))[0]}")
        for row in BLOCKING[section]
    ]


def holder(dotted: str, cls: Any, names: list[str]) -> Any:
    """The object whose members are looked up: the class, or a client with parts."""
    if any("." in name for name in names) and dotted in CLIENTS:
        return CLIENTS[dotted](cls)
    return cls


def member(owner: Any, path: str) -> Any:
    for part in path.split("."):
        owner = getattr(owner, part, None)
    return owner


def is_async(function: Any) -> bool:
    """Whether calling it gives something to await, to iterate with `async for` or to enter."""
    function = inspect.unwrap(function)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return True
    result = str(getattr(function, "__annotations__", {}).get("return", ""))
    return any(word in result for word in ("Awaitable", "Async", "Coroutine"))


def is_sync(function: Any) -> bool:
    function = inspect.unwrap(function)
    return callable(function) and not (
        inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    )


@pytest.mark.parametrize("row", [*rows("functions"), *rows("methods")])
def test_row_is_complete(row: dict[str, Any]) -> None:
    assert row["kind"] in KINDS
    assert row["source"]
    assert row["cure"]
    assert row.get("names") or row.get("anywhere")


def count_functions(row: dict[str, Any]) -> int:
    """How many functions of a row were found, each sync; 0 where its library is not installed."""
    there, module = installed(row["module"])
    if not there or row.get("stub"):
        return 0
    for name in row["names"]:
        function = member(module, name)
        assert function is not None, f"{row['module']}.{name}"
        assert is_sync(function), f"{row['module']}.{name}"
    return len(row["names"])


def count_methods(row: dict[str, Any]) -> int:
    there, cls = installed(row["class"])
    if not there or row.get("stub"):
        return 0
    assert cls is not None, row["class"]
    owner = holder(row["class"], cls, row.get("names", []))
    for name in row.get("names", ()):
        function = member(owner, name)
        assert function is not None, f"{row['class']}.{name}"
        assert is_sync(function), f"{row['class']}.{name}"
    return len(row.get("names", ()))


def count_twins(row: dict[str, Any]) -> int:
    """Async methods: of the class itself under a prefix, or of the class that the row names."""
    dotted = row.get("twin") or (row["class"] if "async" in row else "")
    there, cls = installed(dotted) if dotted else (False, None)
    if not there or row.get("stub"):
        return 0
    owner = holder(dotted, cls, row["names"])
    for name in row["names"]:
        function = member(owner, row.get("async", "") + name)
        assert function is not None, f"{dotted}.{name}"
        if "async" in row:
            assert is_async(function), f"{dotted}.{row['async']}{name}"
    return len(row["names"])


def count_savers(name: str) -> int:
    there, cls = installed(name)
    if not there or cls is None or not issubclass(cls, BaseCheckpointSaver):
        return 0
    served = set(table("savers")["savers"][name])
    assert served <= {"sync", "async"}
    own = {
        kind: all(getattr(cls, each) is not getattr(BaseCheckpointSaver, each) for each in names)
        for kind, names in {"sync": ("get_tuple", "put"), "async": ("aget_tuple", "aput")}.items()
    }
    for kind in served:
        assert own[kind], f"{name} has no {kind} methods"
    return 1


@pytest.mark.parametrize("row", rows("functions"))
def test_functions_exist_and_are_sync(row: dict[str, Any]) -> None:
    count_functions(row)


@pytest.mark.parametrize("row", rows("methods"))
def test_methods_exist_and_are_sync(row: dict[str, Any]) -> None:
    count_methods(row)


@pytest.mark.parametrize("row", rows("methods"))
def test_async_twins_exist(row: dict[str, Any]) -> None:
    count_twins(row)


@pytest.mark.parametrize("name", sorted(table("savers")["savers"]))
def test_savers_serve_what_the_table_says(name: str) -> None:
    count_savers(name)


def test_enough_rows_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows of libraries that are not installed pass unseen above: so many must not."""
    checked = {
        "functions": sum(map(count_functions, BLOCKING["functions"])),
        "methods": sum(map(count_methods, BLOCKING["methods"])),
        "twins": sum(map(count_twins, BLOCKING["methods"])),
        "savers": sum(map(count_savers, table("savers")["savers"])),
    }
    with capsys.disabled():
        print(f"\nnames checked against installed libraries: {checked}")
    for part, least in MINIMUM.items():
        assert checked[part] >= least, f"{part}: {checked[part]} checked, {least} wanted"


def test_types_that_rows_speak_of_are_canonical() -> None:
    types = type_table()
    for row in BLOCKING["methods"]:
        assert types.canonical(row["class"]) == row["class"]
    for target in types.aliases.values():
        assert types.canonical(target) == target


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("langchain_openai.ChatOpenAI", "langchain_core.language_models.chat_models.BaseChatModel"),
        ("langchain_nvidia.ChatNVIDIA", "langchain_core.language_models.chat_models.BaseChatModel"),
        ("langchain_openai.OpenAIEmbeddings", "langchain_core.embeddings.Embeddings"),
        ("langchain_community.vectorstores.FAISS", "langchain_core.vectorstores.VectorStore"),
        ("langchain_tavily.TavilySearch", "langchain_core.tools.base.BaseTool"),
        ("langchain_ollama.OllamaLLM", "langchain_core.language_models.llms.BaseLLM"),
    ],
)
def test_families_know_classes_that_no_row_names(name: str, parent: str) -> None:
    types = type_table()
    assert parent in types.lineage(types.canonical(name))


@pytest.mark.parametrize(
    "name",
    [
        "langchain_core.prompts.chat.ChatPromptTemplate",
        "langchain_core.prompts.ChatPromptTemplate",
        "langchain_core.messages.ChatMessage",
        "langchain_community.chat_message_histories.ChatMessageHistory",
        "langchain_huggingface.HuggingFaceEmbeddings",
        "langchain_community.retrievers.BM25Retriever",
    ],
)
def test_families_leave_alone_what_computes_locally(name: str) -> None:
    assert set(type_table().lineage(name)) <= {name, named("runnable")}


def test_tables_are_packed_ones_or_those_of_files_that_have_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = knowledge._tables.__wrapped__()
    texts = knowledge._texts()
    assert packed == knowledge._merged(texts)
    file = "libraries/langchain.toml"
    changed = {**texts, file: texts[file] + b'\n[trimming.added]\nword = "x"\n'}
    monkeypatch.setattr(knowledge, "_texts", lambda: changed)
    assert knowledge._tables.__wrapped__()["trimming"]["added"] == {"word": "x"}
