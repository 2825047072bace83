"""A command that serves an application: its program, its settings, and how many processes serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from lg_lint.deploy import server_options
from lg_lint.deploy.place import Word
from lg_lint.deploy.processes import Processes, failure, processes
from lg_lint.deploy.server_options import Given, Options
from lg_lint.deploy.shell.prefixes import program_name
from lg_lint.deploy.shell.records import Run
from lg_lint.deploy.values import Environment, Unknown, Value, known
from lg_lint.knowledge import table

Configuration = Mapping[str, Value]
"""Settings of a server's own file by the server's names, each with its line."""


class ServerCommand(Struct, frozen=True):
    """A server as a command starts it.

    `program` is its row of `[servers.programs]`, as "uvicorn" or "fastapi run", or "python"
    for a script or module of the project: then all but `target` is a fact of Python.
    `target` is the application (`module:name`), a file or a module, None where the command names
    none; `target_kind` is "application", "file", "module" or "none".
    `settings` holds what was said, by these names: workers, worker_class, threads, timeout,
    keep_alive, graceful_timeout, max_requests, max_requests_jitter, reload, no_reload, preload,
    factory, host, port, bind, uds, fd, root_path, folder (where it goes, or looks for modules),
    env_file, configuration, app, entrypoint; which of them a program has is in its row. What is
    absent has the program's default, unless `is_open`: then words or variables that are not known
    may say anything.
    `stack` is "asgi", "wsgi" or "own". `worker_kind` is "loop", "sync", "threads", "greenlets" or
    "" where that is not known; a sync worker with several threads is "threads".
    `processes` is how many processes serve. `failure` says why it does not start, "" where it does.
    `folder` is where it is started and `is_certain` whether it is, as in Run.
    """

    program: str
    line: int
    target: Value | None
    target_kind: str
    settings: dict[str, Given]
    stack: str
    worker_kind: str
    processes: Processes
    failure: str = ""
    is_open: bool = False
    folder: str | None = ""
    is_certain: bool = True
    words: tuple[Value, ...] = ()

    def value(self, name: str) -> Value | None:
        """What a setting was given, None where it was not said."""
        setting = self.settings.get(name)
        return setting.value if setting is not None else None

    def default(self, name: str) -> Word | None:
        """What the program takes for a setting that was not said; None where it has no default.

        Without a default a time has no limit, and a number of requests neither.
        """
        row = table("servers")["programs"].get(self.program, {})
        text = row.get("defaults", {}).get(name)
        return Word(text, self.line) if text is not None else None

    def is_on(self, name: str) -> bool:
        """Whether a switch is known to be on."""
        return known(self.value(name)) == "true"


def _no_file(_path: str) -> None:
    return None


def server_command(
    run: Run,
    environment: Environment | None = None,
    configuration: Callable[[str], Configuration | None] = _no_file,
) -> ServerCommand | None:
    """The server that a command starts, None where it starts none that is known.

    `environment` is that of the container or unit; what the script itself exports goes over it.
    `configuration` gives the settings of the server's own file at a path: the one that the command
    names, else `gunicorn.conf.py` of the folder in which gunicorn starts (`--chdir` comes later);
    None where there is no such file, or it cannot be read.
    """
    program, at = _program(run.words)
    if program is None:
        return _script(run)
    row = table("servers")["programs"][program]
    outer = {name: value for name, value in (environment or {}).items() if name not in run.unset}
    own = {name: value for name, value in run.environment.items() if not _same(outer, name, value)}
    together = {**outer, **own}
    options = server_options.read(row, run.words, at, together, own)
    _configure(row, options, configuration)
    options.is_open = options.is_open or run.is_open
    if row.get("address") and options.words:
        options.settings["bind"] = Given("", options.words[0], "command")
    target, kind = _target(row, options)
    worker_kind = _worker_kind(row, options)
    return ServerCommand(
        program,
        run.words[0].line,
        target,
        kind,
        options.settings,
        _stack(row, options),
        worker_kind,
        processes(row, options, together),
        failure(program, options, together, target),
        options.is_open,
        run.folder,
        run.is_certain,
        run.words,
    )


def _same(outer: Environment, name: str, value: Value) -> bool:
    """Whether a script passes a variable on as it got it."""
    given = outer.get(name)
    return given is not None and (isinstance(given, Unknown) or given.text == value.text)


def _program(words: tuple[Value, ...]) -> tuple[str | None, int]:
    """The row of a command's program, and where its own arguments begin."""
    name = program_name(words[0])
    rows = table("servers")["programs"]
    if name in rows:
        return name, 1
    start = 1
    if name == "python":
        while start < len(words) and words[start].text in ("-u", "-O", "-B", "-I"):
            start += 1
        if start < len(words) and program_name(words[start]) == "manage.py":
            name, start = "manage.py", start + 1
    if name in ("django-admin", "manage.py"):
        name = "manage.py"
    for at in range(start, min(len(words), start + 8)):
        row = f"{name} {words[at].text}"
        if row in rows:
            return row, at + 1
    return None, 0


def _script(run: Run) -> ServerCommand | None:
    """`python main.py` or `python -m package`: whether it serves is a fact of that code."""
    words = run.words
    if program_name(words[0]) != "python":
        return None
    values = table("servers")["prefixes"]["python"]["values"]
    at = 1
    while at < len(words):
        text = words[at].text
        if text == "-m" and at + 1 < len(words):
            return of_python(run, words[at + 1], "module")
        if not text.startswith("-"):
            return of_python(run, words[at], "file")
        if text in ("-c", "-"):
            return None
        at += 2 if text in values else 1
    return None


def of_python(run: Run, target: Value, kind: str) -> ServerCommand:
    """A program of which only its code, a "module" or a "file", knows whether it serves."""
    unknown = Processes(1, False, Given("", target, "code"))
    line = run.words[0].line
    return ServerCommand(
        "python", line, target, kind, {}, "", "", unknown, "", False, run.folder, run.is_certain,
        run.words,
    )  # fmt: skip


def _configure(
    row: server_options.Row,
    options: Options,
    configuration: Callable[[str], Configuration | None],
) -> None:
    """Adds what the server's own file says: more than defaults, less than all else."""
    named = options.settings.get("configuration")
    path = known(named.value) if named is not None else row.get("configuration")
    if "configuration" not in row and not row.get("configuration_without_default"):
        return
    found = configuration(path.removeprefix("file:")) if path is not None else None
    if found is None:
        options.is_open = options.is_open or named is not None
        return
    for name, value in found.items():
        flag = "--" + name.replace("_", "-")
        setting = _NAMES.get(name) or row.get("options", {}).get(flag, name)
        if setting not in options.settings:
            options.settings[setting] = Given(name, value, "configuration")


_NAMES = {
    "keepalive": "keep_alive", "preload_app": "preload", "chdir": "folder", "wsgi_app": "app",
}  # fmt: skip


def _target(row: server_options.Row, options: Options) -> tuple[Value | None, str]:
    kind = row["target"]
    target = options.words[0] if options.words else None
    if target is not None and (known(target) or "").endswith((".ini", ".yaml", ".yml")):
        target, options.is_open = None, True
    if target is None:
        for name in ("app", "entrypoint", "file"):
            if name in options.settings:
                kind = "file" if name == "file" else "application"
                target = options.settings[name].value
                break
    if kind == "none" and target is None:
        return None, "none"
    if kind == "none":
        return (None, "none") if "app" not in options.settings else (target, "application")
    return target, kind


def _worker_class(options: Options) -> str | None:
    setting = options.settings.get("worker_class")
    return known(setting.value) if setting is not None else "sync"


def _worker_kind(row: server_options.Row, options: Options) -> str:
    if "without_threads" in options.settings:
        return "sync"
    if "gevent" in options.settings:
        return "greenlets"
    if row["stack"] != "class":
        usual = row.get("kind", "loop" if row["stack"] == "asgi" else "")
        return str(usual) or _threaded(options)
    if "worker_class" not in options.settings and options.is_open:
        return ""
    name = _worker_class(options)
    known_classes = {**table("servers")["asgi_classes"], **table("servers")["wsgi_classes"]}
    kind = str(known_classes.get(name, ""))
    return _threaded(options) if kind == "sync" else kind


def _threaded(options: Options) -> str:
    threads = options.settings.get("threads")
    if threads is None:
        return "" if options.is_open else "sync"
    if isinstance(threads.value, Unknown):
        return ""
    return "threads" if (server_options.number(threads) or 0) > 1 else "sync"


def _stack(row: server_options.Row, options: Options) -> str:
    if row["stack"] != "class":
        interface = options.settings.get("interface")
        text = known(interface.value) if interface is not None else None
        return "wsgi" if text == "wsgi" else str(row["stack"])
    name = _worker_class(options)
    if name in table("servers")["asgi_classes"]:
        return "asgi"
    if "worker_class" not in options.settings and options.is_open:
        return ""
    return "wsgi" if name in table("servers")["wsgi_classes"] else ""


def addresses(command: ServerCommand) -> tuple[Value, ...]:
    """Where a command listens: `host:port` or `unix:path`.

    What is not said is the program's default, with the command's line; empty where that is not
    known, as of a script of the project.
    """
    uds, bind, port = command.value("uds"), command.value("bind"), command.value("port")
    if uds is not None:
        return (_joined("unix:", uds), *([bind] if bind is not None else []))
    if bind is not None:
        return (bind,)
    default = command.default("bind")
    if port is None and default is not None:
        return (default,)
    port = port or command.default("port")
    if port is None:
        return ()
    host = command.value("host") or command.default("host")
    return (_joined(f"{host.text if host is not None else ''}:", port),)


def _joined(head: str, value: Value) -> Value:
    is_known = isinstance(value, Word) and "$" not in head
    return (Word if is_known else Unknown)(head + value.text, value.line)
