"""Deployments of a project, and the programs that serve in each."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from lg_lint.deploy.server_command import ServerCommand
from lg_lint.deploy.server_options import Given
from lg_lint.deploy.values import Environment, Value
from lg_lint.model.web.applications import Host, Served


class Question(Struct, frozen=True):
    """Something that no file says, and without which a join is no fact."""

    path: str
    line: int
    text: str


class Process(Struct, eq=False):
    """A program that serves, as one deployment starts it.

    `command` says how: program, settings, kind and number of workers. It stands in the file `path`
    at `command.line`; `place_of` gives the file and line of one of its settings.
    `name` is that of its service, `names` are the names under which others reach it (a compose
    service, its container name). `ports` are those at which it listens, as far as files say.
    `environment` are the variables that it gets, each of a file in `origins`; `is_open` where there
    may be more, as in an `env_file` that is not there.
    `instances` is how often the service runs (compose `replicas`), None for once. `grace` is what
    it has after SIGTERM, None where no file says so: the default of its kind counts.
    `dockerfile` is the file that its image is made of, "" where no image is known.
    `roots` are folders of the project from which its modules may be imported, the likeliest first,
    `area` the folder in which its code stands.
    `configuration` is the file of settings that the server has read itself, "" for none.
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
    `is_sure` it is a guess that these belong together.
    """

    title: str
    paths: tuple[str, ...]
    processes: list[Process] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    is_sure: bool = True


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
        return not self.question
