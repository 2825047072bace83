"""From the commands of a script to the programs that serve, through scripts that these call."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from lg_lint.deploy.following import File, Started, followed
from lg_lint.deploy.gunicorn_conf import read_gunicorn_conf
from lg_lint.deploy.place import Word
from lg_lint.deploy.pyproject import read_pyproject
from lg_lint.deploy.server_command import (
    Configuration,
    ServerCommand,
    of_python,
    server_command,
)
from lg_lint.deploy.shell import Run, Script
from lg_lint.deploy.shell.prefixes import program_name
from lg_lint.deploy.values import Environment, Value, known
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.hosting.servers.layout import Layout
from lg_lint.model.hosting.servers.records import Process


class Machine(Struct):
    """What a program is started on: its files, its variables, and what is said of its service.

    `origins` says of variables in which file they are given, `is_open` that there may be more.
    `arguments` are the words, with their lines, that another file than `path` adds to a command.
    """

    files: DeploymentFiles
    layout: Layout
    path: str
    environment: Environment = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False
    name: str = ""
    names: tuple[str, ...] = ()
    ports: tuple[Value, ...] = ()
    instances: Value | None = None
    grace: Value | None = None
    dockerfile: str = ""
    arguments: Mapping[tuple[str, int], str] = field(default_factory=dict)
    published: tuple[Value, ...] = ()

    def processes(self, script: Script) -> Iterator[Process]:
        """The programs that serve, of those that a script of `path` starts.

        One of which only its code knows whether it serves has ended where the next one starts.
        """
        found = followed(script, self.environment, self._find, self.path)
        for path, unread in found.unread:
            if path != self.path:
                self.files.tell(path, [unread])
        started = [(each.run, made) for each in found.started for made in self._served(each)]
        for at, (run, made) in enumerate(started):
            is_last = not any(later.is_certain for later, _ in started[at + 1 :])
            if is_last or run.is_background or made.command.program != "python":
                yield made

    def _find(self, name: str, folder: str | None) -> File | None:
        """The file that a command names, whose programs are then part of this machine."""
        for origin in self._origins(folder, name):
            data = self.files.data(origin)
            if data is not None:
                self.files.followed.add(origin)
                return File(origin, data)
        return None

    def _served(self, started: Started) -> Iterator[Process]:
        settings: list[str] = []
        run = started.run
        command = server_command(run, started.environment, self._settings(run, settings))
        if command is None:
            command = self._console_script(run)
        if command is not None:
            yield self._process(command, started, settings[0] if settings else "")

    def _console_script(self, run: Run) -> ServerCommand | None:
        """A program that the project's own pyproject.toml declares: the module that it calls."""
        name = program_name(run.words[0])
        for origin in self._origins(run.folder, "pyproject.toml") if name else ():
            data = self.files.data(origin) or b""
            target = read_pyproject(data).scripts.get(name) if name.encode() in data else None
            if target is not None:
                module = Word(target.text.partition(":")[0], run.words[0].line)
                return of_python(run, module, "module")
        return None

    def _process(self, command: ServerCommand, started: Started, conf: str) -> Process:
        run = started.run
        given = {**started.environment, **run.environment}
        return Process(
            command,
            getattr(run.words[0], "path", "") or started.path,
            self.layout.context,
            tuple(filter(os.path.isdir, dict.fromkeys(self._roots(command, given)))),
            self.name,
            self.names,
            self.ports,
            self.environment,
            self.origins,
            self.is_open,
            started.instances or self.instances,
            _grace(started) or self.grace,
            self.dockerfile,
            conf,
            self.arguments,
            self.published,
        )

    def _settings(self, run: Run, found: list[str]) -> Callable[[str], Configuration | None]:
        """Reads a server's own file of settings, and notes which one."""

        def read(name: str) -> Configuration | None:
            for origin in self._origins(run.folder, name):
                data = self.files.data(origin)
                if data is not None and origin.endswith(".py"):
                    conf = read_gunicorn_conf(data, {**self.environment, **run.environment})
                    if not conf.unread:
                        found.append(origin)
                        return conf.settings
            return None

        return read

    def _origins(self, folder: str | None, path: str) -> Iterator[str]:
        """The paths of the project that a path may mean where a command is started."""
        where = posixpath.join(folder or "", path)
        yield from self.layout.origins(where)
        if not where.startswith("/"):
            yield os.path.normpath(os.path.join(self.layout.context, where))

    def _roots(self, command: ServerCommand, given: Environment) -> Iterator[str]:
        """The folders of the project from which a command imports."""
        folders = [known(command.value("folder")) or "."]
        folders += (known(given.get("PYTHONPATH")) or "").split(":")
        for folder in filter(None, (each.strip() for each in folders)):
            yield from self._origins(command.folder, folder)
        yield from self._origins(command.folder, ".")


def _grace(started: Started) -> Value | None:
    grace = started.grace
    return Word(f"{grace.seconds:g}s", grace.line) if grace is not None else None
