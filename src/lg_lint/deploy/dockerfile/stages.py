"""Stages of a Dockerfile: what each starts, in which environment, and which files it holds."""

from __future__ import annotations

from msgspec import Struct, field

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.shell.records import Written
from lg_lint.deploy.values import Value


class Form(Struct, frozen=True):
    """What CMD, ENTRYPOINT or a health check runs, or what stands in their place elsewhere.

    `words` are those of the exec form; of the shell form they are empty, and `lines` hold the
    script, for the shell that `shell` names. `CMD []` has neither.
    """

    line: int
    words: tuple[Value, ...] = ()
    lines: tuple[Word, ...] = ()
    shell: tuple[str, ...] = ("/bin/sh", "-c")


class Copy(Struct, frozen=True):
    """`COPY sources target`; `stage` is what `--from` names, None for the build context."""

    sources: tuple[Value, ...]
    target: Value
    line: int
    stage: Value | None = None


class Stage(Struct):
    """One stage, with what it has from the stage that it begins with.

    `base` is an image or a stage before, of which `parent` is then the index. `environment` are the
    variables that a container gets (ENV), `arguments` those of the build alone (ARG). `folder` is
    the WORKDIR, "" where none is set, None where it is not known. `ports` are those of EXPOSE.
    """

    name: str
    line: int
    base: Value
    parent: int | None = None
    command: Form | None = None
    entrypoint: Form | None = None
    healthcheck: Form | None = None
    environment: dict[str, Value] = field(default_factory=dict)
    arguments: dict[str, Value] = field(default_factory=dict)
    folder: str | None = ""
    ports: tuple[Value, ...] = ()
    copies: tuple[Copy, ...] = ()
    writes: tuple[Written, ...] = ()
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    stop_signal: Value | None = None


class Dockerfile(Struct, frozen=True):
    """The stages of a file, in order, and what could not be read of it."""

    stages: tuple[Stage, ...] = ()
    unread: tuple[Unread, ...] = ()

    def stage(self, target: str | None = None) -> Stage | None:
        """The stage that is built: the one named, or numbered, else the last.

        None where there is no such stage.
        """
        if target is None:
            return self.stages[-1] if self.stages else None
        for stage in self.stages:
            if stage.name.lower() == target.lower():
                return stage
        is_number = target.isdigit() and len(target) < 6
        if is_number and int(target) < len(self.stages):
            return self.stages[int(target)]
        return None
