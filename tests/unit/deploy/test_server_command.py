"""What a command serves: its program, its settings, how many processes, and whether it starts."""

from __future__ import annotations

import pytest

from lg_lint.deploy.place import Word
from lg_lint.deploy.processes import of_uvicorn_run, of_uvicorn_server
from lg_lint.deploy.server_command import ServerCommand, addresses, server_command
from lg_lint.deploy.server_options import Given
from lg_lint.deploy.shell import read_script
from lg_lint.deploy.values import AtLeast, Environment, Unknown, Value

Conf = dict[str, Value]


def command(
    text: str,
    environment: dict[str, str] | None = None,
    conf: Conf | None = None,
    path: str = "gunicorn.conf.py",
) -> ServerCommand:
    known: Environment = {name: Word(value, 7) for name, value in (environment or {}).items()}
    run = read_script(text, known).runs[-1]
    found = server_command(run, known, lambda asked: conf if asked == path else None)
    assert found is not None
    return found


def count(found: ServerCommand) -> str:
    processes = found.processes
    return (
        f"{processes.least}{'' if processes.is_exact else '+'} by {processes.why.name or 'default'}"
    )


@pytest.mark.parametrize(
    ("text", "environment", "conf", "expected"),
    [
        ("uvicorn a:b", {}, None, "1 by default"),
        ("uvicorn a:b --workers 4", {}, None, "4 by --workers"),
        ("uvicorn a:b --workers=4", {"UVICORN_WORKERS": "3"}, None, "4 by --workers"),
        ("uvicorn a:b", {"UVICORN_WORKERS": "3", "WEB_CONCURRENCY": "2"}, None, "3 by UVICORN_WORKERS"),
        ("uvicorn a:b", {"WEB_CONCURRENCY": "2"}, None, "2 by WEB_CONCURRENCY"),
        ("WEB_CONCURRENCY=2 uvicorn a:b", {"WEB_CONCURRENCY": "5"}, None, "2 by WEB_CONCURRENCY"),
        ("unset WEB_CONCURRENCY; uvicorn a:b", {"WEB_CONCURRENCY": "2"}, None, "1 by default"),
        ("env -u WEB_CONCURRENCY uvicorn a:b", {"WEB_CONCURRENCY": "2"}, None, "1 by default"),
        ("env -u X uvicorn a:b", {"WEB_CONCURRENCY": "2"}, None, "2 by WEB_CONCURRENCY"),
        ("uvicorn a:b", {"WORKERS": "9", "MAX_WORKERS": "9"}, None, "1 by default"),
        ("uvicorn a:b --workers 4 --reload", {}, None, "1 by --reload"),
        ("uvicorn a:b --workers 4", {"UVICORN_RELOAD": "true"}, None, "1 by UVICORN_RELOAD"),
        ("uvicorn a:b --workers 4", {"UVICORN_RELOAD": "0"}, None, "4 by --workers"),
        ("uvicorn a:b --workers $N", {}, None, "1+ by --workers"),
        ("uvicorn a:b $EXTRA", {}, None, "1+ by default"),
        ("uvicorn a:b --workers 3 $EXTRA", {}, None, "3 by --workers"),
        ("source .env; uvicorn a:b", {}, None, "1+ by default"),
        ("uvicorn a:b --env-file .env", {}, None, "1+ by default"),
        ("uvicorn a:b --workers 0", {}, None, "1 by --workers"),
        ("fastapi run main.py", {"WEB_CONCURRENCY": "3"}, None, "3 by WEB_CONCURRENCY"),
        ("fastapi run main.py", {"UVICORN_WORKERS": "3"}, None, "1 by default"),
        ("fastapi run --workers 2", {}, None, "2 by --workers"),
        ("fastapi dev", {"WEB_CONCURRENCY": "3"}, None, "1 by default"),
        ("gunicorn a:b", {}, None, "1 by default"),
        ("gunicorn a:b -w 4", {}, None, "4 by -w"),
        ("gunicorn a:b -w4", {}, None, "4 by -w"),
        ("gunicorn a:b --work 4", {}, None, "1 by default"),  # two options begin so
        ("gunicorn a:b --workers=4 -w 2", {}, None, "2 by -w"),
        ("gunicorn a:b", {"WEB_CONCURRENCY": "3"}, None, "3 by WEB_CONCURRENCY"),
        ("gunicorn a:b", {"WEB_CONCURRENCY": "3"}, {"workers": Word("4", 2)}, "4 by workers"),
        ("gunicorn a:b", {"GUNICORN_CMD_ARGS": "-w 3"}, {"workers": Word("4", 2)}, "3 by -w"),
        ("gunicorn a:b -w 2", {"GUNICORN_CMD_ARGS": "-w 3"}, {"workers": Word("4", 2)}, "2 by -w"),
        ("gunicorn a:b", {}, {"workers": AtLeast("workers", 2, 3)}, "3+ by workers"),
        ("gunicorn a:b", {}, {"workers": Unknown("workers", 2)}, "1+ by workers"),
        ("gunicorn a:b -c other.py", {}, {"workers": Word("4", 2)}, "1+ by default"),
        ("gunicorn a:b -c other.py -w 2", {}, None, "2 by -w"),
        ("gunicorn a:b -w 4 --reload", {}, None, "4 by -w"),
        ("hypercorn a:b -w 4", {"WEB_CONCURRENCY": "9"}, None, "4 by -w"),
        ("hypercorn a:b -c hypercorn.toml", {}, None, "1+ by default"),
        ("granian a:b --interface asgi", {"GRANIAN_WORKERS": "3"}, None, "3 by GRANIAN_WORKERS"),
        ("daphne -p 80 a:b", {"WEB_CONCURRENCY": "9"}, None, "1 by default"),
        ("uwsgi --http :80 --processes 4 -w a", {}, None, "4 by --processes"),
        ("waitress-serve --threads=8 a:b", {}, None, "1 by default"),
        ("flask --app a run", {}, None, "1 by default"),
        ("python manage.py runserver 0:80", {}, None, "1 by default"),
        ("langgraph dev --port 80", {}, None, "1 by default"),
        ("streamlit run app.py", {}, None, "1 by default"),
    ],
)  # fmt: skip
def test_how_many_processes_serve(
    text: str, environment: dict[str, str], conf: Conf | None, expected: str
) -> None:
    assert count(command(text, environment, conf)) == expected


@pytest.mark.parametrize(
    ("text", "program", "kind", "target"),
    [
        ("uvicorn --port 80 a.b:app --reload-dir src", "uvicorn", "application", "a.b:app"),
        ("UVICORN_APP=a:b uvicorn", "uvicorn", "application", "a:b"),
        ("uvicorn --factory a:make", "uvicorn", "application", "a:make"),
        ("gunicorn --log-level debug --preload 'a:make()'", "gunicorn", "application", "a:make()"),
        ("fastapi run src/main.py --port 80", "fastapi run", "file", "src/main.py"),
        ("fastapi dev", "fastapi dev", "file", None),
        ("fastapi run -e a:b", "fastapi run", "application", "a:b"),
        ("flask --app a run -p 80", "flask run", "application", "a"),
        ("FLASK_APP=a flask run", "flask run", "application", "a"),
        ("uwsgi --master --wsgi-file a.py --http :80", "uwsgi", "file", "a.py"),
        ("uwsgi --module a:b --some-option x", "uwsgi", "application", "a:b"),
        ("langgraph up", "langgraph up", "none", None),
        ("aegra serve --host 0.0.0.0", "aegra serve", "none", None),
        ("chainlit run app.py -h", "chainlit run", "file", "app.py"),
        ("python -u main.py --workers 4", "python", "file", "main.py"),
        ("python -m shop.web", "python", "module", "shop.web"),
        ("uv run main.py", "python", "file", "main.py"),
        ("django-admin runserver --settings a.b", "manage.py runserver", "none", None),
    ],
)
def test_what_is_served(text: str, program: str, kind: str, target: str | None) -> None:
    found = command(text)
    assert (found.program, found.target_kind) == (program, kind)
    assert (found.target.text if found.target else None) == target


@pytest.mark.parametrize(
    "text",
    [
        "celery -A a worker",
        "alembic upgrade head",
        "python -c pass",
        "npm start",
        "flask db upgrade",
        "fastapi",
        "uv sync",
        "python",
    ],
)
def test_what_serves_nothing(text: str) -> None:
    assert server_command(read_script(text).runs[-1]) is None


@pytest.mark.parametrize(
    ("text", "stack", "kind"),
    [
        ("gunicorn a:b", "wsgi", "sync"),
        ("gunicorn a:b -k sync --threads 4", "wsgi", "threads"),
        ("gunicorn a:b --threads 1", "wsgi", "sync"),
        ("gunicorn a:b --threads $N", "wsgi", ""),
        ("gunicorn a:b -k gthread", "wsgi", "threads"),
        ("gunicorn a:b -k gevent", "wsgi", "greenlets"),
        ("gunicorn a:b -k asgi --threads 4", "asgi", "loop"),
        ("gunicorn a:b -k uvicorn.workers.UvicornWorker", "asgi", "loop"),
        ("gunicorn a:b -k uvicorn_worker.UvicornWorker", "asgi", "loop"),
        ("gunicorn a:b -k shop.workers.Own", "", ""),
        ("gunicorn a:b $ARGS", "", ""),
        ("uvicorn a:b", "asgi", "loop"),
        ("waitress-serve a:b", "wsgi", "threads"),
        ("flask run", "wsgi", "threads"),
        ("flask run --without-threads", "wsgi", "sync"),
        ("uwsgi -w a --http :80", "wsgi", "sync"),
        ("uwsgi -w a --gevent 100", "wsgi", "greenlets"),
        ("granian --interface wsgi a:b", "wsgi", "loop"),
    ],
)
def test_how_one_worker_serves(text: str, stack: str, kind: str) -> None:
    found = command(text)
    assert (found.stack, found.worker_kind) == (stack, kind)


@pytest.mark.parametrize(
    ("text", "environment", "reason"),
    [
        ("uvicorn a:b --workers two", {}, "no number"),
        ("uvicorn a:b", {"WEB_CONCURRENCY": ""}, "no number"),
        ("uvicorn a:b --workers 2", {"WEB_CONCURRENCY": "many"}, ""),
        ("gunicorn a:b -w 2", {"WEB_CONCURRENCY": "many"}, "no number"),
        ("uvicorn a", {}, "colon"),
        ("gunicorn a", {}, ""),
        ("uvicorn --port 80", {}, "no application"),
        ("gunicorn --check-config a:b", {}, "checks"),
        ("gunicorn a:b -w -1", {}, "below 0"),
        ("uvicorn $APP", {}, ""),
    ],
)
def test_what_does_not_start(text: str, environment: dict[str, str], reason: str) -> None:
    found = command(text, environment).failure
    assert reason in found
    assert bool(found) == bool(reason)


def test_settings_say_where_they_come_from_and_on_which_line() -> None:
    text = "export UVICORN_ROOT_PATH=/x\nexec uvicorn a:b \\\n  --timeout-keep-alive \\\n  75"
    found = command(text, {"UVICORN_PORT": "80"}).settings
    assert found["keep_alive"] == Given("--timeout-keep-alive", Word("75", 3), "command")
    assert found["port"] == Given("UVICORN_PORT", Word("80", 7), "environment")
    assert found["root_path"] == Given("UVICORN_ROOT_PATH", Word("/x", 2), "script")


def test_settings_of_gunicorns_file_by_the_names_of_the_command_line() -> None:
    conf: Conf = {
        "keepalive": Word("5", 1),
        "graceful_timeout": Word("9", 2),
        "preload_app": Word("true", 3),
    }
    found = command("gunicorn a:b -t 60", {}, conf)
    assert found.value("keep_alive") == Word("5", 1)
    assert found.value("graceful_timeout") == Word("9", 2)
    assert found.value("timeout") == Word("60", 1)
    assert found.is_on("preload")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uvicorn a:b", ["127.0.0.1:8000"]),
        ("gunicorn a:b", ["127.0.0.1:8000"]),
        ("PORT=81 gunicorn a:b", ["0.0.0.0:81"]),
        ("PORT=81 gunicorn a:b -b :80", [":80"]),
        ("PORT=81 uvicorn a:b", ["127.0.0.1:8000"]),
        ("fastapi run a.py", ["0.0.0.0:8000"]),
        ("flask run", ["127.0.0.1:5000"]),
        ("python manage.py runserver 0.0.0.0:80", ["0.0.0.0:80"]),
        ("python manage.py runserver", ["127.0.0.1:8000"]),
        ("python main.py", []),
        ("uvicorn a:b --host 0.0.0.0 --port 80", ["0.0.0.0:80"]),
        ("uvicorn a:b --port $PORT", ["127.0.0.1:$PORT"]),
        ("uvicorn a:b --uds /run/a.sock", ["unix:/run/a.sock"]),
        ("gunicorn a:b -b unix:/run/a.sock", ["unix:/run/a.sock"]),
        ("langgraph dev --port 81", ["127.0.0.1:81"]),
    ],
)
def test_where_it_listens(text: str, expected: list[str]) -> None:
    assert [each.text for each in addresses(command(text))] == expected


def setting(text: str) -> Given:
    return Given("workers", Word(text, 1), "code")


def test_a_server_that_python_starts() -> None:
    concurrency: Environment = {"WEB_CONCURRENCY": Word("3", 1), "UVICORN_WORKERS": Word("5", 1)}
    assert of_uvicorn_server().least == 1
    assert of_uvicorn_run(setting("4"), None, False, {})[0].least == 4
    assert of_uvicorn_run(None, None, False, concurrency)[0].least == 3
    assert of_uvicorn_run(setting("4"), setting("true"), False, {})[0].least == 1
    assert not of_uvicorn_run(None, None, True, {})[1]
    assert "object" in of_uvicorn_run(None, None, True, concurrency)[1]
    assert "object" in of_uvicorn_run(None, setting("true"), True, {})[1]
