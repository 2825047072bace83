"""`lg-lint path` shows the hops of a stream, what was found at each, and what nobody knows."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.cli.app import app
from lg_lint.cli.path import FORMATS
from lg_lint.drawing.paths import FORMATS as RENDERED
from lg_lint.drawing.paths import weakest_hops
from lg_lint.model.paths.records import PathHop, StreamPath

FIXTURES = Path(__file__).parents[2] / "fixtures" / "apps"

SOURCE = """
import asyncio
import json
from typing import TypedDict

from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from starlette.middleware.gzip import GZipMiddleware


class State(TypedDict):
    text: str


async def think(state: State) -> dict:
    await asyncio.sleep(90)
    return {"text": "x"}


builder = StateGraph(State)
builder.add_node('<script>alert("x")</script>\\x1b[31m', think)
builder.add_edge(START, '<script>alert("x")</script>\\x1b[31m')
builder.add_edge('<script>alert("x")</script>\\x1b[31m', END)
graph = builder.compile(checkpointer=InMemorySaver())
api = APIRouter(prefix="/api")


async def events(text: str, thread: str):
    config = {"configurable": {"thread_id": thread}}
    async for chunk in graph.astream({"text": text}, config):
        yield f"data: {json.dumps(chunk)}\\n\\n"


@api.post("/chat/<b>&amp;")
async def chat(text: str, thread: str):
    return StreamingResponse(events(text, thread), media_type="text/event-stream")


@api.get("/calm")
async def calm(text: str, thread: str):
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(
        events(text, thread), media_type="text/event-stream", headers=headers
    )


@api.get("/numbers")
async def numbers():
    return {"numbers": [1]}


app = FastAPI()
app.add_middleware(GZipMiddleware)
app.include_router(api, prefix="/v1")
"""

FILES = {
    "main.py": SOURCE,
    "pyproject.toml": '[project]\nname = "p"\ndependencies = ["starlette==0.40"]\n',
    "Dockerfile": (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\n"
        'CMD ["gunicorn", "-w", "4", "-k", "uvicorn.workers.UvicornWorker", "main:app"]\n'
    ),
    "compose.yaml": "services:\n  api:\n    build: .\n",
    "compose.dev.yaml": (
        "services:\n  api:\n    build: .\n    command: uvicorn main:app --reload\n"
    ),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["path", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result


@pytest.fixture(scope="module")
def desk() -> list[dict]:
    arguments = ["--project", str(FIXTURES / "support_desk"), "--format", "json"]
    paths: list[dict] = json.loads(run(*arguments).output)["paths"]
    return paths


def test_text_of_the_support_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES / "support_desk" / "src")
    lines = [re.sub(r" {3,}", "  ", line) for line in run("GET", "/chat").output.splitlines()]
    assert lines == [
        "GET /chat/{thread_id}  support_desk/routes/chat.py:15",
        "  weakest hop: generator: LG401: after a failure the client gets the chunks that have "
        "already gone out a second time: stamina.retry on tokens() starts .astream() again",
        "  node  triage: sync  support_desk/nodes/answering.py:7",
        "  node  answer: async, sends tokens of a chat model"
        "  support_desk/nodes/answering.py:11  ! LG402",
        "  node  record: sync  support_desk/nodes/recording.py:7  ! LG201",
        "  graph  builder: InMemorySaver (in the memory of one process)"
        "  support_desk/graphs/desk.py:12  ! LG202",
        "> generator  events(), tokens(): on the event loop, error frame, no heartbeat"
        "  support_desk/services/chatting.py:15  ! LG401",
        "  response  StreamingResponse: text/event-stream, no X-Accel-Buffering"
        "  support_desk/routes/chat.py:19  ! LG301",
        "  server  ? which command starts it, with how many workers?",
        "  proxy  ? does a proxy stand in front, and does it pass each chunk on at once?",
        "  platform  ? if a load balancer stands in front, how long may a stream be silent, or "
        "last?",
        "  client  ? who reads it, how long does it wait for the next chunk, does it ask again?",
    ]


@pytest.mark.parametrize("application", ["help_line", "help_line_fixed"])
def test_the_readme_shows_what_is_printed(
    application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FIXTURES / application)
    readme = (FIXTURES.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"$ lg-lint path\n{run().output}```" in readme


def test_each_finding_stands_at_the_hop_of_its_own_stream(desk: list[dict]) -> None:
    found = {
        path["route"]: {
            finding["code"]: hop["hop"] for hop in path["hops"] for finding in hop["findings"]
        }
        for path in desk
    }
    assert found == {
        "GET /chat/{thread_id}": {
            "LG402": "node", "LG201": "node", "LG202": "graph", "LG401": "generator",
            "LG301": "response",
        },
        "POST /tickets/digest/steps": {"LG204": "node", "LG404": "generator"},
    }  # fmt: skip


def test_the_worst_finding_decides_and_the_worst_path_comes_first(desk: list[dict]) -> None:
    weakest = [path["hops"][path["weakest"]]["findings"][0]["code"] for path in desk]
    assert weakest == ["LG401", "LG404"]
    assert [path["why"][:5] for path in desk] == weakest


def test_an_application_in_order_has_no_weakest_hop() -> None:
    folder = str(FIXTURES / "support_desk_fixed")
    paths = json.loads(run("-p", folder, "--format", "json").output)["paths"]
    assert len(paths) == 2
    assert {path["weakest"] for path in paths} == {None}
    assert all(path["why"] is None for path in paths)
    text = run("-p", folder).output
    assert text.count("no weak hop was found; not known: server, proxy, platform, client") == 2


def test_each_hop_of_the_help_line_is_weak_and_none_of_its_twin() -> None:
    (path,) = paths_in("help_line")
    assert "LG102" in codes_at(path, "node")
    assert codes_at(path, "graph") == ["LG202"]
    assert codes_at(path, "generator") == ["LG305"]
    assert "LG302" in codes_at(path, "response")
    assert codes_at(path, "middleware") == ["LG303"]
    assert codes_at(path, "server") == ["LG501"]
    assert codes_at(path, "client") == ["LG509"]
    assert path["hops"][path["weakest"]]["hop"] == "server"
    (path,) = paths_in("help_line_fixed")
    assert path["weakest"] is None
    assert [hop["hop"] for hop in path["hops"] if not hop["known"]] == ["platform"]


def paths_in(application: str) -> list[dict]:
    arguments = ["-p", str(FIXTURES / application), "--format", "json"]
    paths: list[dict] = json.loads(run(*arguments).output)["paths"]
    return paths


def codes_at(path: dict, kind: str) -> list[str]:
    hops = [hop for hop in path["hops"] if hop["hop"] == kind]
    return [finding["code"] for hop in hops for finding in hop["findings"]]


@pytest.mark.usefixtures("project")
def test_files_beside_each_other_are_paths_of_their_own() -> None:
    paths = json.loads(run("chat", "--format", "json").output)["paths"]
    servers = {
        path["deployment"]: next(hop for hop in path["hops"] if hop["hop"] == "server")
        for path in paths
    }
    assert set(servers) == {"compose.yaml", "compose.dev.yaml"}
    production, development = servers["compose.yaml"], servers["compose.dev.yaml"]
    assert (production["filename"], production["row"]) == ("Dockerfile", 4)
    assert "4 processes" in production["facts"]
    assert (development["filename"], development["row"]) == ("compose.dev.yaml", 4)
    assert "1 process" in development["facts"]
    assert [each["code"] for each in production["findings"]] == ["LG501"]
    assert development["findings"] == []


def test_deployments_between_which_nothing_differs_share_a_path(project: Path) -> None:
    compose = FILES["compose.yaml"]
    (project / "compose.dev.yaml").write_text(f"{compose}    hostname: dev\n")
    (only,) = json.loads(run("calm", "--format", "json").output)["paths"]
    assert only["deployment"] == "compose.dev.yaml, compose.yaml"


@pytest.mark.usefixtures("project")
def test_what_alternatives_share_is_told_once() -> None:
    first, second = run("calm").output.split("\n\n")
    assert "  response  " in first
    assert "  response  " not in second
    (line,) = (line for line in second.splitlines() if "as above" in line)
    assert re.fullmatch(r"  node to \w+ as above", line)
    assert "compose.dev.yaml:4" in first + second


NGINX = """
events {}
http {
    server {
        location /v1/api/calm { proxy_pass http://api:8000; proxy_http_version 1.1; }
        location /v1/ { proxy_pass http://api:8000; }
    }
}
"""


def test_each_stream_has_the_location_that_carries_it(project: Path) -> None:
    (project / "nginx.conf").write_text(NGINX)
    (project / "compose.yaml").write_text(
        FILES["compose.yaml"] + "  nginx:\n    image: nginx:1.26.2\n"
    )
    (project / "compose.dev.yaml").unlink()
    paths = json.loads(run("--format", "json").output)["paths"]
    proxies = {
        path["function"]: next(hop for hop in path["hops"] if hop["hop"] == "proxy")
        for path in paths
    }
    calm, chat = proxies["calm()"], proxies["chat()"]
    assert (calm["filename"], calm["row"]) == ("nginx.conf", 5)
    assert calm["facts"][:2] == ["HTTP/1.1", "passes chunks at once"]
    assert (chat["filename"], chat["row"]) == ("nginx.conf", 6)
    assert "collects chunks in its buffer" in chat["facts"]
    assert "a broken end looks complete" in chat["facts"]
    assert {each["code"] for each in chat["findings"]} == {"LG504", "LG505"}
    assert "LG504" not in {each["code"] for each in calm["findings"]}


def test_a_location_that_cuts_several_streams_is_weak_in_each(project: Path) -> None:
    (project / "nginx.conf").write_text(NGINX.replace("/v1/api/calm", "/v2/"))
    (project / "compose.yaml").write_text(
        FILES["compose.yaml"] + "  nginx:\n    image: nginx:1.26.2\n"
    )
    found = {
        path["function"]: {
            each["code"]
            for hop in path["hops"]
            if hop["hop"] == "proxy"
            for each in hop["findings"]
        }
        for path in json.loads(run("--format", "json").output)["paths"]
    }
    assert found == {"calm()": {"LG505", "LG512"}, "chat()": {"LG504", "LG505"}}


@pytest.mark.usefixtures("project")
def test_the_silence_of_a_node_is_part_of_the_question_about_platforms() -> None:
    assert "is its idle timeout above 90 s?" in run("calm").output


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("asked", "routes"),
    [
        (["calm"], {"GET /v1/api/calm"}),
        (["GET", "/v1/api/calm"], {"GET /v1/api/calm"}),
        (["get /v1/api/calm"], {"GET /v1/api/calm"}),
        (["/v1/"], {"GET /v1/api/calm", "POST /v1/api/chat/<b>&amp;"}),
        (["chat()"], {"POST /v1/api/chat/<b>&amp;"}),
        ([], {"GET /v1/api/calm", "POST /v1/api/chat/<b>&amp;"}),
    ],
)
def test_a_route_is_chosen_by_a_part_of_its_address(asked: list[str], routes: set[str]) -> None:
    paths = json.loads(run(*asked, "--format", "json").output)["paths"]
    assert {path["route"] for path in paths} == routes


@pytest.mark.usefixtures("project")
def test_a_route_that_there_is_not_is_to_be_mended() -> None:
    result = run("numbers")
    assert result.return_value == 2
    assert "no streaming route matches numbers; there are " in result.stderr
    assert "GET /v1/api/calm" in result.stderr
    assert result.stdout == ""


def test_a_project_without_streams_has_no_path(project: Path) -> None:
    (project / "main.py").write_text("x = 1\n")
    result = run()
    assert (result.output, result.return_value) == ("No streaming route found.\n", 0)
    assert "No streaming route found." in run("--format", "html").output


def test_what_cannot_be_read_is_to_be_mended(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.lg-lint\n")
    result = CliRunner().invoke(app, ["path"])
    assert result.exit_code != 0


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("form", ["text", "mermaid", "html"])
def test_nothing_of_the_source_is_printed_as_control(form: str) -> None:
    drawn = run("--format", form).output
    assert "\x1b" not in drawn
    assert "x1b[31m" in drawn


@pytest.mark.usefixtures("project")
def test_mermaid_escapes_names_and_marks_the_weakest_hop() -> None:
    drawn = run("chat", "--format", "mermaid").output
    assert "#lt;script>alert(#quot;x#quot;)#lt;/script>" in drawn
    assert "<script" not in drawn
    labels = re.findall(r'^    \w+\["(.*)"\]$', drawn, re.MULTILINE)
    assert labels
    assert not any('"' in label for label in labels)
    assert re.search(r"style h\d+ stroke:#c00,stroke-width:4px", drawn)
    assert "class h6,h7,h8 unknown" in drawn


class Page(HTMLParser):
    """The elements of a page, and its text; elements that are not closed in order are told."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.words: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        self.words += [(self.open[-1], data)] if self.open else []


@pytest.mark.usefixtures("project")
def test_the_page_is_one_file_without_script_and_escapes_all() -> None:
    page = Page()
    drawn = run("--format", "html").output
    page.feed(drawn)
    assert page.open == []
    tags = {tag for tag, _ in page.seen}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "base", "form", "b>"})
    attributes = {name for _, given in page.seen for name in given}
    assert attributes <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "href", "id",
    }  # fmt: skip
    targets = [given["href"] or "" for tag, given in page.seen if tag == "a"]
    assert set(targets) == {f"#{given['id']}" for _, given in page.seen if "id" in given}
    assert "http:" not in drawn
    assert "url(" not in drawn
    assert '<script>alert("x")</script>' in page.text
    assert "/chat/<b>&amp;" in page.text
    assert "prefers-color-scheme: dark" in drawn
    assert ("viewport", "width=device-width, initial-scale=1") in [
        (given.get("name"), given.get("content")) for _, given in page.seen
    ]


@pytest.mark.usefixtures("project")
def test_the_page_says_at_once_where_the_stream_breaks() -> None:
    page = Page()
    page.feed(run("chat", "--format", "html").output)
    told = " ".join(page.text.split())
    assert told.index("Weakest hop: middleware") < told.index("on the event loop")
    assert "Weakest hop: server" in told
    assert "LG501" in told
    assert "LG303" in told
    assert ("code", "try:") in page.words
    assert told.count("main.py:38") == told.count("response StreamingResponse")
    assert "Unknown: if a load balancer stands in front" in told


@pytest.mark.usefixtures("project")
def test_a_page_is_written_to_a_file(project: Path) -> None:
    assert run("--format", "html", "--output-file", "path.html").output == ""
    assert (project / "path.html").read_text().startswith("<!doctype html>")


def test_command_offers_the_formats_that_there_are() -> None:
    assert FORMATS == RENDERED


def test_a_run_with_findings_names_the_weakest_hop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "Weakest hop of GET /help/{thread_id} (compose.yaml): server, LG501 at "
    monkeypatch.chdir(FIXTURES / "help_line")
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    runner = CliRunner()
    assert line in runner.invoke(app, ["check", "--no-cache", "."]).output
    assert line not in runner.invoke(app, ["check", "--no-cache", "-q", "."]).output
    runner.invoke(app, ["check", "--no-cache", "--output-format", "github", "."])
    assert "Weakest hop of GET /help/{thread\\_id}" in summary.read_text()
    assert "Weakest" not in runner.invoke(app, ["check", "--no-cache", "../help_line_fixed"]).output


def _weak(route: str, row: int, deployment: str = "compose.yaml") -> StreamPath:
    place = Place("nginx.conf", row, 1, row, 9)
    finding = Finding(
        "LG504", "proxy-buffering", "held", Severity.ERROR, Confidence.HIGH, Hop.PROXY, place
    )
    hops = (PathHop(Hop.PROXY, "nginx", place, findings=(finding,)),)
    return StreamPath(route, f"{route}()", place, (), deployment, hops, 0)


def test_weakest_hops_are_few_lines() -> None:
    paths = [_weak("a\x1b", 1), _weak("b", 1), _weak("c", 2), _weak("c", 3), _weak("d", 4, "")]
    assert weakest_hops(paths) == [
        "Weakest hop of a\\x1b (compose.yaml) and 1 more route: proxy, LG504 at nginx.conf:1",
        "Weakest hop of c (compose.yaml): proxy, LG504 at nginx.conf:2",
    ]
    many = weakest_hops([*paths, *(_weak(name, row) for row, name in enumerate("efg", 5))])
    assert many[2:] == [
        "Weakest hop of e (compose.yaml): proxy, LG504 at nginx.conf:5",
        "... and of 2 more routes: lg-lint path",
    ]
