"""Deployment files that cannot be read are told once; the rest is judged without them."""

from __future__ import annotations

import os
from pathlib import Path

from lg_lint.base.finding import Hop
from lg_lint.model.paths.stream_paths import stream_paths
from lg_lint.run.check import lint
from lg_lint.settings import Settings

APP = """\
import asyncio

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()


async def events():
    while True:
        await asyncio.sleep(1)
        yield "data: 1\\n\\n"


@app.get("/chat")
async def chat():
    return StreamingResponse(events(), media_type="text/event-stream")
"""
SERVER = "server { listen 80; location / { proxy_pass http://127.0.0.1:8000; } }"
BOMB = "services:\n  a: &a [x, x]\n" + "".join(
    f"  {chr(98 + at)}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 9)}]\n"
    for at in range(20)
)
FILES = {
    "app.py": APP,
    "pyproject.toml": "",
    "Procfile": "web: uvicorn app:app --port 8000\n",
    "nginx.conf": SERVER,
    "loop/nginx.conf": "include loop.conf; server { listen 1; }",
    "loop/loop.conf": "include nginx.conf;",
    "lacking/nginx.conf": "server { include nowhere.conf; }",
    "bomb/compose.yaml": BOMB,
    "broken/compose.yaml": "services: [unclosed\n",
    "template.yaml": "apiVersion: v1\nkind: Service\nmetadata: {{ .name }}: [\n",
    "fly.toml": "app = [\n",
    "main.tf": 'resource "aws_lb" {{{\n',
    "chart/Chart.yaml": "name: x\n",
    "chart/templates/a.yaml": "apiVersion: v1\nkind: Service\n{{ if }}: [\n",
    "Caddyfile": "import Caddyfile\nx.y {\n",
    "Dockerfile": "FROM\nRUN <<EOF\n",
}


def test_the_rest_is_judged_without_what_cannot_be_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "nginx.conf").write_text(
        SERVER.replace("location", "proxy_read_timeout 7s; location")
    )
    root = tmp_path / "project"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "binary-nginx.conf").write_bytes(b"\0\1\2server {" * 50)
    (root / "big").mkdir()
    (root / "big" / "compose.yaml").write_text("services:\n" + "  a: {image: x}\n" * 700_000)
    os.symlink("endless", root / "endless")
    os.symlink(".", root / "again")
    os.symlink("endless.conf", root / "endless.conf")
    os.symlink(outside, root / "linked")
    os.symlink(outside / "nginx.conf", root / "outer-nginx.conf")

    report = lint([root], Settings(select=("LG301", "LG5")))

    assert report.project is not None
    (path,) = stream_paths(report.project, ())
    server = next(hop for hop in path.hops if hop.hop is Hop.SERVER)
    proxies = [hop for hop in path.hops if hop.hop is Hop.PROXY]
    assert server.title.startswith("uvicorn")
    assert [hop.place and Path(hop.place.path).name for hop in proxies] == ["nginx.conf"]
    assert "read timeout 60 s" in proxies[0].facts
    told = [os.path.relpath(each.place.path, root) for each in report.unread]
    assert len(told) == len(set(told))
    assert set(told) >= {
        "lacking/nginx.conf", "binary-nginx.conf", "big/compose.yaml", "broken/compose.yaml", "fly.toml",
        "main.tf", "template.yaml",
    }  # fmt: skip
    assert not any("linked" in name or "outer" in name for name in told)
