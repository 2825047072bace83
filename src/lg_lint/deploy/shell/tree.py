"""Records of a shell script: its words with their expansions, and its statements."""

from __future__ import annotations

from typing import Union

from msgspec import Struct, field


class Part(Struct, frozen=True):
    """A piece of a word.

    `kind` is "text" (`text` is meant as it stands), "variable" (`text` is its name, `operator` and
    `default` the rest of `${name:-default}`) or "opaque" (a command or arithmetic substitution).
    `source` is what was written.
    """

    kind: str
    text: str
    source: str
    is_quoted: bool = False
    operator: str = ""
    default: tuple[Part, ...] = ()


class Piece(Struct, frozen=True):
    """A word as it is written, with the line on which it starts."""

    parts: tuple[Part, ...]
    line: int

    @property
    def plain(self) -> str | None:
        """The text of a word without quotes and expansions, as keywords are; else None."""
        if len(self.parts) != 1 or self.parts[0].is_quoted or self.parts[0].kind != "text":
            return None
        return self.parts[0].text if self.parts[0].text == self.parts[0].source else None


class Mark(Struct):
    """An operator, or the end of a line (`"\\n"`); a here-document's lines are its `body`."""

    text: str
    line: int
    body: tuple[Piece, ...] = ()


Token = Union[Piece, Mark]


class Assignment(Struct, frozen=True):
    """`name=value` or `name+=value`; of `name=(a b)` the values are several."""

    name: str
    values: tuple[Piece, ...]
    appends: bool = False
    is_array: bool = False


class Redirect(Struct, frozen=True):
    """`> target` and its kin; `body` are the lines of a here-document."""

    operator: str
    target: Piece
    body: tuple[Piece, ...] = ()


class Simple(Struct, frozen=True):
    """A command with its words."""

    line: int
    words: tuple[Piece, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    redirects: tuple[Redirect, ...] = ()


class Chain(Struct, frozen=True):
    """Commands joined by `&&` and `||`: `joints[i]` stands before `parts[i + 1]`."""

    parts: tuple[Node, ...]
    joints: tuple[str, ...]


class Pipe(Struct, frozen=True):
    """Commands whose output goes to the next; `is_negated` where `!` stands before them."""

    parts: tuple[Node, ...]
    is_negated: bool = False


class Group(Struct, frozen=True):
    """`{ ...; }`, or `( ... )` where `is_subshell`."""

    body: Block
    is_subshell: bool = False
    redirects: tuple[Redirect, ...] = ()


class Branches(Struct, frozen=True):
    """`if`: conditions with their blocks, in order, and what runs where none holds."""

    arms: tuple[tuple[Block, Block], ...]
    otherwise: Block = ()


class Loop(Struct, frozen=True):
    """`for`, `while` and `until`; `variable` is set for `for` alone."""

    kind: str
    condition: Block
    body: Block
    variable: str = ""


class Arms(Struct, frozen=True):
    """`case subject in patterns) block ;; esac`."""

    subject: Piece
    arms: tuple[tuple[tuple[Piece, ...], Block], ...]


class Function(Struct, frozen=True):
    """`name() body`."""

    name: str
    body: Block


class Background(Struct, frozen=True):
    """A command that the script does not wait for."""

    part: Node


Node = Union[Simple, Chain, Pipe, Group, Branches, Loop, Arms, Function, Background]
Block = tuple[Node, ...]


class Parsed(Struct):
    """A script's statements, and what could not be read of it: a line and a reason each."""

    body: Block = ()
    unread: list[tuple[int, str]] = field(default_factory=list)
