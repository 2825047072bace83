"""LG303 on small variations: what reads a body to its end, which conditions let a stream in."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from lg_lint.base.finding import Confidence, Finding
from lg_lint.run.check import lint
from lg_lint.settings import Settings

APPLICATION = """\
import asyncio
import os

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

{before}

async def ticks():
    while True:
        await asyncio.sleep(1)
        yield "data: tick\\n\\n"


def answer():
    return StreamingResponse(ticks(), media_type="text/event-stream")


{routes}
"""
ROUTES = """\
app = FastAPI()


@app.middleware("http")
async def dispatch(request: Request, call_next):
    response = await call_next(request)
{body}
    return response


@app.get("/chat")
async def chat():
    return answer()
"""
READ = "    body = [chunk async for chunk in response.body_iterator]"


def findings(
    folder: Path, *, before: str = "", routes: str = ROUTES, body: str = ""
) -> list[Finding]:
    text = APPLICATION.format(before=before, routes=routes.format(body=indent(body, "    ")))
    (folder / "app.py").write_text(text, encoding="utf-8")
    settings = Settings(select=("LG303",), min_confidence=Confidence.LOW)
    report = lint([folder], settings)
    assert not report.problems
    return report.findings


@pytest.mark.parametrize(
    "body",
    [
        "async for chunk in response.body_iterator:\n    pass",
        "chunks = response.body_iterator\nasync for chunk in chunks:\n    print(chunk)",
        "body = {chunk async for chunk in aiter(response.body_iterator)}",
        "body = [chunk async for chunk in response.body_iterator.__aiter__()]",
        'body = [c async for c in getattr(response, "body_iterator", None)]',
        "async def read():\n    return [c async for c in response.body_iterator]\nbody = await read()",
        "try:\n    body = [c async for c in response.body_iterator]\nfinally:\n    pass",
    ],
)
def test_reads_to_the_end(tmp_path: Path, body: str) -> None:
    (finding,) = findings(tmp_path, body=body)
    assert finding.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    "body",
    [
        "async for chunk in response.body_iterator:\n    break",
        "async for chunk in response.body_iterator:\n    await print(chunk)",
        "response.body_iterator = (c async for c in response.body_iterator)",
        "async for chunk in response.stream:\n    pass",
        "async def read():\n    return [c async for c in response.body_iterator]",
        "response.body_iterator = iter([])",
    ],
)
def test_passes_on_or_reads_something_else(tmp_path: Path, body: str) -> None:
    assert findings(tmp_path, body=body) == []


def test_one_finding_for_several_applications(tmp_path: Path) -> None:
    routes = """\
async def dispatch(request: Request, call_next):
    response = await call_next(request)
    return Response(b"".join([chunk async for chunk in response.body_iterator]))


first, second = FastAPI(), FastAPI()
first.middleware("http")(dispatch)
second.middleware("http")(dispatch)


@first.get("/one")
async def one():
    return answer()


@second.get("/two")
async def two():
    return answer()
"""
    assert len(findings(tmp_path, routes=routes)) == 1


BEFORE = """
JSON = "application/json"
HEALTH = ("/health", "/api/ready", "/metrics/")
ORDERS = ["/orders"]


def is_json(response):
    return "json" in response.headers["content-type"]


def is_stream(response) -> bool:
    media_type = response.headers.get("content-type") or ""
    return media_type.startswith("text/event-stream")


def looks_right(request, response):
    if request.headers.get("x-debug"):
        return True
    return False
"""


@pytest.mark.parametrize(
    ("test", "confidence"),
    [
        ("True", "high"),
        ("response.status_code == 200", "high"),
        ("response.status_code < 400 and not is_json(response)", "high"),
        ("isinstance(response, StreamingResponse)", "high"),
        ('hasattr(response, "body_iterator")', "high"),
        ("request.url.path not in HEALTH", "high"),
        ("not request.url.path.startswith(HEALTH)", "high"),
        ("not any(request.url.path == path for path in HEALTH)", "high"),
        ('response.headers["Content-Type"].split(";")[0] != JSON', "high"),
        ("is_stream(response)", "high"),
        ('request.method == "GET"', "high"),
        ('request.method in ("GET", "HEAD") or is_json(response)', "high"),
        ('os.environ.get("LOG_BODIES")', "medium"),
        ('os.environ.get("LOG_BODIES") and response.status_code == 200', "medium"),
        ("False", None),
        ("response.status_code >= 400", None),
        ("response.status_code != 200", None),
        ("is_json(response)", None),
        ("not is_stream(response)", None),
        ('"event-stream" not in response.headers.get("content-type", "").lower()', None),
        ('response.headers.get("content-type", "").startswith((JSON, "text/html"))', None),
        ("request.url.path in ORDERS", None),
        ('request.url.path != "/chat"', None),
        ('request.url.path.startswith("/api")', None),
        ("request.url.path in HEALTH", None),
        ('request.method == "POST"', None),
        ("isinstance(response, JSONResponse)", None),
        ('request.headers.get("content-type") == JSON', None),
        ("looks_right(request, response)", None),
    ],
)
@pytest.mark.parametrize("early", [False, True], ids=["around", "early return"])
def test_conditions(tmp_path: Path, test: str, confidence: str | None, early: bool) -> None:
    """Read where the test holds, or return before the reading where it does not."""
    if early:
        body = f"if not ({test}):\n    return response\n{READ.strip()}"
    else:
        body = f"if {test}:\n{READ}"
    found = [item.confidence.value for item in findings(tmp_path, before=BEFORE, body=body)]
    assert found == ([confidence] if confidence else [])


@pytest.mark.parametrize(
    ("routes", "confidence"),
    [
        ("router = APIRouter()\n\n@router.get('/')\nasync def chat():\n    return answer()\n\n"
         "app = FastAPI()\napp.include_router(router)\n{dispatch}", "high"),
        ("inner = APIRouter()\nouter = APIRouter()\napp = FastAPI()\n\n@inner.get('/')\n"
         "async def chat():\n    return answer()\n\nouter.include_router(inner)\n"
         "app.include_router(outer)\n{dispatch}", "high"),
        ("app = FastAPI()\nbelow = FastAPI()\n\n@below.get('/')\nasync def chat():\n"
         "    return answer()\n\napp.mount('/v1', below)\n{dispatch}", "high"),
        ("app = FastAPI()\nabove = FastAPI()\n\n@above.get('/')\nasync def chat():\n"
         "    return answer()\n\nabove.mount('/v1', app)\n{dispatch}", None),
        ("app = FastAPI()\nother = FastAPI()\n\n@other.get('/')\nasync def chat():\n"
         "    return answer()\n\n{dispatch}", None),
        ("router = APIRouter()\n\n@router.get('/')\nasync def chat():\n    return answer()\n\n"
         "app = FastAPI()\n{dispatch}", "medium"),
        ("router = APIRouter()\n\n@router.get('/')\nasync def chat():\n    return answer()\n\n"
         "app = FastAPI()\nother = FastAPI()\n{dispatch}", None),
        ("app = FastAPI()\n\n@app.get('/')\nasync def done():\n    return JSONResponse([])\n\n{dispatch}", None),
    ],
)  # fmt: skip
def test_application_that_serves_the_stream(
    tmp_path: Path, routes: str, confidence: str | None
) -> None:
    installed = (
        "@app.middleware('http')\nasync def dispatch(request: Request, call_next):\n"
        "    response = await call_next(request)\n"
        "    body = [chunk async for chunk in response.body_iterator]\n"
        "    return Response(b''.join(body))\n"
    )
    found = findings(tmp_path, routes=routes.replace("{dispatch}", installed))
    assert [item.confidence.value for item in found] == ([confidence] if confidence else [])
