"""The harness itself: it fails loudly, and no process outlives it."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from .servers import ServerError, nginx, uvicorn

APP = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def test_servers_end_when_the_body_fails(project: Path) -> None:
    addresses: list[str] = []

    def fail() -> None:
        with uvicorn(project) as url, nginx(url, "") as proxy:
            addresses.extend([url, proxy])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(addresses) == 2
    for address in addresses:
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/ping")


def test_an_application_that_does_not_start_is_an_error_with_its_log(project: Path) -> None:
    (project / "app.py").write_text("raise ValueError('out of order')\n")
    with pytest.raises(ServerError, match="out of order"), uvicorn(project):
        pass


def test_missing_nginx_is_an_error_that_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ServerError, match="apt install nginx"), nginx("http://127.0.0.1:1", ""):
        pass
