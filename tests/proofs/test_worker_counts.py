"""Real servers: as many processes serve as is predicted from the command, its environment and files.

Each command is given to a real shell. A process counts that has loaded the application to serve it:
an ASGI one at its start-up event, a WSGI one at its import.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from lg_lint.deploy.gunicorn_conf import read_gunicorn_conf
from lg_lint.deploy.place import Word
from lg_lint.deploy.processes import of_uvicorn_run, of_uvicorn_server
from lg_lint.deploy.server_command import server_command
from lg_lint.deploy.server_options import Given
from lg_lint.deploy.shell import read_script
from lg_lint.deploy.values import Value

AT_ONCE = 8
START_SECONDS = 60.0
MORE_SECONDS = 1.0

ASGI = """\
import os

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        open(os.path.join(os.environ["STARTED"], str(os.getpid())), "w").close()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

def make():
    return app
"""
WSGI = """\
import os

open(os.path.join(os.environ["STARTED"], str(os.getpid())), "w").close()

def app(environ, start_response):
    start_response("200 OK", [])
    return [b""]
"""
CALLS = {
    "object": "uvicorn.run(app, uds='s'{})",
    "text": "uvicorn.run('asgi:app', uds='s'{})",
    "server": "uvicorn.Server(uvicorn.Config('asgi:app', uds='s'{})).run()",
}

U = "uvicorn asgi:app --uds s"
G = "gunicorn asgi:app -b unix:s -k asgi"
V = "gunicorn asgi:app -b unix:s -k uvicorn.workers.UvicornWorker"
S = "gunicorn wsgi:app -b unix:s"
CONF = "gunicorn.conf.py"


class Case(NamedTuple):
    """A command, its environment, further files; of a Python file, the call that serves."""

    command: str
    environment: Mapping[str, str] = {}
    files: Mapping[str, str] = {}
    call: tuple[str, dict[str, str]] | None = None


def of_python(kind: str, environment: Mapping[str, str] | None = None, **given: str) -> Case:
    """A script that serves by itself."""
    arguments = "".join(f", {name}={value}" for name, value in given.items())
    call = CALLS[kind].format(arguments)
    text = f"import uvicorn\nfrom asgi import app\nif __name__ == '__main__':\n    {call}\n"
    return Case("python run.py", environment or {}, {"run.py": text}, (kind, given))


CASES = [
    Case(U),
    Case(f"{U} --workers 1"),
    Case(f"{U} --workers 2"),
    Case(f"{U} --workers=3"),
    Case(f"{U} --workers 0"),
    Case(f"{U} --reload"),
    Case(f"{U} --reload --workers 2"),
    Case(U, {"UVICORN_RELOAD": "true", "UVICORN_WORKERS": "2"}),
    Case(f"{U} --workers 2", {"UVICORN_RELOAD": "no"}),
    Case(U, {"UVICORN_WORKERS": "3"}),
    Case(U, {"UVICORN_WORKERS": ""}),
    Case(U, {"WEB_CONCURRENCY": "2"}),
    Case(U, {"WEB_CONCURRENCY": "1"}),
    Case(U, {"WEB_CONCURRENCY": "2", "UVICORN_WORKERS": "3"}),
    Case(f"{U} --workers 1", {"WEB_CONCURRENCY": "2", "UVICORN_WORKERS": "3"}),
    Case(U, {"WORKERS": "3", "MAX_WORKERS": "3", "GUNICORN_CMD_ARGS": "-w 3"}),
    Case(f"python -m {U}", {"UVICORN_WORKERS": "2"}),
    Case(f"python -m {U} --workers 2"),
    Case(f"exec {U} --workers ${{WORKERS:-2}}"),
    Case(f"{U} --workers ${{WORKERS:-2}}", {"WORKERS": "1"}),
    Case(f"{U} --workers $WORKERS", {"WORKERS": "3"}),
    Case(f"WEB_CONCURRENCY=2 {U}"),
    Case(f"WEB_CONCURRENCY=2; {U}"),
    Case(f"export WEB_CONCURRENCY=2; {U}"),
    Case(f"WEB_CONCURRENCY=1; {U}", {"WEB_CONCURRENCY": "3"}),
    Case(f"env WEB_CONCURRENCY=2 {U}"),
    Case(f"sh -c 'exec {U} --workers 2'"),
    Case(f"true && cd . && {U} --workers 2"),
    Case(f"false || {U} --workers 2"),
    Case(f'if [ "$MODE" = dev ]; then {U} --reload; else {U} --workers 2; fi', {"MODE": "live"}),
    Case(f'if [ "$MODE" = dev ]; then {U} --reload; else {U} --workers 2; fi', {"MODE": "dev"}),
    Case(f'case "${{ROLE:-api}}" in api) {U} --workers 2;; *) exit 1;; esac'),
    Case(f"set -- --workers 2; {U} \"$@\""),
    Case(f"ARGS='--workers 2'; {U} $ARGS"),
    Case("uvicorn --factory asgi:make --uds s --workers 2"),
    Case("uvicorn --workers 2 --uds s", {"UVICORN_APP": "asgi:app"}),
    Case(f"{U} --workers two"),
    Case(U, {"WEB_CONCURRENCY": "two"}),
    Case(U, {"WEB_CONCURRENCY": ""}),
    Case("uvicorn asgi --uds s"),
    Case("uvicorn --uds s"),
    Case(G),
    Case(f"{G} -w 2"),
    Case(f"{G} -w3"),
    Case(f"{G} --workers=2"),
    Case(f"{G} --workers 2 -w 3"),
    Case(f"{G} --threads 4"),
    Case(f"{G} --reload -w 2"),
    Case(f"python -m {G} -w 2"),
    Case(G, {"WEB_CONCURRENCY": "3"}),
    Case(G, {"UVICORN_WORKERS": "3"}),
    Case(f"{G} -w 1", {"WEB_CONCURRENCY": "3"}),
    Case(G, {"GUNICORN_CMD_ARGS": "-w 3"}),
    Case(G, {"GUNICORN_CMD_ARGS": "--workers=3 --timeout 9", "WEB_CONCURRENCY": "2"}),
    Case(f"{G} -w 2", {"GUNICORN_CMD_ARGS": "-w 3"}),
    Case(f"GUNICORN_CMD_ARGS='-w 2' {G}"),
    Case(G, {}, {CONF: "workers = 4\n"}),
    Case(G, {"WEB_CONCURRENCY": "2"}, {CONF: "workers = 4\n"}),
    Case(G, {"GUNICORN_CMD_ARGS": "-w 3"}, {CONF: "workers = 4\n"}),
    Case(f"{G} -w 2", {"GUNICORN_CMD_ARGS": "-w 3"}, {CONF: "workers = 4\n"}),
    Case(f"{G} -c other.py", {}, {"other.py": "workers = 2\n", CONF: "workers = 3\n"}),
    Case(f"{G} -c file:other.py", {}, {"other.py": "workers = 2\n"}),
    Case(G, {"GUNICORN_CMD_ARGS": "-c other.py"}, {"other.py": "workers = 2\n"}),
    Case(G, {}, {CONF: "import os\nworkers = int(os.getenv('N', '2'))\n"}),
    Case(G, {"N": "3"}, {CONF: "import os\nworkers = int(os.environ.get('N') or 2)\n"}),
    Case(G, {}, {CONF: "one = 1\nworkers = max(one, 1) * 2 + 1\nworker_class = 'sync'\n"}),
    Case(G, {"WEB_CONCURRENCY": "2"}, {CONF: "from os import environ\nworkers = environ['WEB_CONCURRENCY']\n"}),
    Case(f"{V} -w 2"),
    Case(f"{S} -w 2"),
    Case(f"{S} --threads 4 -w 2"),
    Case(f"{S} -k gthread"),
    Case(f"{S} -w two"),
    Case(f"{S} -w 2", {"WEB_CONCURRENCY": "two"}),
    Case("gunicorn -b unix:s", {}, {CONF: "wsgi_app = 'wsgi:app'\nworkers = 2\n"}),
    Case("gunicorn -b unix:s"),
    Case("cd inner && gunicorn asgi:app -b unix:s -k asgi --pythonpath ..", {}, {CONF: "workers = 3\n", "inner/x": ""}),
    of_python("object"),
    of_python("object", environment={"WEB_CONCURRENCY": "2"}),
    of_python("object", workers="2"),
    of_python("object", reload="True"),
    of_python("text"),
    of_python("text", environment={"WEB_CONCURRENCY": "2"}),
    of_python("text", environment={"UVICORN_WORKERS": "2"}),
    of_python("text", workers="2", environment={"WEB_CONCURRENCY": "3"}),
    of_python("text", workers="2", reload="True"),
    of_python("server", workers="3"),
    of_python("server", environment={"WEB_CONCURRENCY": "3"}),
]  # fmt: skip


def named(case: Case) -> str:
    given = " ".join(f"{name}={value}" for name, value in case.environment.items())
    files = " ".join(case.files[name].replace("\n", "; ") for name in case.files if name == CONF)
    call = f"{case.call[0]} {case.call[1]}" if case.call else ""
    return " | ".join(filter(None, [given, case.command, call, files]))


def predicted(case: Case) -> int:
    """How many processes serve; 0 where the server does not start."""
    environment: dict[str, Value] = {k: Word(v, 1) for k, v in case.environment.items()}
    if case.call is not None:
        return of_call(*case.call, environment)
    found = [
        each
        for run in read_script(case.command, environment).runs
        if (
            each := server_command(run, environment, lambda path: settings(case, environment, path))
        )
    ]
    assert len(found) == 1, found
    command = found[0]
    assert command.is_certain
    assert command.failure or command.processes.is_exact, command
    return 0 if command.failure else command.processes.least


def settings(case: Case, environment: dict[str, Value], path: str) -> dict[str, Value] | None:
    if case.command.startswith("cd inner"):
        path = f"inner/{path}"
    text = case.files.get(path)
    return None if text is None else read_gunicorn_conf(text.encode(), environment).settings


def of_call(kind: str, given: dict[str, str], environment: dict[str, Value]) -> int:
    if kind == "server":
        return of_uvicorn_server().least
    said = {name: Given(name, Word(value.lower(), 1), "code") for name, value in given.items()}
    found, failure = of_uvicorn_run(
        said.get("workers"), said.get("reload"), kind == "object", environment
    )
    assert found.is_exact
    return 0 if failure else found.least


class Server:
    """A command that a shell runs in a folder of its own."""

    def __init__(self, case: Case, wanted: int) -> None:
        self.wanted = wanted
        self.folder = Path(tempfile.mkdtemp(prefix="lg-lint-"))
        self.started = self.folder / "started"
        self.started.mkdir()
        for name, text in {"asgi.py": ASGI, "wsgi.py": WSGI, **case.files}.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(text)
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", case.command],
                cwd=self.folder,
                env=self._environment(case),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _environment(self, case: Case) -> dict[str, str]:
        programs = str(Path(sys.executable).parent)
        return {
            "PATH": f"{programs}:{os.environ.get('PATH', '')}",
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "STARTED": str(self.started),
            "PYTHONDONTWRITEBYTECODE": "1",
            **case.environment,
        }

    def count(self) -> int:
        """How many processes have loaded the application so far."""
        return len(list(self.started.iterdir()))

    def is_settled(self) -> bool:
        """Whether what was predicted is there, or the server has ended."""
        is_there = self.wanted > 0 and self.count() >= self.wanted
        return is_there or self.process.poll() is not None

    def seen(self) -> tuple[int, bool, str]:
        """The number of processes, whether the server ran, and its log."""
        return self.count(), self.process.poll() is None, (self.folder / "log").read_text()

    def end(self) -> None:
        """Ends all processes of the command."""
        for stop, wait in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
            try:
                os.killpg(self.process.pid, stop)
                self.process.wait(wait)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def seen() -> dict[str, tuple[int, bool, str]]:
    """What each command has started: they run several at once."""
    found = {}
    for start in range(0, len(CASES), AT_ONCE):
        cases = CASES[start : start + AT_ONCE]
        wanted = [predicted(case) for case in cases]
        servers: list[Server] = []
        try:
            servers += map(Server, cases, wanted)
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline and not all(each.is_settled() for each in servers):
                time.sleep(0.05)
            time.sleep(MORE_SECONDS)
            found |= {named(case): each.seen() for case, each in zip(cases, servers, strict=True)}
        finally:
            for each in servers:
                each.end()
    return found


@pytest.mark.parametrize("case", CASES, ids=named)
def test_as_many_processes_serve_as_is_predicted(
    case: Case, seen: dict[str, tuple[int, bool, str]]
) -> None:
    wanted = predicted(case)
    count, runs, log = seen[named(case)]
    assert count == wanted, log
    assert runs == (wanted > 0), log


def test_there_are_enough_cases() -> None:
    assert len({named(case) for case in CASES}) == len(CASES) >= 60
