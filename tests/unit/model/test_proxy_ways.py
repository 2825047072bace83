"""Which location of nginx carries a stream, and which way is no more than a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.model.hosting.proxied.ways import NginxWay, NginxWays
from lg_lint.model.project import Project
from lg_lint.rules.lg505_proxy_read_timeout import RULE
from lg_lint.run.check import lint
from lg_lint.settings import Settings

APP = """
import asyncio
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
{before}
app = FastAPI({application})
router = APIRouter({router})


async def events():
    while True:
        await asyncio.sleep(1)
        yield "data: 1\\n\\n"


@router.get({path})
async def chat():
    return StreamingResponse(events(), media_type="text/event-stream")


app.{include}
"""
PROCFILE = "web: uvicorn app:app --port 8000\n"
PASSED = "proxy_pass http://127.0.0.1:8000;"


def ways(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    conf: str,
    *,
    files: dict[str, str] | None = None,
    **parts: str,
) -> tuple[list[NginxWay], list[str]]:
    """The certain ways to the one stream of a project, and the questions."""
    texts = {"before": "", "application": "", "router": "", "path": '"/chat"'}
    texts["include"] = "include_router(router)"
    written = {"app.py": APP.format(**{**texts, **parts}), "nginx.conf": conf}
    for name, text in {**written, "Procfile": PROCFILE, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found: list[tuple[list[NginxWay], list[str]]] = []

    def look(_rule: object, project: Project) -> tuple[()]:
        for response in project.responses:
            to = project.once(NginxWays).to(response)
            found.append((to.certain, [each.text for each in to.questions]))
        return ()

    monkeypatch.setattr("lg_lint.rules.registry._rule", lambda _code: _with(look))
    lint([folder], Settings(select=("LG505",)))
    assert len(found) == 1
    return found[0]


def _with(check: object) -> object:
    import msgspec

    return msgspec.structs.replace(RULE, check=check)


def server(*locations: str, around: str = "") -> str:
    return f"http {{ {around} server {{ listen 80; {' '.join(locations)} }} }}"


@pytest.mark.parametrize(
    ("location", "parts", "path"),
    [
        (f"location / {{ {PASSED} }}", {}, "/chat"),
        ("location /api/ { proxy_pass http://127.0.0.1:8000/; }", {}, "/api/chat"),
        ("location /api { proxy_pass http://127.0.0.1:8000; }", {"router": 'prefix="/api"'}, "/api/chat"),
        (
            "location /x/ { proxy_pass http://localhost:8000/v1/; }",
            {"include": 'include_router(router, prefix="/v1")'},
            "/x/chat",
        ),
        (
            "location /x/ { rewrite ^/x/(.*)$ /$1 break; proxy_pass http://127.0.0.1:8000; }",
            {},
            "/x/chat",
        ),
        (f"location ~ ^/(chat|images) {{ {PASSED} }}", {}, "/chat"),
        (f"location = /chat {{ {PASSED} }}", {}, "/chat"),
        (f"location /chats/ {{ {PASSED} }}", {"path": '"/chats/{number}/stream"'}, "/chats/1/stream"),
        (
            f"location /api/ {{ {PASSED} }}",
            {"application": 'root_path="/api"'},
            "/api/chat",
        ),
        (
            f"location / {{ {PASSED} }}",
            {"before": 'V = "/v2"', "include": "mount(V, router)"},
            "/v2/chat",
        ),
    ],
)  # fmt: skip
def test_the_path_that_clients_ask_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    location: str,
    parts: dict[str, str],
    path: str,
) -> None:
    certain, _ = ways(tmp_path, monkeypatch, server(location), **parts)
    assert [way.path for way in certain] == [path]


@pytest.mark.parametrize(
    ("location", "parts"),
    [
        ("location / { proxy_pass http://127.0.0.1:3000; }", {}),
        ("location / { proxy_pass http://backend:8000; }", {}),
        (f"location /other/ {{ {PASSED} }}", {}),
        (f"location = /chat/ {{ {PASSED} }}", {}),
        (f"location / {{ {PASSED} }} location /chat {{ return 404; }}", {}),
        (f"location /images {{ {PASSED} }} location / {{ root /srv; }}", {}),
        (f"location / {{ {PASSED} }}", {"router": "prefix=input()"}),
        (f"location / {{ {PASSED} }}", {"include": "include_router(router, prefix=input())"}),
        (f"location ~ ^/(?<n>a++)|chat {{ {PASSED} }}", {}),
    ],
)
def test_no_way_is_certain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str, parts: dict[str, str]
) -> None:
    assert not ways(tmp_path, monkeypatch, server(location), **parts)[0]


def test_a_snippet_belongs_to_an_unknown_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certain, questions = ways(tmp_path, monkeypatch, f"location / {{ {PASSED} }}")
    assert not certain
    assert questions == ["which server these locations are part of is said in no file"]


def test_an_included_file_is_no_configuration_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = {"conf.d/app.conf": f"server {{ listen 80; location / {{ {PASSED} }} }}"}
    conf = "http { proxy_read_timeout 7s; include /etc/nginx/conf.d/*.conf; }"
    certain, _ = ways(tmp_path, monkeypatch, conf, files=inner)
    assert [way.silence_limit()[0] for way in certain] == [7]


def test_what_may_stand_around_a_server_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = {"site.conf": f"server {{ listen 80; location / {{ {PASSED} }} }}"}
    certain, _ = ways(tmp_path, monkeypatch, "http { keepalive_timeout 5; }", files=inner)
    assert [way.silence_limit()[0] for way in certain] == [None]


@pytest.mark.parametrize(
    ("image", "is_held"),
    [("nginx:1.27", True), ("nginx:1.29.7-alpine", False), ("nginx:alpine", None), ("caddy", True)],
)
def test_the_version_decides_of_the_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, image: str, is_held: bool | None
) -> None:
    compose = f"services:\n  proxy:\n    image: {image}\n    network_mode: host\n"
    conf = server(f"location / {{ {PASSED} }}")
    certain, _ = ways(tmp_path, monkeypatch, conf, files={"compose.yaml": compose})
    assert [way.holds_back().is_so for way in certain] == [is_held]


COMPOSE = """\
services:
  api:
    build: .
    command: uvicorn app:app --port 8000
    ports: ["9000:8000"]
"""
SERVER = "server { listen 80; location / { proxy_pass http://api:8000; } }"
PROXY = "  proxy:\n    image: nginx:1.25\n"
DOCKERFILE = "FROM python:3.12\nWORKDIR /app\nCOPY app.py .\n"
IN_ONE = DOCKERFILE + (
    "RUN apt-get install -y nginx\nCOPY site.conf /etc/nginx/conf.d/\n"
    'CMD ["sh", "-c", "nginx && uvicorn app:app --port 8000"]\n'
)


@pytest.mark.parametrize(
    ("files", "deployments"),
    [
        ({"compose.yaml": COMPOSE + PROXY, "nginx.conf": SERVER}, ["compose.yaml"]),
        (
            {
                "compose.yaml": COMPOSE,
                "compose.prod.yaml": COMPOSE
                + PROXY
                + "    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n",
                "nginx.conf": SERVER,
            },
            ["compose.prod.yaml"],
        ),
        (
            {
                "compose.yaml": COMPOSE + "  proxy:\n    build: proxy\n",
                "proxy/Dockerfile": "FROM nginx:1.25\nCOPY site.conf /etc/nginx/conf.d/\n",
                "proxy/site.conf": SERVER,
            },
            ["compose.yaml"],
        ),
        (
            {
                "compose.yaml": COMPOSE
                + PROXY
                + "    configs: [{source: site, target: /etc/nginx/conf.d/default.conf}]\n"
                + f"configs:\n  site:\n    content: |\n      {SERVER}\n"
            },
            ["compose.yaml"],
        ),
        (
            {
                "compose.yaml": COMPOSE + "  proxy:\n    build: proxy\n",
                "proxy/Dockerfile": "FROM nginx:1.25\n"
                "RUN echo 'server { listen 80;' > /etc/nginx/conf.d/default.conf && \\\n"
                "    echo 'location / { proxy_pass http://api:8000; } }' >> "
                "/etc/nginx/conf.d/default.conf\n",
            },
            ["compose.yaml"],
        ),
        (
            {
                "compose.yaml": COMPOSE,
                "deploy.sh": "cat > /etc/nginx/sites-enabled/app <<EOF\nserver {\n  location / {\n"
                "    proxy_pass http://127.0.0.1:9000;\n    proxy_set_header Host \\$host;\n"
                "  }\n}\nEOF\n",
            },
            ["compose.yaml"],
        ),
        (
            {"Dockerfile": IN_ONE, "site.conf": SERVER.replace("api:", "127.0.0.1:")},
            ["Dockerfile"],
        ),
        ({"compose.yaml": COMPOSE, "nginx.conf": SERVER.replace("api:8000", "web:8000")}, []),
        (
            {"compose.yaml": COMPOSE, "nginx.conf": SERVER.replace("api:", "127.0.0.1:")},
            [],
        ),
    ],
)
def test_a_configuration_is_that_of_the_deployments_that_carry_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], deployments: list[str]
) -> None:
    written = {"Dockerfile": DOCKERFILE, "Procfile": "", **files}
    certain, _ = ways(tmp_path, monkeypatch, "events {}", files=written)
    assert [way.join.deployment.title for way in certain] == deployments
