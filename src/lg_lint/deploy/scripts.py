"""Scripts of a project that commands run, and files that scripts write, to be read next."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from lg_lint.deploy.shell.prefixes import program_name
from lg_lint.deploy.shell.records import Run, Written
from lg_lint.deploy.values import Value

_SHELLS = ("sh", "bash", "ash", "dash", "zsh", "source", ".")


class ScriptCall(Struct, frozen=True):
    """A script that a command runs, with its arguments: `read_script` takes them."""

    path: Value
    arguments: tuple[Value, ...]


def script_call(run: Run) -> ScriptCall | None:
    """The script that a command runs; None where it runs another program.

    `sh start.sh`, `./start.sh` and `/entrypoint` are calls, if a file of the project has that name:
    that is for the caller to find out.
    """
    name = program_name(run.words[0])
    if name in _SHELLS:
        at = 1
        while at < len(run.words) and run.words[at].text.startswith(("-", "+")):
            at += 2 if run.words[at].text in ("-o", "+o", "-O") else 1
        if at >= len(run.words):
            return None
        return ScriptCall(run.words[at], run.words[at + 1 :])
    text = run.words[0].text
    if text.startswith("-"):
        return None
    if name.endswith((".sh", ".bash")) or ("/" in text and "." not in name):
        return ScriptCall(run.words[0], run.words[1:])
    return None


def files_of(writes: Iterable[Written]) -> tuple[Written, ...]:
    """One record a file, where a file is written line by line: what is appended stands below.

    `line` is that of the first write. What may not be written is left out where another write is
    sure, and else is kept.
    """
    found: dict[tuple[str, str | None], Written] = {}
    for each in writes:
        key = (each.path.text, each.folder)
        before = found.get(key)
        if before is None or (each.is_certain and not each.appends):
            found[key] = each
        elif each.is_certain or not before.is_certain:
            lines = (*before.lines, *each.lines)
            found[key] = Written(
                before.path, lines, before.line, before.appends, before.folder, before.is_certain
            )
    return tuple(found.values())
