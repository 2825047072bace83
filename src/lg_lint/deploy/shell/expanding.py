"""What a word means under known variables: what is not known stays so, and is never guessed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell.tree import Part, Piece
from lg_lint.deploy.values import Unknown, Value

_LONGEST = 64 * 1024
_ROOM = 4 * 1024 * 1024


class State(Struct):
    """What is known at one point of a script.

    `variables` holds texts and, where a name was given a text that is not known, None. `exported`
    are the names that a started program sees. `arguments` are `$1` and so on, None where unknown.
    `folder` is where `cd` led, "" for where the script began, None where unknown. `is_open` says
    that a file was sourced: any variable may have been set by it. `unset` are the names that the
    script has taken away.
    """

    variables: dict[str, str | None] = field(default_factory=dict)
    arrays: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    arguments: tuple[Value, ...] | None = None
    folder: str | None = ""
    is_open: bool = False
    exports_all: bool = False
    unset: frozenset[str] = frozenset()
    room: list[int] = field(default_factory=lambda: [_ROOM])
    """How many characters variables may still become, in all states of one script."""

    def copy(self) -> State:
        """A state that changes without changing this one."""
        return State(
            dict(self.variables),
            dict(self.arrays),
            set(self.exported),
            self.arguments,
            self.folder,
            self.is_open,
            self.exports_all,
            self.unset,
            self.room,
        )


def expanded(pieces: Sequence[Piece], state: State) -> tuple[Value, ...]:
    """The words that a command gets for the words as they are written."""
    found: list[Value] = []
    for piece in pieces:
        found += _fields(piece, state)
    return tuple(found)


def one_value(piece: Piece, state: State) -> Value:
    """The value of a word that is not split: of an assignment or the target of a redirection."""
    return _value(_texts(piece.parts, state), piece)


def row_text(piece: Piece, state: State) -> str:
    """A line of a here-document: what is not known in it stays as it was written."""
    texts = zip(_texts(piece.parts, state), piece.parts)  # noqa: B905
    return "".join(part.source if text is None else text for text, part in texts)


def _fields(piece: Piece, state: State) -> list[Value]:
    if len(piece.parts) == 1 and piece.parts[0].kind == "variable":
        several = _several(piece.parts[0], piece, state)
        if several is not None:
            return several
    texts = _texts(piece.parts, state)
    if None in texts or not any(_splits(part) for part in piece.parts):
        return [_value(texts, piece)]
    return _split(texts, piece)


def _several(part: Part, piece: Piece, state: State) -> list[Value] | None:
    """The words of `"$@"` and `"${array[@]}"`; None for other variables."""
    if part.text.endswith("[@]"):
        array = state.arrays.get(part.text[:-3])
        state.room[0] -= 8 * len(array or ())
        if array is None or state.room[0] < 0:
            return [Unknown(part.source, piece.line)]
        return list(array)
    if part.text not in ("@", "*") or (part.text == "*" and part.is_quoted):
        return None
    if state.arguments is None:
        return [Unknown(part.source, piece.line)]
    if not state.arguments and part.operator in (":-", "-"):
        return [_value(_texts(part.default, state), piece)]
    if part.operator:
        return None
    state.room[0] -= sum(len(each.text) + 8 for each in state.arguments)
    if state.room[0] < 0:
        return [Unknown(part.source, piece.line)]
    return list(state.arguments) if part.is_quoted else _apart(state.arguments)


def _apart(values: Sequence[Value]) -> list[Value]:
    """Values that are not quoted: each falls apart at blanks."""
    found: list[Value] = []
    for value in values:
        if isinstance(value, Word):
            found += [Word(word, value.line) for word in value.text.split()]
        else:
            found.append(value)
    return found


def _splits(part: Part) -> bool:
    return part.kind == "variable" and not part.is_quoted


def _split(texts: Sequence[str | None], piece: Piece) -> list[Value]:
    """Unquoted variables fall apart at blanks; an empty one is no word."""
    words: list[str] = []
    is_open = False
    for text, part in zip(texts, piece.parts):  # noqa: B905
        text = text or ""
        if not _splits(part):
            words = [*words[:-1], words[-1] + text] if is_open else [*words, text]
            is_open = True
            continue
        pieces = text.split()
        if pieces and is_open and not text[0].isspace():
            words[-1] += pieces.pop(0)
        words += pieces
        is_open = bool(words) and not text[-1:].isspace() and (is_open or bool(pieces))
    return [Word(word, piece.line) for word in words]


def _value(texts: Sequence[str | None], piece: Piece) -> Value:
    source = "".join(part.source for part in piece.parts)
    if None in texts:
        return Unknown(_written(texts, piece.parts) or source or "?", piece.line)
    return Word("".join(text for text in texts if text is not None), piece.line)


def _written(texts: Sequence[str | None], parts: Sequence[Part]) -> str:
    """The known parts of a word with the others as they are written."""
    pairs = zip(texts, parts)  # noqa: B905
    return "".join(part.source if text is None else text for text, part in pairs)


def _texts(parts: Sequence[Part], state: State) -> list[str | None]:
    found: list[str | None] = []
    size = 0
    for part in parts:
        text = part.text if part.kind == "text" else _expansion(part, state)
        if text is not None and part.kind != "text":
            size += len(text)
            state.room[0] -= len(text)
        found.append(None if size > _LONGEST or state.room[0] < 0 else text)
    return found


def _expansion(part: Part, state: State) -> str | None:
    """The text of a variable, None where it is not known."""
    if part.kind == "opaque":
        return None
    is_set, text = _variable(part.text, state)
    operator = part.operator
    if not operator:
        return text
    if is_set and text is None:
        return None
    has_text = is_set and (text != "" or not operator.startswith(":"))
    if operator.endswith("?"):
        return text if has_text else None
    if not is_set and state.is_open:
        return None
    if operator.endswith("+"):
        return _joined(part.default, state) if has_text else ""
    if has_text:
        return text
    text = _joined(part.default, state)
    if operator.endswith("="):
        state.variables[part.text] = text
    return text


def _joined(parts: Sequence[Part], state: State) -> str | None:
    texts = _texts(parts, state)
    return None if None in texts else "".join(text for text in texts if text is not None)


def _variable(name: str, state: State) -> tuple[bool, str | None]:
    """Whether a variable is set as far as is known, and its text."""
    if name in state.variables:
        return True, state.variables[name]
    if name in state.arrays:
        first = state.arrays[name][:1]
        return True, first[0].text if first and isinstance(first[0], Word) else None
    if name.isdigit() or name in ("#", "@", "*"):
        return _argument(name, state)
    return False, None


def _argument(name: str, state: State) -> tuple[bool, str | None]:
    arguments = state.arguments
    if arguments is None:
        return False, None
    uncertain_at = next(
        (at for at, each in enumerate(arguments) if isinstance(each, Unknown)), None
    )
    if name == "#":
        return True, str(len(arguments)) if uncertain_at is None else None
    if name in ("@", "*"):
        is_one = len(arguments) < 2 or name == "*"
        if is_one and all(isinstance(each, Word) for each in arguments):
            return bool(arguments), " ".join(each.text for each in arguments)
        return True, None
    if name == "0" or len(name) > 3:
        return True, None
    if uncertain_at is not None and int(name) > uncertain_at:
        return True, None  # an unknown word may be several
    if int(name) > len(arguments):
        return False, ""
    return True, arguments[int(name) - 1].text
