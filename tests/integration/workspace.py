"""A small application in a git repository of its own, to run the linter on."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from lg_lint.cli import run

GRAPH = """\
from typing import TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str


def answer(state: State) -> dict:
    return {"answer": state["question"].upper()}


def build_graph():
    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_edge(START, "answer")
    builder.add_edge("answer", END)
    return builder.compile()


graph = build_graph()
"""

SERVICE = """\
from graph import graph


def reply(question: str) -> str:
    return graph.invoke({"question": question})["answer"]
"""

APP = """\
from fastapi import FastAPI
from graph import graph

app = FastAPI()


@app.get("/old")
async def old(question: str) -> str:
    return graph.invoke({"question": question})["answer"]
"""

BAD_ROUTE = """

@app.get("/new")
async def new(question: str) -> str:
    return reply(question)
"""

GOOD_ROUTE = """

@app.get("/new")
def new(question: str) -> str:
    return reply(question)
"""

IMPORT = "from service import reply\n"


@dataclass(frozen=True)
class Workspace:
    """A folder with the application in a git repository, committed on the branch `main`."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, files: dict[str, str] | None = None) -> Workspace:
        workspace = cls(folder)
        folder.mkdir(parents=True, exist_ok=True)
        workspace.git("init", "--quiet", "--initial-branch=main")
        workspace.git("config", "user.name", "Somebody")
        workspace.git("config", "user.email", "somebody@example.org")
        workspace.git("config", "commit.gpgsign", "false")
        app = {"graph.py": GRAPH, "service.py": SERVICE, "app.py": IMPORT + APP}
        for name, text in (app if files is None else files).items():
            workspace.write(name, text)
        workspace.commit("The application")
        return workspace

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        self.write(name, self.read(name) + text)

    def git(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run("git", *arguments, check=check)

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", message)

    def run(
        self, *command: str, check: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command here; the repository that runs the tests stays out of sight."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=check,
            timeout=600,
        )

    def environment(self) -> dict[str, str]:
        """That of the tests, without what speaks of another place; nothing is kept for later."""
        inherited = {name: value for name, value in os.environ.items() if not _is_local(name)}
        return {**inherited, "LG_LINT_CACHE_DIR": str(self.folder.parent / "cache")}

    def lint(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        """Run the linter here, in this process: starting many would take most of the time."""
        here = os.getcwd()
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        environment = mock.patch.dict(os.environ, self.environment(), clear=True)
        streams = mock.patch.multiple(
            sys, stdin=io.TextIOWrapper(io.BytesIO(stdin)), stdout=out, stderr=err
        )
        os.chdir(self.folder)
        try:
            with environment, streams:
                status = run(arguments)
        finally:
            os.chdir(here)
        return subprocess.CompletedProcess(arguments, status, _text(out), _text(err))

    def found(self, *arguments: str) -> list[str]:
        """The findings of a run, as `path:row CODE`."""
        done = self.lint("check", "--output-format", "concise", "--quiet", *arguments)
        assert done.returncode in (0, 1), done.stderr
        return [_short(line) for line in done.stdout.splitlines()]


def _short(line: str) -> str:
    path, row, _column, rest = line.split(":", 3)
    return f"{path}:{row} {rest.split()[0]}"


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def _is_local(name: str) -> bool:
    return name.startswith(("GIT_", "GITHUB_", "LG_LINT_", "PRE_COMMIT")) or name in {
        "CI_PROJECT_DIR",
        "FORCE_COLOR",
        "NO_COLOR",
    }
