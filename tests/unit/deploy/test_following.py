"""Commands are followed through the files that they name, to the programs that serve."""

from __future__ import annotations

import pytest

from lg_lint.deploy.dockerfile import read_dockerfile, started_by
from lg_lint.deploy.following import File, Followed, followed
from lg_lint.deploy.place import Word
from lg_lint.deploy.pyproject import read_pyproject
from lg_lint.deploy.server_command import server_command
from lg_lint.deploy.shell import read_script
from lg_lint.deploy.shell.builtins import joined
from lg_lint.deploy.values import Environment


def follow(text: str, files: dict[str, str], environment: dict[str, str] | None = None) -> Followed:
    """Follows a command in a project whose files lie under `/`."""
    known: Environment = {name: Word(value, 1) for name, value in (environment or {}).items()}

    def find(name: str, folder: str | None) -> File | None:
        path = joined(folder or "/", name).lstrip("/") if folder is not None else ""
        return File(path, files[path].encode()) if path in files else None

    return followed(read_script(text, known), known, find)


def told(found: Followed) -> list[str]:
    return [
        f"{each.path}:{each.run.line} {' '.join(word.text for word in each.run.words)}"
        for each in found.started
    ]


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        ("./start.sh api", {"start.sh": "migrate\nexec uvicorn $1:app"}, ["start.sh:1 migrate", "start.sh:2 uvicorn api:app"]),
        ("sh start.sh", {"start.sh": "uvicorn a:b"}, ["start.sh:1 uvicorn a:b"]),
        ("bash -eu /app/start", {"app/start": "uvicorn a:b"}, ["app/start:1 uvicorn a:b"]),
        ("cd api && ./s.sh", {"api/s.sh": "./t.sh", "api/t.sh": "uvicorn a:b"}, ["api/t.sh:1 uvicorn a:b"]),
        ("./missing.sh", {}, [":1 ./missing.sh"]),
        ("./loop.sh", {"loop.sh": "./loop.sh"}, ["loop.sh:1 ./loop.sh"]),
        ("supervisord -n -c /etc/s.conf", {"etc/s.conf": "[program:a]\ncommand=uvicorn a:b"}, ["etc/s.conf:2 uvicorn a:b"]),
        ("make -C api serve", {"api/Makefile": "N = 2\nserve:\n\tuvicorn a:b --workers $(N)\nother:\n\tx\n"}, ["api/Makefile:3 uvicorn a:b --workers 2"]),
        ("make all", {"Makefile": "X = 1\n.PHONY: all\nall: one two\none: zero\n\ta\nzero two:\n\tb\nlive: X=2\n"}, ["Makefile:7 b", "Makefile:5 a", "Makefile:7 b"]),
        ("make", {"Makefile": "a: b\n\tx\nb: a\n\ty\n"}, ["Makefile:4 y", "Makefile:2 x"]),
        ("npm run api", {"package.json": '{"scripts": {"api": "uvicorn a:b", "x": "y"}}'}, ["package.json:1 uvicorn a:b"]),
        ("honcho start web", {"Procfile": "web: uvicorn a:b\nworker: celery\n"}, ["Procfile:1 uvicorn a:b"]),
        ("pm2-runtime start eco.config.js", {"eco.config.js": 'x = {apps: [{script: "uvicorn", args: "a:b"}]}'}, ["eco.config.js:1 uvicorn a:b"]),
    ],
)  # fmt: skip
def test_programs_behind_files(text: str, files: dict[str, str], expected: list[str]) -> None:
    assert told(follow(text, files)) == expected


def test_what_a_service_says_goes_with_it() -> None:
    conf = "[program:a]\ncommand=gunicorn a:b\ndirectory=/srv\nenvironment=WEB_CONCURRENCY=3\nnumprocs=2\nstopwaitsecs=5\n"
    started = follow("supervisord", {"supervisord.conf": conf}).started[0]
    assert started.run.folder == "/srv"
    assert started.instances == Word("2", 5)
    assert started.grace is not None
    assert started.grace.seconds == 5
    command = server_command(started.run, started.environment)
    assert command is not None
    assert command.processes.least == 3


def test_an_image_is_followed_from_its_entry_point() -> None:
    dockerfile = (
        b'FROM x\nENV WORKERS=4\nWORKDIR /app\nENTRYPOINT ["./entry.sh"]\nCMD ["uvicorn", "a:b"]\n'
    )
    stage = read_dockerfile(dockerfile).stage()
    assert stage is not None
    script = started_by(stage.entrypoint, stage.command, stage.environment)
    entry = b'set -e\nif [ "$1" = test ]; then exec pytest; fi\nexec "$@" --workers ${WORKERS:-1}\n'
    found = followed(script, stage.environment, lambda name, _: File(name, entry))
    command = server_command(found.started[-1].run, found.started[-1].environment)
    assert command is not None
    assert (command.processes.least, command.is_certain) == (4, True)


def test_a_branch_that_leads_to_a_file_is_a_branch_there() -> None:
    found = follow("[ -f x ] && ./s.sh", {"s.sh": "uvicorn a:b"})
    assert [each.run.is_certain for each in found.started] == [False]


def test_files_that_cannot_be_read_are_told() -> None:
    found = follow("./s.sh", {"s.sh": "\0"})
    assert [(path, each.reason) for path, each in found.unread] == [
        ("s.sh", "the file is not text")
    ]


def test_many_files_end() -> None:
    files = {
        f"{each}.sh": "\n".join(f"./{other}.sh {each}" for other in range(20)) for each in range(20)
    }
    assert len(follow("./0.sh", files).started) <= 500


PYPROJECT = b"""\
[project.scripts]
lab = "lab.cli:main"

[tool.fastapi]
entrypoint = "lab.api:app"

[tool.poe.tasks]
serve = "uvicorn lab.api:app --workers 2"
live.cmd = "gunicorn lab.api:app"
all = [{ cmd = "migrate" }, "uvicorn a:b"]
docs = { script = "lab.docs:main" }

[tool.hatch.envs.default.scripts]
web = ["migrate", "uvicorn c:d"]
"""


def test_scripts_and_tasks_of_a_project() -> None:
    found = read_pyproject(PYPROJECT)
    assert found.scripts == {"lab": Word("lab.cli:main", 2)}
    assert found.entrypoint == Word("lab.api:app", 5)
    commands = {
        task.name: [" ".join(word.text for word in run.words) for run in task.script.runs]
        for task in found.tasks
    }
    assert commands == {
        "serve": ["uvicorn lab.api:app --workers 2"],
        "live": ["gunicorn lab.api:app"],
        "all": ["migrate", "uvicorn a:b"],
        "web": ["migrate", "uvicorn c:d"],
    }
    assert found.tasks[0].script.runs[0].line == 8
    assert read_pyproject(b"[").unread
    assert read_pyproject(b"project = 1\ntool = []\n").scripts == {}
