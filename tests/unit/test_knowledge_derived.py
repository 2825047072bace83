"""Rows found by introspection: that they are whole, that they hold, and what is made of them."""

from __future__ import annotations

import importlib
import inspect
import json
from importlib import resources
from typing import Any

import pytest

from lg_lint.knowledge import derived

FILES = sorted(
    entry.name
    for entry in resources.files("lg_lint.knowledge").joinpath("derived").iterdir()
    if entry.name.endswith(".json") and entry.name != derived.INDEX
)
KINDS = {"model", "http", "database", "session", "process", "wait", "sleep"}
ENOUGH = 100
"""So many methods of installed packages have to be checked: the others pass unseen."""


def data(name: str) -> dict[str, Any]:
    text = resources.files("lg_lint.knowledge").joinpath("derived", name).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def found(dotted: str) -> Any:
    """The class of a dotted name, where its package is installed and still has it."""
    owner, _, name = dotted.rpartition(".")
    try:
        return getattr(importlib.import_module(owner), name, None)
    except Exception:
        return None


@pytest.mark.parametrize("name", FILES)
def test_each_row_says_how_it_was_found(name: str) -> None:
    rows = data(name)
    assert rows["package"]
    assert rows["version"] not in ("", "?")
    ways = [row for cls in rows["classes"].values() for row in cls.get("waits", ())]
    ways += [[*row, ["f"]] for row in rows["functions"].values()]
    for how, certain, kind, names in ways:
        assert how.startswith(("twin", "coroutine ", "reaches ", "any call")), how
        assert isinstance(certain, bool)
        assert kind in KINDS
        assert names


@pytest.mark.parametrize("name", FILES)
def test_what_leads_on_leads_to_a_class_of_the_package(name: str) -> None:
    rows = data(name)
    for cls in rows["classes"].values():
        for given in (*cls.get("gives", {}).values(), *([cls["base"]] if "base" in cls else ())):
            assert given == "self" or given in rows["classes"]
    for given in (*rows["returns"].values(), *rows["aliases"].values()):
        assert given in rows["classes"]


def test_index_names_each_file() -> None:
    assert {f"{package}.json" for package in derived._index().values()} == set(FILES)


def checked(name: str) -> int:
    """How many methods of installed classes are still there, and no coroutines."""
    count = 0
    for dotted, entry in data(name)["classes"].items():
        cls = found(dotted)
        if not isinstance(cls, type):
            continue
        for *_, names in entry.get("waits", ()):
            for each in names:
                method = inspect.getattr_static(cls, each, None)
                if method is not None:
                    assert not inspect.iscoroutinefunction(method), f"{dotted}.{each}"
                    count += 1
    return count


INSTALLED = ("openai.json", "redis.json", "pymongo.json", "psycopg.json", "httpx.json")


def test_enough_rows_hold_for_what_is_installed() -> None:
    assert sum(checked(name) for name in INSTALLED if name in FILES) >= ENOUGH


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("openai.OpenAI", "files.content"),
        ("openai.AzureOpenAI", "beta.threads.create"),
        ("chromadb.HttpClient", "get_collection.query"),
        ("zep_cloud.client.Zep", "thread.add_messages"),
        ("github.Github", "get_repo.create_issue"),
        ("praw.Reddit", "subreddit.submit"),
        ("playwright.sync_api.sync_playwright", "chromium.launch"),
    ],
)
def test_a_path_of_attributes_and_calls_leads_to_a_wait(kind: str, path: str) -> None:
    wait = derived.of_method(kind, tuple(path.split(".")))
    assert wait is not None
    assert not wait.lazy


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("openai.OpenAI", "with_options"),
        ("openai.OpenAI", "chat"),
        ("openai.AsyncOpenAI", "files.content"),
        ("chromadb.EphemeralClient", "get_collection.query"),
        ("unknown.Client", "get"),
        ("openai.Nothing", "files.content"),
    ],
)
def test_what_makes_or_hands_out_an_object_does_not_wait(kind: str, path: str) -> None:
    assert derived.of_method(kind, tuple(path.split("."))) is None


def test_constructors_do_not_wait() -> None:
    assert derived.of_function("openai.OpenAI") is None
    assert derived.of_function("chromadb.HttpClient") is None


def test_a_twin_is_named_as_what_is_used_instead() -> None:
    wait = derived.of_method("openai.OpenAI", ("files", "content"))
    assert wait is not None
    assert wait.cure == "openai.AsyncOpenAI"


def test_functions_go_by_their_public_name() -> None:
    wait = derived.of_function("ollama.pull")
    assert wait is not None
    assert wait.kind == "http"
