"""The commands that are measured against each other on one project."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
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


def ruff(env: Environment, *options: str) -> list[str]:
    options = ("--select", "ASYNC", "--quiet", "--isolated", *options)
    return [env.script("ruff"), "check", *options, "."]


def cached(env: Environment, cache: Path) -> list[Command]:
    return [
        Command("ruff, cached", ruff(env, "--cache-dir", str(cache / "ruff"))),
        Command("lg-lint, cached", lg_lint(env, "--cache-dir", str(cache / "lg-lint"))),
    ]


def start(env: Environment) -> Command:
    """What any program in Python takes."""
    return Command("python -c pass", [str(env.own_python), "-c", "pass"])


def commands(env: Environment, folder: Path, cache: Path, others: bool) -> list[Command]:
    found = [
        Command("ruff --no-cache", ruff(env, "--no-cache")),
        Command("lg-lint --no-cache", lg_lint(env, "--no-cache")),
        *cached(env, cache),
        *(
            Command(
                f"lg-lint, {what}",
                lg_lint(env, "--cache-dir", str(cache / what.replace(" ", "_"))),
                partial(changed, file, line),
            )
            for what, (file, line) in _changes(folder).items()
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
def changed(file: Path, line: str) -> Iterator[None]:
    """A file with a line more for as long as a command runs."""
    data, status = file.read_bytes(), file.stat()
    file.write_bytes(data + line.format(time.time_ns()).encode())
    try:
        yield
    finally:
        file.write_bytes(data)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def _changes(folder: Path) -> dict[str, tuple[Path, str]]:
    """The file to change and the line to add, by what that is; what is not known of it is left out.

    Of a project that is not made here it is known which files speak of graphs, and no more.
    """
    code = "changed_{} = 1\n"
    route = min(folder.rglob("routes_0.py"), default=None)
    found = {"one file changed": (route or _first_seed(folder), code)}
    helper = min(folder.rglob("helpers_0.py"), default=None)
    if helper is not None:
        found["a comment in a file without findings"] = (helper, "# {}\n")
    idle = min(folder.rglob("lib_0/*.py"), default=helper and helper.with_name("__init__.py"))
    if idle is not None:
        found["a file changed that takes no part"] = (idle, code)
    return found


def _first_seed(folder: Path) -> Path:
    """The first file that speaks of graphs, if any does."""
    files = sorted(folder.rglob("*.py"))
    return next((file for file in files if scan(file.read_bytes(), b"").is_seed), files[0])
