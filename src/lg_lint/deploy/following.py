"""Commands that lead to other files: a script, supervisord, a Makefile, npm, a Procfile, pm2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from lg_lint.deploy.makefile import read_makefile
from lg_lint.deploy.node_scripts import read_package, read_pm2
from lg_lint.deploy.place import Unread
from lg_lint.deploy.procfile import read_procfile
from lg_lint.deploy.pyproject import read_pyproject
from lg_lint.deploy.scripts import script_call
from lg_lint.deploy.services import Grace, Service, Services
from lg_lint.deploy.shell import Run, Script, read_script
from lg_lint.deploy.shell.builtins import joined
from lg_lint.deploy.shell.prefixes import program_name
from lg_lint.deploy.supervisord import read_supervisord
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import Environment, Value, known

_DEEPEST = 5
_FILES = 100
_MOST = 500


class File(Struct, frozen=True):
    """A file that was found: its name in the project, and its bytes."""

    path: str
    data: bytes


Find = Callable[[str, str | None], "File | None"]
"""Finds a file by the path that a command names, and the folder in which the command is started.

Paths are those of the machine that runs the command; None where the project has no such file.
"""


class Started(Struct, frozen=True):
    """A program that is started in the end.

    `path` is the file in which its command stands, "" for the one that was given. `environment` is
    what it is started with. `instances` and `grace` are those of the service that it is, None where
    it is none, or nothing is said.
    """

    run: Run
    path: str
    environment: Environment
    instances: Value | None = None
    grace: Grace | None = None


class Followed(Struct, frozen=True):
    """All programs in order, and what could not be read: a file's name and the place in it."""

    started: tuple[Started, ...] = ()
    unread: tuple[tuple[str, Unread], ...] = ()


def followed(script: Script, environment: Environment, find: Find, path: str = "") -> Followed:
    """The programs that a script starts, through the files that it names.

    A command whose file is not found stays as it is.
    """
    walk = _Walk(find)
    walk.script(script, environment, path, None)
    return Followed(tuple(walk.started), tuple(walk.unread[:50]))


class _Walk:
    def __init__(self, find: Find) -> None:
        self.started: list[Started] = []
        self.unread: list[tuple[str, Unread]] = []
        self._find = find
        self._left = _FILES
        self._open: list[tuple[str, tuple[Value, ...]]] = []

    def script(
        self, script: Script, environment: Environment, path: str, service: Service | None
    ) -> None:
        self.unread += [(path, each) for each in script.unread]
        for run in script.runs:
            if len(self.started) >= _MOST:
                return
            if not self._goes_on(run, {**environment, **run.environment}):
                given = (service.instances, service.grace) if service else (None, None)
                self.started.append(Started(run, path, environment, *given))

    def _goes_on(self, run: Run, environment: Environment) -> bool:
        """Follows a command into the file that it names; False where it names none."""
        folder = _folder(run)
        for name in _files(run):
            file = self._find(name, folder)
            key = (file.path, run.words) if file is not None else ("", ())
            if file is None or key in self._open or len(self._open) >= _DEEPEST:
                continue
            self._left -= 1
            if self._left < 0:
                return False
            self._open.append(key)
            self._file(run, file, environment)
            self._open.pop()
            return True
        return False

    def _file(self, run: Run, file: File, environment: Environment) -> None:
        read = _READERS.get(program_name(run.words[0]))
        if read is None:
            call = script_call(run)
            text = text_of(file.data)
            if isinstance(text, Unread):
                self.unread.append((file.path, text))
            elif call is not None:
                script = read_script(text, environment, call.arguments)
                self.script(_placed(script, run, run.folder), environment, file.path, None)
            return
        services = read(file.data, environment)
        self.unread += [(file.path, each) for each in services.unread]
        for service in _chosen(run, services):
            together = {**environment, **service.environment}
            folder = _folder(run) if service.folder is None else known(service.folder)
            self.script(_placed(service.script, run, folder), together, file.path, service)


def _placed(script: Script, run: Run, folder: str | None) -> Script:
    """The same, started in a folder, and as sure as the command is that leads to it."""
    if run.is_certain and not run.is_background and not run.is_open and folder == "":
        return script
    runs = tuple(_run_placed(each, run, folder) for each in script.runs)
    return Script(runs, script.writes, script.unread)


def _run_placed(each: Run, run: Run, folder: str | None) -> Run:
    place = each.folder
    if place is not None and not place.startswith("/"):
        place = None if folder is None else joined(folder, place)
    return Run(
        each.words, each.line, each.environment, place, each.is_certain and run.is_certain,
        each.is_open or run.is_open, each.is_background or run.is_background, each.prefixes,
        each.input, each.output, (*run.unset, *each.unset),
    )  # fmt: skip


def _folder(run: Run) -> str | None:
    """Where a command looks for its file: the folder that it is told, else its own."""
    told = next(iter(_option(run.words, *_FOLDERS.get(program_name(run.words[0]), ()))), None)
    if told is None or (run.folder is None and not told.startswith("/")):
        return run.folder
    return joined(run.folder or "", told)


def _files(run: Run) -> Iterator[str]:
    """The files that a command may lead to."""
    name = program_name(run.words[0])
    if name in _READERS:
        yield from _option(run.words, "-c", "-f", "--configuration", "--file", "--procfile")
        yield from _USUAL[name]
        if name.startswith("pm2"):
            yield from (word.text for word in run.words[1:] if known(word) is not None)
        return
    call = script_call(run)
    path = known(call.path) if call is not None else None
    if path is not None:
        yield path


def _option(words: Sequence[Value], *names: str) -> Iterator[str]:
    for at, word in enumerate(words[1:-1], 2):
        if word.text in names and known(words[at]) is not None:
            yield words[at].text


def _chosen(run: Run, services: Services) -> Sequence[Service]:
    """The services that a command starts: all of supervisord's, of others those that it names."""
    name = program_name(run.words[0])
    told = set(_option(run.words, *_FOLDERS.get(name, ())))
    words = [word.text for word in run.words[1:] if not word.text.startswith("-")]
    words = [word for word in words if word not in told]
    if name == "supervisord":
        return [each for each in services.services if each.is_started]
    if name in ("honcho", "foreman", "pm2", "pm2-runtime"):
        named = [each for each in services.services if each.name in words]
        return named or services.services
    if name == "make":
        return _with_needs([word for word in words if "=" not in word], services)
    names = [word for word in words if word not in ("run", "run-script")]
    return [each for each in services.services if each.name == next(iter(names), "")]


def _with_needs(targets: list[str], services: Services) -> list[Service]:
    """The services of a Makefile's targets, what they need first; without a target the first."""
    by_name = {each.name: each for each in services.services}
    waiting = targets[::-1] or [each.name for each in services.services[:1]]
    seen: set[str] = set()
    done: set[str] = set()
    found: list[Service] = []
    while waiting:
        name = waiting.pop()
        service = by_name.get(name)
        if service is None or name in done:
            continue
        if name in seen:
            done.add(name)
            found.append(service)
            continue
        seen.add(name)
        waiting += [name, *(need for need in service.needs[::-1] if need not in seen)]
    return found


def _tasks(data: bytes, environment: Environment) -> Services:
    found = read_pyproject(data, environment)
    return Services(found.tasks, found.unread)


_READERS: dict[str, Callable[[bytes, Environment], Services]] = {
    "supervisord": read_supervisord,
    "make": read_makefile,
    "npm": read_package,
    "pnpm": read_package,
    "yarn": read_package,
    "bun": read_package,
    "honcho": read_procfile,
    "foreman": read_procfile,
    "pm2": read_pm2,
    "pm2-runtime": read_pm2,
    "poe": _tasks,
}
_FOLDERS = {
    "make": ("-C", "--directory"),
    "npm": ("--prefix", "-C"),
    "pnpm": ("--dir", "-C"),
    "yarn": ("--cwd",),
}
_USUAL = {
    "supervisord": (
        "/etc/supervisord.conf",
        "/etc/supervisor/supervisord.conf",
        "supervisord.conf",
    ),
    "make": ("Makefile", "makefile"),
    "npm": ("package.json",),
    "pnpm": ("package.json",),
    "yarn": ("package.json",),
    "bun": ("package.json",),
    "honcho": ("Procfile",),
    "foreman": ("Procfile",),
    "pm2": ("ecosystem.config.js",),
    "pm2-runtime": ("ecosystem.config.js",),
    "poe": ("pyproject.toml",),
}
