"""Shell commands and scripts: which programs they start, and which files they write."""

from __future__ import annotations

from collections.abc import Sequence

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.shell.builtins import started
from lg_lint.deploy.shell.lexing import lines_of, plain_words
from lg_lint.deploy.shell.records import Run, Script, Written
from lg_lint.deploy.shell.running import Walk
from lg_lint.deploy.values import Environment, Value

__all__ = ["Run", "Script", "Written", "lines_of", "plain_words", "read_script", "read_words"]


def read_script(
    script: str | Sequence[Word],
    environment: Environment | None = None,
    arguments: Sequence[Value] | None = None,
    line: int = 1,
) -> Script:
    """What a script for a shell starts and writes. It never raises, whatever the text is.

    `script` is a text whose first line has the number `line`, or its lines, each with its own.
    `environment` is what is known of the variables that it starts with: `${V:-d}` of a name that
    is not in it is `d`, `$V` is unknown. `arguments` are `$1` and so on; None where its caller is
    not known.
    """
    lines = lines_of(script, line) if isinstance(script, str) else tuple(script)
    walk = Walk()
    if lines:
        _followed(walk, lines, environment, arguments)
    return walk.result()


def _followed(
    walk: Walk,
    lines: Sequence[Word],
    environment: Environment | None,
    arguments: Sequence[Value] | None,
) -> None:
    try:
        walk.script(lines, started(environment or {}, arguments))
    except RecursionError:
        walk.unread.append(Unread(lines[0].line, "nested too deeply"))


def read_words(words: Sequence[Value], environment: Environment | None = None) -> Script:
    """What a command starts whose words no shell sees, as `["sh", "-c", "..."]` of a Dockerfile.

    In the words themselves no variable counts; in a script that one of them is, they do.
    """
    walk = Walk()
    try:
        walk.words(words, started(environment or {}, None))
    except RecursionError:
        walk.unread.append(Unread(words[0].line, "nested too deeply"))
    return walk.result()
