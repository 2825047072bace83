"""From the commands of a script to the programs that serve, through scripts that these call."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from lg_lint.deploy.gunicorn_conf import read_gunicorn_conf
from lg_lint.deploy.place import Unread
from lg_lint.deploy.scripts import script_call
from lg_lint.deploy.server_command import Configuration, ServerCommand, server_command
from lg_lint.deploy.shell import Run, Script, read_script
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import Environment, Value, known
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.hosting.servers.layout import Layout
from lg_lint.model.hosting.servers.records import Process

_DEEPEST = 4


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

    def processes(
        self, script: Script, path: str | None = None, depth: int = 0
    ) -> Iterator[Process]:
        """The programs of a script that serve; `path` is the file in which it stands.

        One of which only its code knows whether it serves has ended where the next one starts.
        """
        started = [
            (run, each)
            for run in script.runs
            for each in self._started(run, path or self.path, depth)
        ]
        for at, (run, each) in enumerate(started):
            is_last = not any(later.is_certain for later, _ in started[at + 1 :])
            if is_last or run.is_background or each.command.program != "python":
                yield each

    def _started(self, run: Run, path: str, depth: int) -> Iterator[Process]:
        settings: list[str] = []
        command = server_command(run, self.environment, self._settings(run, settings))
        if command is not None:
            yield self._process(command, run, path, settings[0] if settings else "")
            return
        called = script_call(run)
        text = known(called.path) if called is not None else None
        if called is None or text is None or depth > _DEEPEST:
            return
        for origin in self._origins(run.folder, text):
            data = self.files.data(origin)
            content = text_of(data) if data is not None else None
            if isinstance(content, Unread):
                self.files.tell(origin, [content])
            if isinstance(content, str):
                inner = read_script(
                    content, {**self.environment, **run.environment}, called.arguments
                )
                yield from self.processes(inner, origin, depth + 1)
                return

    def _process(self, command: ServerCommand, run: Run, path: str, conf: str) -> Process:
        given = {**self.environment, **run.environment}
        return Process(
            command,
            getattr(run.words[0], "path", "") or path,
            self.layout.context,
            tuple(filter(os.path.isdir, dict.fromkeys(self._roots(command, given)))),
            self.name,
            self.names,
            self.ports,
            self.environment,
            self.origins,
            self.is_open,
            self.instances,
            self.grace,
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
