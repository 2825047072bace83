"""Whether a condition of a script holds, where known variables alone decide it."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from lg_lint.deploy.shell.expanding import State, one_value
from lg_lint.deploy.shell.tree import Block, Node, Part, Piece, Pipe, Simple
from lg_lint.deploy.values import Value, known, whole_number

_TESTS = frozenset(("[", "[[", "test"))
_NUMBERS = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
}


def is_test(node: Node) -> bool:
    """Whether a command does nothing but decide what is run next."""
    if isinstance(node, Pipe) and len(node.parts) == 1:
        return is_test(node.parts[0])
    return isinstance(node, Simple) and bool(node.words) and node.words[0].plain in _TESTS


def holds(block: Block, state: State) -> bool | None:
    """Whether a condition holds; None where it is not known."""
    if len(block) != 1:
        return None
    node = block[0]
    if isinstance(node, Pipe) and node.is_negated and len(node.parts) == 1:
        inner = holds(node.parts, state)
        return None if inner is None else not inner
    if not isinstance(node, Simple) or not node.words:
        return None
    name = node.words[0].plain
    if name in ("true", ":"):
        return True
    if name == "false":
        return False
    return _tested(node.words[1:], state) if name in _TESTS else None


def _tested(pieces: Sequence[Piece], state: State) -> bool | None:
    """What `[` says of its words. Each word is one value, as in `[[` and between quotes."""
    if any(_asks_for_text(part, state) for piece in pieces for part in piece.parts):
        return None
    words = [one_value(piece, state) for piece in pieces]
    if words and known(words[-1]) in ("]", "]]"):
        words.pop()
    is_negated = bool(words) and known(words[0]) == "!"
    found = _compared(words[1:] if is_negated else words)
    return found if found is None or not is_negated else not found


def _asks_for_text(part: Part, state: State) -> bool:
    """`${name:-}` of a name that no file sets: the script asks whether its caller did."""
    return (
        part.operator in (":-", "-")
        and not "".join(each.text for each in part.default)
        and part.text not in state.variables
    )


def _compared(words: Sequence[Value]) -> bool | None:
    texts = [known(word) for word in words]
    if len(words) == 2 and texts[0] in ("-z", "-n"):
        return None if texts[1] is None else (texts[1] == "") == (texts[0] == "-z")
    if len(words) != 3 or texts[0] is None or texts[2] is None:
        return None
    if texts[1] in ("=", "=="):
        return matches(texts[0], texts[2])
    if texts[1] == "!=":
        return not matches(texts[0], texts[2])
    compare = _NUMBERS.get(texts[1] or "")
    left, right = whole_number(words[0]), whole_number(words[2])
    if compare is None or left is None or right is None:
        return None
    return bool(compare(left, right))


def matches(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern of a shell."""
    if len(pattern) > 200 or pattern.count("*") > 8:
        return text == pattern
    return text == pattern or fnmatchcase(text, pattern)
