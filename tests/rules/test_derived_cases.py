"""Negatives that follow from the bad cases: without a loop, and with another library."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fixture_cases import case_id, cases, copy_case, described, findings_in, source_files

# Plain functions run on the loop here all the same: hooks of an agent's middleware, the handlers
# of frameworks without a thread pool for them, and FastAPI's websocket endpoints.
ON_LOOP_WITHOUT_ASYNC = {
    "aiohttp_handler",
    "chainlit_callback",
    "litestar_handler",
    "loop_side_middleware_class",
    "loop_side_middleware_decorator",
    "sanic_handler",
    "websocket_endpoint",
}
BLOCKING_CASES = [case for case in cases("LG101/bad/*") if case.name not in ON_LOOP_WITHOUT_ASYNC]
ABOUT_GRAPHS = ("LG101", "LG102", "LG201", "LG202", "LG203", "LG204", "LG402")
GRAPH_CASES = [case for code in ABOUT_GRAPHS for case in cases(f"{code}/bad/*")]


def without_async(text: str) -> str:
    """The text as synchronous code: the same functions, called and iterated directly."""
    text = re.sub(r"\basync (def|for|with)\b", r"\1", text)
    text = text.replace("asynccontextmanager", "contextmanager")
    return re.sub(r"\bawait ", "", text)


def with_other_library(text: str) -> str:
    """The text with LangGraph and LangChain replaced by libraries that nobody knows."""
    return text.replace("langgraph", "otherlib").replace("langchain", "otherchain")


@pytest.mark.parametrize("case", BLOCKING_CASES, ids=case_id)
def test_sync_code_blocks_no_loop(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_case(case, tmp_path, without_async)
    for path in source_files(root):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    monkeypatch.chdir(root)
    found = [each for each in findings_in(Path()) if each.code == "LG101"]
    assert not found, [described(each) for each in found]


@pytest.mark.parametrize("case", GRAPH_CASES, ids=case_id)
def test_other_library_is_no_graph(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy_case(case, tmp_path, with_other_library))
    found = [each for each in findings_in(Path()) if each.code in ABOUT_GRAPHS]
    assert not found, [described(each) for each in found]


def test_known_exceptions_are_cases() -> None:
    assert {case.name for case in cases("LG101/bad/*")} >= ON_LOOP_WITHOUT_ASYNC
