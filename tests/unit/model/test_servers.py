"""What deployment files start, and which application each program serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.run.check import lint
from lg_lint.settings import Settings

APP = """
import asyncio
import json

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph

app = FastAPI()
graph = StateGraph(dict).add_node("a", lambda state: state).add_edge(START, "a").compile()


async def events():
    async for chunk in graph.astream({}):
        yield json.dumps(chunk)


@app.get("/chat")
async def chat():
    return StreamingResponse(events())
"""
EXEC = 'CMD ["uvicorn", "app.main:app", "--workers", "4"]\n'


def joins(folder: Path, files: dict[str, str]) -> list[Join]:
    """The joins of a project with an application and some files."""
    for name, text in {"pyproject.toml": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    project = lint([folder], Settings()).project
    assert project is not None
    return project.once(Servers).joins


def told(folder: Path, files: dict[str, str]) -> list[tuple[str, int, bool, int, bool]]:
    """Per join: its deployment, its processes, whether that is exact, its streams, certain."""
    return [
        (
            join.deployment.title,
            join.process.command.processes.least,
            join.process.command.processes.is_exact,
            len(join.served),
            join.is_certain,
        )
        for join in joins(folder, files)
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"app/main.py": APP, "Dockerfile": f"FROM python\nWORKDIR /x\nCOPY . .\n{EXEC}"},
            [("Dockerfile", 4, True, 1, True)],
        ),
        (
            {"api/app/main.py": APP, "api/prod.Dockerfile": f"FROM python\nCOPY . /x\n{EXEC}"},
            [("api/prod.Dockerfile", 4, True, 1, True)],
        ),
        (
            {
                "main.py": APP,
                "Procfile": "web: gunicorn -k uvicorn_worker.UvicornWorker main:app\n",
            },
            [("Procfile", 1, True, 1, True)],
        ),
        (
            {
                "api/app/main.py": APP,
                "api/Dockerfile": f"FROM python\nWORKDIR /x\nCOPY . .\n{EXEC}",
                "compose.yaml": "services:\n  api:\n    build: api\n    command: uvicorn app.main:app\n"
                "    environment:\n      UVICORN_WORKERS: 3\n",
            },
            [("compose.yaml", 3, True, 1, True), ("api/Dockerfile", 4, True, 1, True)],
        ),
        (
            {
                "api/app/main.py": APP,
                "api/Dockerfile": f"FROM python\nWORKDIR /x\nCOPY . .\n{EXEC}",
                "compose.yaml": "services:\n  api:\n    build: api\n",
            },
            [("compose.yaml", 4, True, 1, True)],
        ),
        (
            {
                "main.py": f"{APP}\n\nimport uvicorn\n\nuvicorn.run('main:app', workers=2)\n",
                "Dockerfile": "FROM python\nCOPY . .\nCMD python main.py\n",
            },
            [("Dockerfile", 2, True, 1, True)],
        ),
        (
            {"main.py": f"{APP}\n\nimport uvicorn\n\nuvicorn.run(app, workers=2)\n"},
            [("main.py", 2, True, 1, True)],
        ),
        (
            {
                "main.py": f"{APP}\n\nimport uvicorn\n\n"
                "options = {'app': app, 'host': 'x', 'port': 80}\nuvicorn.run(**options)\n",
            },
            [("main.py", 1, False, 1, True)],
        ),
        (
            {
                "main.py": f"{APP}\n\nimport uvicorn\n\nimport settings\n\n"
                "uvicorn.run('main:app', reload=settings.debug)\n",
                "Dockerfile": "FROM python\nCOPY . .\nCMD python -m alembic up && python main.py\n",
            },
            [("Dockerfile", 1, True, 1, True)],
        ),
        (
            {
                "main.py": f"{APP}\n\nimport uvicorn\n\nimport settings\n\n"
                "uvicorn.run('main:app', workers=4, reload=settings.debug)\n",
            },
            [("main.py", 1, False, 1, True)],
        ),
        (
            {
                "main.py": APP,
                "supervisord.conf": "[program:web]\ncommand=uvicorn main:app --workers 2\n"
                "stopwaitsecs=90\n[program:nginx]\ncommand=nginx -g 'daemon off;'\n",
                "Dockerfile": "FROM python\nWORKDIR /x\nCOPY . .\n"
                'CMD ["supervisord", "-n", "-c", "/x/supervisord.conf"]\n',
            },
            [("Dockerfile", 2, True, 1, True)],
        ),
        (
            {
                "main.py": APP,
                "Makefile": "run:\n\techo x\nserve: run\n\tuv run uvicorn main:app --workers 3\n",
                "Dockerfile": "FROM python\nWORKDIR /x\nCOPY . .\nCMD make serve\n",
            },
            [("Dockerfile", 3, True, 1, True)],
        ),
        (
            {
                "main.py": APP,
                "Makefile": "serve:\n\tuvicorn main:app --workers 3\none:\n\tuvicorn main:app\n",
                "Dockerfile": "FROM python\nWORKDIR /x\nCOPY . .\nCMD make serve\n",
            },
            [("Dockerfile", 3, True, 1, True), ("Makefile, one", 1, True, 1, True)],
        ),
        (
            {
                "main.py": f"{APP}\n\nimport uvicorn\n\n\n"
                "def serve():\n    uvicorn.run('main:app')\n",
                "other.py": "import main\n\nprint(main.graph)\n",
                "cli.py": "import main\n\nmain.serve()\n",
                "Procfile": "web: python cli.py\nworker: python other.py\n",
            },
            [("Procfile", 1, True, 1, True), ("Procfile", 1, False, 0, False)],
        ),
        (
            {
                "src/desk/main.py": f"{APP}\n\nimport uvicorn\n\n\n"
                "def serve():\n    uvicorn.run('desk.main:app', workers=3)\n",
                "pyproject.toml": "[project.scripts]\ndesk-serve = 'desk.main:serve'\n",
                "Dockerfile": "FROM python\nWORKDIR /x\nCOPY . .\nRUN pip install .\n"
                'CMD ["uv", "run", "desk-serve"]\n',
            },
            [("Dockerfile", 3, True, 1, True)],
        ),
        (
            {
                "main.py": APP,
                "pyproject.toml": "[tool.poe.tasks]\nserve = 'uvicorn main:app --workers 3'\n",
                "Dockerfile": "FROM python\nWORKDIR /x\nCOPY . .\nCMD poe serve\n",
            },
            [("Dockerfile", 3, True, 1, True)],
        ),
        (
            {
                "a/srv/main.py": APP,
                "b/srv/main.py": APP,
                "Procfile": "web: uvicorn srv.main:app --workers 2\n",
            },
            [("Procfile", 2, True, 0, False)],
        ),
        (
            {
                "main.py": APP,
                "start.sh": '#!/bin/sh\nalembic upgrade head\nexec "$@"\n',
                "Dockerfile": "FROM python\nWORKDIR /x\nCOPY . .\nENTRYPOINT ['./start.sh']\n".replace(
                    "'", '"'
                )
                + 'CMD ["uvicorn", "main:app", "--workers", "2"]\n',
            },
            [("Dockerfile", 2, True, 1, True)],
        ),
        (
            {
                "main.py": APP,
                "gunicorn.conf.py": "workers = 4\nworker_class = 'uvicorn.workers.UvicornWorker'\n",
                "Dockerfile": "FROM python\nWORKDIR /x\nCOPY . .\nCMD gunicorn main:app\n",
            },
            [("Dockerfile", 4, True, 1, True)],
        ),
    ],
)
def test_command_is_joined_with_streams(
    tmp_path: Path, files: dict[str, str], expected: list[tuple[str, int, bool, int, bool]]
) -> None:
    assert told(tmp_path, files) == expected


def test_alternatives_are_never_mixed(tmp_path: Path) -> None:
    service = "services:\n  api:\n    build: .\n    command: uvicorn main:app"
    files = {
        "main.py": APP,
        "Dockerfile": "FROM python\nCOPY . .\n",
        "compose.yaml": f"{service} --reload\n",
        "compose.prod.yaml": f"{service} --workers 3\n",
    }
    assert sorted(each[:2] for each in told(tmp_path, files)) == [
        ("compose.prod.yaml", 3),
        ("compose.yaml", 1),
    ]


def test_setting_is_placed_in_the_file_that_says_it(tmp_path: Path) -> None:
    files = {
        "main.py": APP,
        "Dockerfile": 'FROM python\nCOPY . .\nCMD ["uvicorn", "main:app"]\n',
        "compose.yaml": "services:\n  api:\n    build: .\n    environment:\n"
        "      - UVICORN_WORKERS=2\n",
    }
    (join,) = joins(tmp_path, files)
    path, line = join.process.place_of(join.process.command.processes.why)
    assert (Path(path).name, line) == ("compose.yaml", 5)
    assert Path(join.process.path).name == "Dockerfile"


def test_nothing_is_read_outside_of_the_project(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Dockerfile").write_text(f"FROM python\n{EXEC}")
    files = {"app/main.py": APP, "compose.yaml": "services:\n  api:\n    build: ../outside\n"}
    assert told(tmp_path / "project", files) == []


def test_stages_that_copy_from_each_other_end(tmp_path: Path) -> None:
    stages = 12
    copies = "".join(f"COPY --from=s{number} / /\n" for number in range(stages))
    text = "".join(f"FROM python AS s{number}\n{copies}" for number in range(stages))
    files = {"main.py": APP, "Dockerfile": f"{text}CMD uvicorn main:app --workers 2\n"}
    assert told(tmp_path, files) == [("Dockerfile", 2, True, 1, True)]
