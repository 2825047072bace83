"""Units, supervisord, Procfiles, Makefiles, package.json and pm2: what each starts."""

from __future__ import annotations

import math

import pytest

from lg_lint.deploy.ini import read_ini
from lg_lint.deploy.makefile import read_makefile
from lg_lint.deploy.node_scripts import read_package, read_pm2
from lg_lint.deploy.place import Word
from lg_lint.deploy.procfile import read_procfile
from lg_lint.deploy.services import Service, Services, seconds
from lg_lint.deploy.supervisord import read_supervisord
from lg_lint.deploy.systemd import read_unit
from lg_lint.deploy.values import Value, known


def written_out(value: Value) -> str:
    return value.text if isinstance(value, Word) else f"?{value.text}"


def commands(service: Service) -> list[str]:
    return [" ".join(written_out(word) for word in run.words) for run in service.script.runs]


def by_name(found: Services) -> dict[str, list[str]]:
    return {service.name: commands(service) for service in found.services}


UNIT = b"""\
[Unit]
Description=chat; and more

[Service]
Environment="WORKERS=4" PORT=80
Environment=MODE=live
EnvironmentFile=-/etc/chat.env
WorkingDirectory=/srv/chat
ExecStartPre=/srv/chat/migrate
ExecStart=/srv/chat/.venv/bin/uvicorn app:app \\
    # a note
    --workers ${WORKERS} \\
    --port $PORT
TimeoutStopSec=5
"""


def test_a_unit() -> None:
    unit = read_unit(UNIT).services[0]
    assert commands(unit) == [
        "/srv/chat/migrate",
        "/srv/chat/.venv/bin/uvicorn app:app --workers 4 --port 80",
    ]
    assert unit.line == 10
    assert [word.line for word in unit.script.runs[1].words] == [10, 10, 12, 12, 13, 13]
    assert known(unit.folder) == "/srv/chat"
    assert [known(each) for each in unit.environment_files] == ["/etc/chat.env"]
    assert unit.grace is not None
    assert (unit.grace.seconds, unit.grace.name, unit.grace.line) == (5.0, "TimeoutStopSec", 14)


def test_what_a_units_environment_files_say_wins() -> None:
    unit = read_unit(UNIT, {"WORKERS": Word("8", 1)}).services[0]
    assert commands(unit)[1].split()[3] == "8"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ExecStart=@-/bin/uvicorn a:b", ["/bin/uvicorn a:b"]),
        ("ExecStart=old\nExecStart=\nExecStart=new", ["new"]),
        (
            "ExecStart=/bin/sh -c 'cd x && exec uvicorn a:b --workers $${N:-2}'",
            ["uvicorn a:b --workers 2"],
        ),
        ("ExecStart=uvicorn a:b --workers $N", ["uvicorn a:b --workers ?$N"]),
        ("ExecStart=uvicorn 'a:b' '--workers' '${KNOWN}'", ["uvicorn a:b --workers 3"]),
        ("ExecStart=uvicorn a:b $OPTIONS x$OPTIONS", ["uvicorn a:b -x -y x$OPTIONS"]),
        ("ExecStart=uvicorn %i:app", ["uvicorn ?%i:app"]),
        ("ExecStart=uvicorn a:b > log", ["uvicorn a:b > log"]),
        ("Restart=always", None),
    ],
)
def test_command_lines_of_units(line: str, expected: list[str] | None) -> None:
    found = read_unit(f"[Service]\nEnvironment=KNOWN=3 'OPTIONS=-x -y'\n{line}\n".encode()).services
    assert ([commands(each) for each in found] or [None]) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5.0), ("90s", 90.0), ("1min 30s", 90.0), ("2m", 120.0), ("infinity", math.inf),
        ("500ms", 0.5), ("1h", 3600.0), ("soon", None), ("5 parsecs", None), ("", None),
    ],
)  # fmt: skip
def test_times(text: str, expected: float | None) -> None:
    assert seconds(Word(text, 1)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("TimeoutStopSec=0", math.inf),
        ("TimeoutSec=20", 20.0),
        ("TimeoutSec=20\nTimeoutStopSec=7", 7.0),
        ("TimeoutStopSec=7\nSendSIGKILL=no", math.inf),
        ("TimeoutStartSec=9", None),
    ],
)
def test_how_long_a_unit_may_take_to_stop(line: str, expected: float | None) -> None:
    grace = read_unit(f"[Service]\nExecStart=a\n{line}\n".encode()).services[0].grace
    assert (grace.seconds if grace else None) == expected


SUPERVISOR = b"""\
[supervisord]
environment=HOST="0.0.0.0"

[program:api] ; the chat
command=uv run uvicorn api:app --host %(ENV_HOST)s
  --port %(ENV_PORT)s ; what for
directory=/app
environment=WEB_CONCURRENCY="2",LIST="a,b"
numprocs=3
stopwaitsecs=15

[program:once]
command=sh -c "echo %% && gunicorn api:app -w 2"
autostart=false

[group:all]
programs=api
"""


def test_programs_of_supervisord() -> None:
    api, once = read_supervisord(SUPERVISOR).services
    assert commands(api) == ["uvicorn api:app --host 0.0.0.0 --port ?%(ENV_PORT)s"]
    assert {name: known(value) for name, value in api.environment.items()} == {
        "WEB_CONCURRENCY": "2",
        "LIST": "a,b",
    }
    assert (known(api.folder), known(api.instances)) == ("/app", "3")
    assert api.grace is not None
    assert (api.grace.seconds, api.grace.line) == (15.0, 10)
    assert commands(once) == ["gunicorn api:app -w 2"]
    assert (api.is_started, once.is_started) == (True, False)


def test_supervisord_passes_its_own_environment_on() -> None:
    api = read_supervisord(SUPERVISOR, {"PORT": Word("80", 1)}).services[0]
    assert commands(api) == ["uvicorn api:app --host 0.0.0.0 --port 80"]


def test_sections_and_settings_with_their_lines() -> None:
    ini = read_ini(b"a=1\n[one]\n; no\nb = 2 ; note\nb: 3\n c d\n[two]\n[three\nx\n")
    assert [(each.name, each.line) for each in ini.sections] == [("", 1), ("one", 2), ("two", 7)]
    assert ini.sections[1].last("b") == Word("3\nc d", 5)
    assert [each.line for each in ini.unread] == [8, 9]


def test_a_procfile() -> None:
    found = read_procfile(
        b"# heroku\nweb: gunicorn -w ${N:-2} app:app\nrelease: ./migrate.sh\nworker:celery -A app worker\nnothing\n"
    )
    assert by_name(found) == {
        "web": ["gunicorn -w 2 app:app"],
        "release": ["./migrate.sh"],
        "worker": ["celery -A app worker"],
    }
    assert found.services[0].script.runs[0].line == 2
    assert [each.line for each in found.unread] == [5]


MAKE = b"""\
PORT ?= 80
PYTHON := .venv/bin/python
ARGS = --workers $(N)
N = 3
ifdef FAST
MODE = fast
endif
define LONG
\tnot a recipe
endef

.PHONY: serve
serve: install  # runs it
\t@cd api && \\
\t  $(PYTHON) -m uvicorn app:app $(ARGS) --port ${PORT}
\t-echo $$HOME
mode:
\trun $(MODE) $(shell date) $@
"""


def test_a_makefile() -> None:
    found = read_makefile(MAKE)
    assert by_name(found) == {
        "serve": ["uvicorn app:app --workers 3 --port 80"],
        "mode": ["run ?$(make-variable MODE) ?$(shell date) ?$(make-variable @)"],
    }
    run = found.services[0].script.runs[0]
    assert (run.line, run.folder) == (15, "api")


def test_a_makefile_whose_variables_grow_without_end() -> None:
    rows = [
        f"V{each} = $(V{each + 1})$(V{each + 1})$(V{each + 1})$(V{each + 1})" for each in range(40)
    ]
    text = "\n".join([*rows, "V40 = x", "all:", *["\techo $(V0) > f" for _ in range(500)]])
    assert len(read_makefile(text.encode()).services) == 1
    loop = read_makefile(b"A = $(B)\nB = $(A)\nall:\n\trun $(A)\n")
    assert len(loop.services) == 1


def test_scripts_of_a_package() -> None:
    found = read_package(
        b'{\n "name": "x",\n "scripts": {\n  "api": "cd api && uv run uvicorn a:b --workers 2",\n  "web": "next dev"\n }\n}'
    )
    assert by_name(found) == {"api": ["uvicorn a:b --workers 2"], "web": ["next dev"]}
    assert found.services[0].script.runs[0].line == 4


PM2 = b"""\
// pm2
module.exports = {
  apps: [
    {
      name: 'api', script: "uvicorn", args: "app:app --port 80", interpreter: "none",
      instances: 4, kill_timeout: 5000, cwd: './api',
      env: { WEB_CONCURRENCY: "2", KEY: process.env.KEY },
    },
    { name: "job", script: "run.py", args: ["--fast", port()] },
    { name: "py", script: "-m uvicorn a:b", interpreter: "python3", instances: os.cpus().length },
  ],
}
"""


def test_applications_of_pm2() -> None:
    api, job, py = read_pm2(PM2).services
    assert commands(api) == ["uvicorn app:app --port 80"]
    assert (known(api.instances), known(api.folder)) == ("4", "./api")
    assert {name: known(value) for name, value in api.environment.items()} == {
        "WEB_CONCURRENCY": "2",
        "KEY": None,
    }
    assert api.grace is not None
    assert (api.grace.seconds, api.grace.line) == (5.0, 6)
    assert commands(job) == ["python run.py --fast ?port ( )"]
    assert commands(py) == ["uvicorn a:b"]
    assert py.instances is not None
    assert known(py.instances) is None
