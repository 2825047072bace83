"""Payloads of frames as JSON: the expression, its imports, and where no fix is offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from fix_cases import check, mended
from test_fix_cures import cured_span

from lg_lint.base.fix import Applicability, Fix
from lg_lint.fixes.parsed import Refusal

JSON = "import json\n"
BOTH = "import json\n\nfrom fastapi.encoders import jsonable_encoder\n"


def encoded(marked: str, *, text: bool = False) -> str:
    return cured_span(marked, lambda span: Fix.encode_payload(span, text=text))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('x = f"data: {«c»}\\n\\n"\n', 'x = f"data: {json.dumps(jsonable_encoder(c))}\\n\\n"\n'),
        ('x = f"{ «{1: 2}» }"\n', 'x = f"{ json.dumps(jsonable_encoder({1: 2})) }"\n'),
        ('x = f"{«str( c )»}" "\\n"\n', 'x = f"{json.dumps(jsonable_encoder(c))}" "\\n"\n'),
        ('x = f"{«repr(str(c))»}"\n', 'x = f"{json.dumps(jsonable_encoder(c))}"\n'),
        (
            'x = f"é{a!r}{(«c»)}{b:>3}"\n',
            'x = f"é{a!r}{(json.dumps(jsonable_encoder(c)))}{b:>3}"\n',
        ),
    ],
)
def test_object_is_encoded(code: str, expected: str) -> None:
    assert encoded(BOTH + code) == BOTH + expected


def test_text_needs_no_encoder() -> None:
    assert encoded(JSON + "x = f'{«c.content»}'\n", text=True) == (
        JSON + "x = f'{json.dumps(c.content)}'\n"
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = f'{«c»!r}'\n", "formats it"),
        ("x = f'{«c»:>9}'\n", "formats it"),
        ("x = f'{«c»=}'\n", "formats it"),
        ("x = f'{«str(*c)»}'\n", "not a plain one"),
        ("x = f'{-«c»}'\n", "between the braces"),
        ("json = 1\nx = f'{«c»}'\n", "json means something else"),
        ("import orjson as json\nx = f'{«c»}'\n", "json means something else"),
        ("from own import jsonable_encoder\nx = f'{«c»}'\n", "jsonable_encoder means something"),
    ],
)
def test_encoding_is_refused(code: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        encoded(code)


USE = "x = f'{«c»}'\n"
USED = "x = f'{json.dumps(jsonable_encoder(c))}'\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", f"{BOTH}\n"),
        ("'D'\n", f"'D'\n\n{BOTH}"),
        ("from .x import y\n", f"{BOTH}\nfrom .x import y\n"),
        ("import abc\n", f"import abc\n{BOTH}"),
        (
            "import abc\nimport time\n",
            "import abc\nimport json\nimport time\n\nfrom fastapi.encoders import jsonable_encoder\n",
        ),
        ("from langgraph import a\n", f"{BOTH}from langgraph import a\n"),
        (
            "from fastapi import a\nfrom fastapi.responses import b\n\nfrom app import d\n",
            "import json\n\nfrom fastapi import a\nfrom fastapi.encoders import jsonable_encoder\n"
            "from fastapi.responses import b\n\nfrom app import d\n",
        ),
        (
            "import json\n\nfrom app import d\n\nimport fastapi\nimport uvicorn\n",
            "import json\n\nfrom app import d\n\nimport fastapi\nimport uvicorn\n"
            "from fastapi.encoders import jsonable_encoder\n",
        ),
        (BOTH, BOTH),
    ],
)
def test_both_imports_go_to_their_groups(head: str, expected: str) -> None:
    assert encoded(head + USE) == expected + USED


def test_imports_under_other_names_are_used() -> None:
    head = "import json as j\nfrom fastapi.encoders import jsonable_encoder as e\n"
    assert encoded(head + USE) == head + "x = f'{j.dumps(e(c))}'\n"


APP = """\
{imports}
from langgraph.graph import StateGraph

graph = StateGraph(dict).compile()

async def events():
    async for {target} in graph.astream({{}}, stream_mode="{mode}"):
        yield f"{frame}"

{app}
"""
FASTAPI = (
    "from fastapi import FastAPI\nfrom fastapi.responses import StreamingResponse",
    "app = FastAPI()\n\n@app.get('/')\nasync def chat():\n    return StreamingResponse(events())",
)
STARLETTE = (
    "from starlette.applications import Starlette\nfrom starlette.routing import Route\n"
    "from starlette.responses import StreamingResponse",
    "async def chat(request):\n    return StreamingResponse(events())\n\n"
    "app = Starlette(routes=[Route('/', chat)])",
)
CHUNK = ("chunk", "updates")
TOKEN = ("token, _", "messages")


def offered(framework: tuple[str, str], stream: tuple[str, str], frame: str) -> Fix | None:
    """The fix of the one LG304 in an application."""
    (imports, app), (target, mode) = framework, stream
    text = APP.format(imports=imports, app=app, target=target, mode=mode, frame=frame)
    Path("app.py").write_text(text)
    (found,) = [each for each in check().findings if each.code == "LG304"]
    return found.fix


@pytest.mark.parametrize(
    ("framework", "stream", "frame", "order"),
    [
        (FASTAPI, CHUNK, r"data: {chunk}\n\n", "encode it with json.dumps(jsonable_encoder())"),
        (
            FASTAPI,
            CHUNK,
            r"id: {1}\ndata:{chunk}\n\n",
            "encode it with json.dumps(jsonable_encoder())",
        ),
        (FASTAPI, TOKEN, r"data: {token.content}\n\n", "encode it with json.dumps()"),
        (STARLETTE, TOKEN, r"data: {token.content}\n\n", "encode it with json.dumps()"),
    ],
)
def test_fix_is_unsafe(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    framework: tuple[str, str],
    stream: tuple[str, str],
    frame: str,
    order: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    fix = offered(framework, stream, frame)
    assert fix is not None
    assert fix.message == order
    assert fix.applicability is Applicability.UNSAFE
    assert fix.reason == "it changes the format that clients parse"


@pytest.mark.parametrize(
    ("framework", "stream", "frame"),
    [
        (STARLETTE, CHUNK, r"data: {chunk}\n\n"),
        (FASTAPI, CHUNK, r"data: chunk {chunk}\n\n"),
        (FASTAPI, CHUNK, r"data: {chunk} {chunk}\n\n"),
        (FASTAPI, CHUNK, r"data: {chunk}.\n\n"),
        (FASTAPI, TOKEN, r"data: {token.content}{1}\n\n"),
    ],
)
def test_no_fix_where_json_would_not_be_all_of_the_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    framework: tuple[str, str],
    stream: tuple[str, str],
    frame: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert offered(framework, stream, frame) is None


def test_imports_that_fixes_share_are_added_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (imports, app), (target, mode) = FASTAPI, TOKEN
    frame = r"data: {token.content}\n\n"
    text = APP.format(imports=imports, app=app, target=target, mode=mode, frame=frame)
    one = f'yield f"{frame}"'
    Path("app.py").write_text(
        text.replace(one, f"{one}\n        yield f\"data: {{ {{'a': 1}} }}\\n\\n\"")
    )
    fixed = mended().after["app.py"]
    assert "data: {json.dumps(token.content)}" in fixed
    assert "data: { json.dumps(jsonable_encoder({'a': 1})) }" in fixed
    assert fixed.startswith(
        "import json\n\nfrom fastapi import FastAPI\nfrom fastapi.encoders import jsonable_encoder\n"
        "from fastapi.responses import StreamingResponse\n"
    )
    assert (fixed.count("import json\n"), fixed.count("import jsonable_encoder")) == (1, 1)
