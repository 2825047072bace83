"""Real servers on free loopback ports, gone when the `with` block ends, also when it fails."""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

CASES = Path(__file__).parent / "cases"
READY_SECONDS = 60.0
STOP_SECONDS = 5.0

_running: set[subprocess.Popen[bytes]] = set()


class ServerError(Exception):
    """A server is missing, did not start, or died."""


def project_environment() -> dict[str, str]:
    """The environment in which a case's project runs: it finds `proof_models`, and no tracing."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LANGSMITH_", "LANGCHAIN_", "WEB_CONCURRENCY"))
        and not name.lower().endswith("_proxy")
    }
    return environment | {"PYTHONPATH": str(CASES), "PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def uvicorn(project: Path) -> Iterator[str]:
    """Serve `project`'s app and yield its address."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "app:app", "--log-level", "warning"]
    with _serving([*command, "--port", str(port)], project, f"http://127.0.0.1:{port}") as url:
        yield url


@contextmanager
def procfile(project: Path) -> Iterator[str]:
    """Serve `project` by the command of its Procfile and yield its address."""
    with stoppable(project) as (url, _):
        yield url


@contextmanager
def stoppable(project: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The same, with what tells the server to stop, as a platform does."""
    port = _free_port()
    text = (project / "Procfile").read_text(encoding="utf-8").partition(":")[2]
    words = shlex.split(text.replace("$PORT", str(port)))
    command = [sys.executable, "-m", *words]
    with _started(command, project, f"http://127.0.0.1:{port}") as (url, process):
        yield url, process.terminate


@contextmanager
def nginx(upstream: str, directives: str) -> Iterator[str]:
    """Put nginx in front of `upstream`, with more `directives` for its one location."""
    program = _nginx_program()
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="lg-lint-nginx-") as folder:
        prefix = Path(folder)
        (prefix / "nginx.conf").write_text(_nginx_conf(port, upstream, directives))
        command = [program, "-p", folder, "-c", "nginx.conf", "-e", "stderr"]
        with _serving(command, prefix, f"http://127.0.0.1:{port}") as url:
            yield url


@contextmanager
def serving_nginx(directives: str, port: int) -> Iterator[str]:
    """Run an nginx with these directives in its `http`, which listen on `port`; yield its folder."""
    with tempfile.TemporaryDirectory(prefix="lg-lint-nginx-") as folder:
        prefix = Path(folder)
        (prefix / "nginx.conf").write_text(_nginx_frame(directives))
        command = [_nginx_program(), "-p", folder, "-c", "nginx.conf", "-e", "stderr"]
        with _serving(command, prefix, f"http://127.0.0.1:{port}", _is_listening):
            yield folder


def free_ports(count: int) -> list[int]:
    """As many ports of this machine that nobody listens on."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def nginx_version() -> str:
    """The version of the nginx that the proofs run."""
    banner = subprocess.run(
        [_nginx_program(), "-v"], capture_output=True, text=True, check=True
    ).stderr
    return banner.strip().rpartition("/")[2]


def _nginx_program() -> str:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    program = shutil.which("nginx", path=path)
    if program is None:
        raise ServerError("nginx is not installed, and the proofs need it: apt install nginx-light")
    return program


def _nginx_conf(port: int, upstream: str, directives: str) -> str:
    return _nginx_frame(f"""\
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {upstream};
            {directives}
        }}
    }}
""")


def _nginx_frame(directives: str) -> str:
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""\
{user}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{directives}
}}
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _serving(
    command: Sequence[str], folder: Path, url: str, is_ready: Callable[[str], bool] | None = None
) -> Iterator[str]:
    with _started(command, folder, url, is_ready) as (address, _):
        yield address


@contextmanager
def _started(
    command: Sequence[str], folder: Path, url: str, is_ready: Callable[[str], bool] | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=project_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        _running.add(process)
        try:
            try:
                _wait_until_ready(process, url, is_ready or _answers)
            except ServerError as error:
                log.seek(0)
                raise ServerError(
                    f"{shlex.join(command)}: {error}\n{log.read().decode(errors='replace')}"
                ) from None
            yield url, process
        finally:
            _stop(process)


def _wait_until_ready(
    process: subprocess.Popen[bytes], url: str, is_ready: Callable[[str], bool]
) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerError(f"the server ended with code {process.returncode}")
        if is_ready(url):
            return
        time.sleep(0.05)
    raise ServerError(f"the server was not ready after {READY_SECONDS:.0f} s")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ping", trust_env=False, verify=False).status_code == 200
    except httpx.TransportError:
        return False


def _is_listening(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group: politely, then by force."""
    for stop in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, stop)
        except ProcessLookupError:
            break
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    _running.discard(process)


@atexit.register
def _stop_all() -> None:
    for process in list(_running):
        _stop(process)
