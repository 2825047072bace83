"""Deployments of a project, and the programs that serve in each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from lg_lint.deploy.cloud.platforms import Found, Platform
from lg_lint.deploy.kubernetes.clusters import Cluster
from lg_lint.deploy.place import Word
from lg_lint.deploy.server_command import ServerCommand
from lg_lint.deploy.server_options import Given
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.values import Environment, Value, known, whole_number
from lg_lint.model.web.applications import Host, Served


class Question(Struct, frozen=True):
    """Something that no file says, and without which a join is no fact."""

    path: str
    line: int
    text: str


class Text(Struct, frozen=True):
    """A configuration that stands in a file of another kind: its lines, each with its line there.

    `name` is what it is called where it is used.
    """

    path: str
    name: str
    lines: tuple[Word, ...]


class Carrier(Struct, frozen=True, eq=False):
    """A container, with what it is given of the project: whose configuration may be in it.

    `name` is that of its service, `names` are those under which others reach it. `image` is what it
    or its image begins with, `dockerfile` the file that this is made of. `sources` are files and
    folders, each with where the container sees it; `texts` are configurations that files of the
    deployment hold themselves. `published` are the ports of its machine at which it is reached.
    `is_on_host` where it shares the network of its machine; containers
    of one `unit` share one.
    """

    path: str
    line: int
    name: str = ""
    names: tuple[str, ...] = ()
    image: str = ""
    dockerfile: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    texts: tuple[Text, ...] = ()
    published: tuple[Value, ...] = ()
    is_on_host: bool = False
    unit: str = ""
    labels: Mapping[str, Setting] = {}

    def carries(self, path: str, program: str) -> bool:
        """Whether a file is there for a program to read: its image is that one, or the place."""
        is_one = program in self.image
        return any(
            (is_one or program in target.lower()) and is_below(path, source)
            for source, target in self.sources
        )


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _port_of(bind: str) -> int | None:
    text = bind.rpartition(":")[2]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


class Process(Struct, eq=False):
    """A program that serves, as one deployment starts it.

    `command` says how: program, settings, kind and number of workers. It stands in the file `path`
    at `command.line`; `place_of` gives the file and line of one of its settings.
    `name` is that of its service, `names` are the names under which others reach it (a compose
    service, its container name). `ports` are those at which it listens, as far as files say,
    `published` those of the machine that lead there.
    `environment` are the variables that it gets, each of a file in `origins`; `is_open` where there
    may be more, as in an `env_file` that is not there.
    `instances` is how often the service runs (compose `replicas`), None for once. `grace` is what
    it has after SIGTERM, None where no file says so: the default of its kind counts.
    `dockerfile` is the file that its image is made of, "" where no image is known.
    `roots` are folders of the project from which its modules may be imported, the likeliest first,
    `area` the folder in which its code stands.
    `configuration` is the file of settings that the server has read itself, "" for none.
    `unit` is what it is part of, such as a pod, `named_ports` are those of the services that lead
    there, `platform` says what runs it where a file of a platform does.
    `arguments` are the words, with their lines, that another file than `path` adds to the command.
    """

    command: ServerCommand
    path: str
    area: str
    roots: tuple[str, ...] = ()
    name: str = ""
    names: tuple[str, ...] = ()
    ports: tuple[Value, ...] = ()
    environment: Environment = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False
    instances: Value | None = None
    grace: Value | None = None
    dockerfile: str = ""
    configuration: str = ""
    arguments: Mapping[tuple[str, int], str] = field(default_factory=dict)
    published: tuple[Value, ...] = ()
    named_ports: tuple[Value, ...] = ()
    unit: str = ""
    platform: Platform | None = None

    @property
    def place(self) -> tuple[str, int]:
        """The file and the line of its command."""
        return self.path, self.command.line

    def own_ports(self) -> Iterator[int]:
        """The ports at which it listens itself, as its command says, or else its files."""
        command = self.command
        bind = known(command.value("bind"))
        port = whole_number(command.value("port") or command.default("port"))
        if bind is not None:
            port = _port_of(bind)
        elif port is None:
            port = _port_of(known(command.default("bind")) or "")
        if port is not None:
            yield port
        if port is None or (command.value("port") is None and bind is None):
            for each in self.ports:
                number = whole_number(each)
                if number is not None:
                    yield number

    def place_of(self, given: Given) -> tuple[str, int]:
        """Where a setting was said; where nobody said it, the command."""
        named = getattr(given.value, "path", "")
        if given.origin == "default":
            return self.path, self.command.line
        if named:
            return named, given.value.line
        if given.origin == "configuration":
            return self.configuration or self.path, given.value.line
        if given.origin == "environment":
            where = self.origins.get(given.name) or self.origins.get("GUNICORN_CMD_ARGS")
            return where or self.path, given.value.line
        if given.origin == "command":
            return self._path_of(given.value.text, given.value.line), given.value.line
        return self.path, given.value.line

    def _path_of(self, text: str, line: int) -> str:
        """The file of a word of the command, or of what stands in one behind an equals sign."""
        for (word, row), path in self.arguments.items():
            if row == line and (word == text or word.endswith(f"={text}")):
                return path
        return self.path


class Deployment(Struct, eq=False):
    """Programs that run together: those of one compose file, of one Procfile, of one image.

    Files beside each other are alternatives, and each is a deployment of its own: what one says is
    never mixed with what another says. `paths` are its files, later ones over earlier ones; without
    `is_certain` it is a guess that these belong together. `carriers` are all containers,
    `cluster` is what is applied with them, `found` what a platform's files say besides.
    """

    title: str
    paths: tuple[str, ...]
    processes: list[Process] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    is_certain: bool = True
    carriers: list[Carrier] = field(default_factory=list)
    cluster: Cluster | None = None
    found: Found | None = None


class Join(Struct, eq=False):
    """The application that a process serves.

    `module` is the file that the command names, None where it is not found; `hosts` are the
    application's identities, as `Applications` has them, and `served` its live responses.
    Where `question` is not empty it says why the join is not certain: nothing may be told of it as
    a fact.
    """

    deployment: Deployment
    process: Process
    module: str | None = None
    hosts: frozenset[Host] = frozenset()
    served: tuple[Served, ...] = ()
    question: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether nothing about it is open."""
        return not self.question
