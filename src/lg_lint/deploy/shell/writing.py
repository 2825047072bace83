"""Files that a script writes itself: a here-document, `echo` line by line, `tee`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell.expanding import State, expanded, one_value, row_text
from lg_lint.deploy.shell.records import Written
from lg_lint.deploy.shell.tree import Node, Redirect, Simple
from lg_lint.deploy.values import Value, known

OUTPUTS = frozenset((">", ">>", ">|", "&>", "&>>"))
WRITERS = frozenset(("echo", "printf"))
_ESCAPES = (("\\n", "\n"), ("\\t", "\t"), ("\\\\", "\\"))


class Output(Struct):
    """Where the commands of a block write to; the first of them begins the file anew."""

    redirect: Redirect
    is_fresh: bool = True

    def appends(self) -> bool:
        """Whether the next command adds to what is there."""
        is_fresh, self.is_fresh = self.is_fresh, False
        return not is_fresh or self.redirect.operator.endswith(">>")


def written(
    node: Simple, words: Sequence[Value], state: State, outputs: Sequence[Output]
) -> tuple[Written, ...]:
    """The file that a command writes; `outputs` are those of the blocks around it."""
    lines = _lines(node, words, state)
    if lines is None:
        return ()
    own = [each for each in node.redirects if each.operator in OUTPUTS]
    is_tee = bool(words) and known(words[0]) == "tee"
    if is_tee:
        return _to_files(words[1:], lines, node.line)
    if own:
        appends = own[-1].operator.endswith(">>")
        return (Written(one_value(own[-1].target, state), lines, node.line, appends),)
    if outputs:
        target = one_value(outputs[-1].redirect.target, state)
        return (Written(target, lines, node.line, outputs[-1].appends()),)
    return ()


def through_tee(source: Node, target: Simple, state: State) -> tuple[Written, ...]:
    """The file of `echo ... | tee file` and `cat <<EOF | sudo tee file`."""
    words = expanded(target.words, state)
    while words and known(words[0]) in ("sudo", "-E", "-n"):
        words = words[1:]
    if not words or known(words[0]) != "tee" or not isinstance(source, Simple):
        return ()
    lines = _lines(source, expanded(source.words, state), state)
    return _to_files(words[1:], lines, target.line) if lines is not None else ()


def _to_files(words: Sequence[Value], lines: tuple[Word, ...], line: int) -> tuple[Written, ...]:
    appends = any(known(word) in ("-a", "--append") for word in words)
    paths = [word for word in words if not word.text.startswith("-")]
    return tuple(Written(path, lines, line, appends) for path in paths[:4])


def _lines(node: Simple, words: Sequence[Value], state: State) -> tuple[Word, ...] | None:
    """What a command puts out; None where that is not known."""
    body = next((each for each in node.redirects if each.operator in ("<<", "<<-")), None)
    name = known(words[0]) if words else None
    while name in ("sudo", "command") and len(words) > 1:
        words = words[1:]
        name = known(words[0])
    if body is not None and name in ("cat", "tee", None):
        return tuple(Word(row_text(row, state), row.line) for row in body.body)
    if name == "echo":
        return _echoed(words[1:])
    if name == "printf" and len(words) > 1:
        return _printed(words[1], words[2:])
    return None


def _echoed(words: Sequence[Value]) -> tuple[Word, ...]:
    while words and known(words[0]) in ("-e", "-n", "-ne", "-en", "-E"):
        words = words[1:]
    text = " ".join(word.text for word in words)
    return _rows(_unescaped(text), words[0].line if words else 1, has_lines="\\n" not in text)


def _printed(form: Value, words: Sequence[Value]) -> tuple[Word, ...]:
    text = _unescaped(form.text)
    if "%" not in text:
        return _rows(text.removesuffix("\n"), form.line, has_lines="\\n" not in form.text)
    found: list[Word] = []
    for word in words[:200]:
        row = text[:4096].replace("%s", word.text, 1).replace("%b", word.text, 1).replace("%%", "%")
        found += _rows(row.removesuffix("\n"), word.line, has_lines=False)
    return tuple(found)


def _unescaped(text: str) -> str:
    for escape, char in _ESCAPES:
        text = text.replace(escape, char)
    return text


def _rows(text: str, line: int, *, has_lines: bool) -> tuple[Word, ...]:
    """The lines of a text; `has_lines` where each stands on a line of its own in the script."""
    rows = text.split("\n")
    return tuple(Word(row, line + index if has_lines else line) for index, row in enumerate(rows))
