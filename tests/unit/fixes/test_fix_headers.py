"""The fix of LG301 adds no header that is there, and leaves calls alone that it does not understand."""

from __future__ import annotations

from pathlib import Path

import pytest
from fix_cases import inside, mended

TOP = """\
from flask import Flask, Response, make_response, request
from langgraph.graph import END, START, MessagesState, StateGraph
from werkzeug.datastructures import Headers

builder = StateGraph(MessagesState)
builder.add_node("answer", lambda state: {"messages": [("ai", "hi")]})
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
agent = builder.compile()
app = Flask(__name__)


def frames(question):
    try:
        for token, _ in agent.stream({"messages": question}, stream_mode="messages"):
            yield f"event: token\\ndata: {len(token.content)}\\n\\n"
        yield "event: end\\ndata: {}\\n\\n"
    except Exception:
        yield "event: error\\ndata: {}\\n\\n"


@app.get("/chat")
def chat():
    question = request.args["question"]
"""
CALL = 'Response(frames(question), mimetype="text/event-stream")'
TYPE = '{"Content-Type": "text/event-stream"}'
BOTH = '{"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}'


def fixed(body: str, folder: Path) -> str:
    """What the view's body becomes by safe fixes."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (folder / "app.py").write_text(TOP + lines)
    with inside(folder):
        result = mended(unsafe=False)
    after = result.after.get("app.py", TOP + lines)
    assert after.startswith(TOP)
    return "\n".join(line[4:] for line in after[len(TOP) :].splitlines())


def test_nothing_there(tmp_path: Path) -> None:
    assert fixed(f"return {CALL}", tmp_path) == f"return {CALL[:-1]}, headers={BOTH})"


@pytest.mark.parametrize(
    "later",
    [
        'response.headers.add_header("Cache-Control", "no-store")',
        'response.headers["Cache-Control"] = "no-store"',
        'response.headers.extend({"cache-control": "no-store"})',
    ],
)
def test_a_header_that_is_set_later_is_not_added(tmp_path: Path, later: str) -> None:
    after = fixed(f"response = {CALL}\n{later}\nreturn response", tmp_path)
    added = CALL[:-1] + ', headers={"X-Accel-Buffering": "no"})'
    assert after == f"response = {added}\n{later}\nreturn response"


@pytest.mark.parametrize(
    "body",
    [
        f"response = {CALL}\nresponse.headers.add_header('X-Accel-Buffering', 'no')\nreturn response",
        f"response = {CALL}\nresponse.headers['X-Accel-Buffering'] = 'yes'\nreturn response",
        f"response = {CALL}\nresponse.headers = Headers({TYPE})\nreturn response",
        f"return make_response(frames(question), 200, {TYPE})",
        f"return frames(question), 200, {TYPE}",
        f"return app.response_class(frames(question), headers={TYPE})",
        f"return Response(frames(question), 200, {TYPE})",
    ],
)
def test_what_is_left_alone(tmp_path: Path, body: str) -> None:
    assert fixed(body, tmp_path) == body
