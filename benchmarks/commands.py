"""The commands that are measured against each other on one project."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.environment import HERE, Environment
from benchmarks.measure import Command
from lg_lint.sources.scan import scan

# flake8-async and fixit take minutes on more.
SLOW_LINES = 15_000


def lg_lint(env: Environment, *options: str, path: str = ".") -> list[str]:
    command = [str(env.lg_lint), "check", "--select", "ALL", "--quiet"]
    return [*command, "--output-format", "concise", "--exit-zero", *options, path]


def commands(env: Environment, folder: Path, cache: Path, others: bool) -> list[Command]:
    ruff = [env.script("ruff"), "check", "--select", "ASYNC", "--quiet", "--isolated"]
    found = [
        Command("ruff --no-cache", [*ruff, "--no-cache", "."]),
        Command("lg-lint --no-cache", lg_lint(env, "--no-cache")),
        Command("ruff, cached", [*ruff, "--cache-dir", str(cache / "ruff"), "."]),
        Command("lg-lint, cached", lg_lint(env, "--cache-dir", str(cache / "lg-lint"))),
        Command(
            "lg-lint, one file changed",
            lg_lint(env, "--cache-dir", str(cache / "changed")),
            partial(changed, folder, "routes_0.py", "changed_{} = 1\n", _first_seed),
        ),
        Command(
            "lg-lint, a comment in a file without findings",
            lg_lint(env, "--cache-dir", str(cache / "comment")),
            partial(changed, folder, "helpers_0.py", "# {}\n", _first_seed),
        ),
        Command(
            "lg-lint, a file changed that takes no part",
            lg_lint(env, "--cache-dir", str(cache / "idle")),
            partial(changed, folder, "lib_0/*.py", "changed_{} = 1\n", _first),
        ),
        Command("import libcst", [str(env.own_python), "-c", "import libcst"]),
    ]
    return found + (_others(env, folder) if others else [])


def _others(env: Environment, folder: Path) -> list[Command]:
    semgrep = [env.script("semgrep"), "scan", "--metrics=off", "--disable-version-check"]
    semgrep += ["--no-git-ignore", "--quiet", "--config", str(HERE / "semgrep.yml"), "."]
    found = [
        Command("hydroid-cli", [env.script("hydroid"), "--no-cache", "."]),
        Command("semgrep", semgrep, slow=True),
    ]
    if lines(folder) <= SLOW_LINES:
        flake8 = [env.script("flake8"), "--select", "ASYNC", "--isolated", "."]
        found += [
            Command("flake8-async", flake8, slow=True),
            Command("fixit", [env.script("fixit"), "lint", "."], slow=True),
        ]
    return found


def lines(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py"))


@contextmanager
def changed(folder: Path, name: str, line: str, instead: Callable[[Path], Path]) -> Iterator[None]:
    """A file of this name, or else `instead`, with a line more for as long as a command runs."""
    file = min(folder.rglob(name), default=None) or instead(folder)
    data, status = file.read_bytes(), file.stat()
    file.write_bytes(data + line.format(time.time_ns()).encode())
    try:
        yield
    finally:
        file.write_bytes(data)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def _first(folder: Path) -> Path:
    return min(folder.rglob("*.py"))


def _first_seed(folder: Path) -> Path:
    """The first file that speaks of graphs, if any does."""
    files = sorted(folder.rglob("*.py"))
    return next((file for file in files if scan(file.read_bytes(), b"").is_seed), files[0])
