"""What a script does, as far as it can be said without running it."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.values import Value


class Run(Struct, frozen=True):
    """A program that is started, with the prefixes taken off that only pass a command on.

    `words` are the program and its arguments; an unknown word that stands alone may be any number
    of words. `environment` holds what the script itself exports to it, over what its caller had.
    `unset` are the names that the script has taken away.
    `folder` is where it is started: "" for where the script began, relative to that unless it
    starts with "/"; None where it is not known. `is_certain` is False in a branch that may not be
    taken, and behind one that may have gone over to another program by `exec`. `is_open` says that
    a sourced file may have set further variables. `prefixes` are the names of the programs in front
    (`uv`, `tini`, `sh`). `is_background` where nothing waits for it.
    """

    words: tuple[Value, ...]
    line: int
    environment: dict[str, Value] = {}
    folder: str | None = ""
    is_certain: bool = True
    is_open: bool = False
    is_background: bool = False
    prefixes: tuple[str, ...] = ()
    input: Value | None = None
    output: Value | None = None
    unset: tuple[str, ...] = ()


class Written(Struct, frozen=True):
    """A file that a script writes with `echo`, `printf`, `cat` or `tee`.

    `lines` are the file's own, each with the line of the script that it comes from; variables that
    are not known stand in them as they were written. `folder` and `is_certain` are as in Run.
    """

    path: Value
    lines: tuple[Word, ...]
    line: int
    appends: bool = False
    folder: str | None = ""
    is_certain: bool = True


class Script(Struct, frozen=True):
    """The programs that a script starts, in order, the files that it writes, and what is unread."""

    runs: tuple[Run, ...] = ()
    writes: tuple[Written, ...] = ()
    unread: tuple[Unread, ...] = ()
