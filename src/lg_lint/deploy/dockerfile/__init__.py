"""Dockerfiles: what a container starts, in which environment, with which files."""

from __future__ import annotations

from collections.abc import Sequence

from lg_lint.deploy.dockerfile.building import Build
from lg_lint.deploy.dockerfile.instructions import Document, Instruction, instructions
from lg_lint.deploy.dockerfile.stages import Copy, Dockerfile, Form, Stage
from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.shell import Script, read_script, read_words
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import Environment, Value

__all__ = [
    "Copy",
    "Document",
    "Dockerfile",
    "Form",
    "Instruction",
    "Stage",
    "instructions",
    "read_dockerfile",
    "started_by",
]


def read_dockerfile(data: bytes, arguments: Environment | None = None) -> Dockerfile:
    """The stages of a Dockerfile. Any bytes are accepted; what cannot be read is in `unread`.

    `arguments` are the build's own (`--build-arg`, compose's `args`). A file without FROM has no
    stage.
    """
    text = text_of(data)
    if isinstance(text, Unread):
        return Dockerfile(unread=(text,))
    found, unread = instructions(text)
    build = Build(arguments or {})
    for instruction in found:
        build.take(instruction)
    return Dockerfile(tuple(build.stages), (*unread, *build.unread[:20]))


def started_by(
    entrypoint: Form | None, command: Form | None, environment: Environment | None = None
) -> Script:
    """The programs that a container starts: the command's words follow the entry point's.

    An entry point in the shell form hears of no command. Where a script of the image comes out,
    `lg_lint.deploy.following.followed` goes on with it.
    """
    known = environment or {}
    if entrypoint is not None and entrypoint.lines:
        return _shell(entrypoint, known)
    if entrypoint is None or not entrypoint.words:
        if command is None:
            return Script()
        return _shell(command, known) if command.lines else read_words(command.words, known)
    return read_words((*entrypoint.words, *_as_words(command)), known)


def _shell(form: Form, environment: Environment) -> Script:
    if form.shell[0].rpartition("/")[2] in ("powershell", "pwsh", "cmd", "cmd.exe"):
        return Script(unread=(Unread(form.line, "a command for another shell"),))
    return read_script(form.lines, environment)


def _as_words(command: Form | None) -> Sequence[Value]:
    """The command as arguments: the shell form is `sh -c` with its text."""
    if command is None or not command.lines:
        return command.words if command is not None else ()
    line = command.lines[0].line
    text = "\n".join(row.text for row in command.lines)
    return (*(Word(word, line) for word in command.shell), Word(text, line))
