"""Helm templates to YAML with lines, by the values that stand in the chart's `values.yaml`.

A small part of the template language is understood: `if`, `with`, `range`, `.Values.a.b`, the
chart's own helpers, `default`, `quote`, `toYaml` and the like. Everything else is a word of which
nothing is known, the same word for the same expression, so that names made in one way are seen to
be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from lg_lint.deploy.helm import expressions
from lg_lint.deploy.helm.expressions import Scope, Unknown, Value, Written
from lg_lint.deploy.place import Unread
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.yaml_nodes import (
    MOST_BYTES,
    Documents,
    Node,
    Source,
    Splice,
    compose,
    decoded,
    documents,
)

MOST_ROUNDS = 200
"""How often the parts of all loops are written at most."""
MOST_STEPS = 50_000
"""How many pieces of a template are written at most, those of loops and helpers each time."""
_MARGIN = 200
_MOST_PIECES = 20_000
_DEEPEST = 50
_DEEPEST_HELPER = 6
_blank = re.compile(r"\s*")
_words = re.compile(r"(if|with|range|define|block|else|end)\b(.*)", re.DOTALL)
_defined = re.compile(r'"([^"]*)"')
_token = re.compile(r"lgword\d+x")
_opening = ("if", "with", "range", "define", "block")


class Piece(Struct, eq=False):
    """A text, an action (`word` and what follows), or the block between two actions."""

    line: int
    text: str = ""
    word: str = ""
    body: list[Piece] = []
    otherwise: list[Piece] = []
    alone: bool = False


def values(data: bytes, path: str = "") -> Documents:
    """The values of a chart: `roots` holds them, where the file can be read."""
    return documents(data, path)


def helpers(data: bytes) -> dict[str, list[Piece]]:
    """What a file defines for other templates, by name."""
    if len(data) > MOST_BYTES or b"\0" in data[:1024]:
        return {}
    found = {}
    for piece in _parsed(decoded(data)):
        name = _defined.match(piece.text)
        if piece.word == "define" and name is not None:
            found[name[1]] = piece.body
    return found


def documents_of(
    data: bytes,
    chart: Sequence[Node],
    path: str = "",
    name: str = "",
    helped: Mapping[str, list[Piece]] | None = None,
) -> Documents:
    """The documents of a template.

    `chart` are the roots of the files with values, the one that wins first; without any, every
    value is unknown. `name` is the chart's; `helped` is what its other templates define.
    """
    if len(data) > MOST_BYTES:
        return Documents(unread=(Unread(1, f"larger than {MOST_BYTES // 1024} KiB"),))
    if b"\0" in data[:1024]:
        return Documents(unread=(Unread(1, "not a text"),))
    text = decoded(data)
    if "{{" not in text:
        return compose(Source(text, path))
    found = Documents()
    for marking in (True, False):
        writer = _Writer(path, Scope(tuple(chart), name), marking, helped or {})
        try:
            writer.write(_parsed(text), writer.root)
        except RecursionError:
            return Documents(unread=(Unread(1, "nested too deeply"),))
        if writer.size > MOST_BYTES:
            return Documents(unread=(Unread(1, f"writes more than {MOST_BYTES // 1024} KiB"),))
        found = compose(writer.source())
        if not found.unread:
            break
    return found


def _parsed(text: str) -> list[Piece]:
    """The pieces of a template. A block that is not closed ends with the text."""
    top: list[Piece] = []
    open_pieces: list[tuple[Piece, list[Piece]]] = []
    current, line, at = top, 1, 0
    for start, end, inner in _actions(text):
        before = text[at:start]
        if before:
            current.append(Piece(line, before.rstrip() if inner[:1] == "-" else before))
        line += text.count("\n", at, start)
        after = end
        if inner[-1:] == "-":
            after = _blank.match(text, end).end()  # type: ignore[union-attr]
        alone = _alone(text, start, end)
        current = _placed(inner.strip("-").strip(), line, alone, current, open_pieces)
        line += text.count("\n", start, after)
        at = after
    if at < len(text):
        current.append(Piece(line, text[at:]))
    return top


def _actions(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each action begins and ends, and what stands between its braces."""
    at = 0
    for _ in range(_MOST_PIECES):
        start = text.find("{{", at)
        if start < 0:
            return
        comment = text.startswith(("/*", "- /*"), start + 2)
        end = text.find("*/", start) if comment else start
        end = text.find("}}", end + 2) if end >= 0 else end
        if end < 0:
            return
        yield start, end + 2, text[start + 2 : end]
        at = end + 2


def _alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands on an action's line."""
    first = text.rfind("\n", max(0, start - _MARGIN), start) + 1
    last = text.find("\n", end, end + _MARGIN)
    before = text[max(first, start - _MARGIN) : start]
    return not before.strip() and not text[end : last if last >= 0 else end + _MARGIN].strip()


def _placed(
    inner: str,
    line: int,
    alone: bool,
    current: list[Piece],
    open_pieces: list[tuple[Piece, list[Piece]]],
) -> list[Piece]:
    """Puts an action where it belongs, and returns the list that what follows belongs to."""
    match = _words.match(inner)
    word, rest = (match[1], match[2].strip()) if match is not None else ("", inner)
    if word == "end":
        return open_pieces.pop()[1] if open_pieces else current
    if word == "else" and open_pieces:
        piece, outer = open_pieces[-1]
        if rest:
            kind, _, condition = rest.partition(" ")
            chained = Piece(line, condition.strip(), kind, [], [])
            piece.otherwise = [chained]
            open_pieces[-1] = (chained, outer)
            return chained.body
        piece.otherwise = []
        return piece.otherwise
    if word in _opening:
        piece = Piece(line, rest, word, [], [])
        current.append(piece)
        if len(open_pieces) < _DEEPEST:
            open_pieces.append((piece, current))
            return piece.body
        return current
    if not inner.startswith("/*"):
        current.append(Piece(line, inner, "=", alone=alone))
    return current


class _Writer:
    """Writes a template out.

    With `marking`, lines of which nothing is known become a key of their own, so that two mappings
    with the same ones are seen to be the same. In a list that is no YAML.
    """

    def __init__(
        self, path: str, root: Scope, marking: bool, helped: Mapping[str, list[Piece]]
    ) -> None:
        root.include = self.included
        self.helped = helped
        self.doubts = 0
        self.depth = 0
        self.path = path
        self.root = root
        self.marking = marking
        self.parts: list[tuple[str, int, int]] = []
        self.tokens: dict[str, str] = {}
        self.splices: dict[str, Splice] = {}
        self.doubtful: set[int] = set()
        self.rounds = 0
        self.size = 0
        self.steps = 0
        self._doubtful = 0

    def write(self, pieces: list[Piece], scope: Scope) -> None:
        for piece in pieces:
            self.steps += 1
            if self.steps > MOST_STEPS:
                self.size = MOST_BYTES + 1
                return
            if not piece.word:
                self._text(piece.text, piece.line)
            elif piece.word == "=":
                self._action(piece, scope)
            elif piece.word in ("if", "with"):
                self._choice(piece, scope)
            elif piece.word == "range":
                self._loop(piece, scope)

    def source(self) -> Source:
        """The text that was written, with the line of the template for each row."""
        text = "".join(part for part, _, _ in self.parts)
        rows: list[int] = []
        first = 0
        blank = True
        for part, line, step in self.parts:
            for index, row in enumerate(part.split("\n")):
                if index:
                    rows.append(first or line + index * step)
                    first, blank = 0, True
                if (row.strip() and blank) or not first:
                    first, blank = line + index * step, not row.strip()
        rows.append(first or 1)
        return Source(text, self.path, tuple(rows), self.splices, _token, frozenset(self.doubtful))

    def included(self, name: str, scope: Scope) -> Written | None:
        """What a helper writes; None for one that is not there."""
        if name not in self.helped or self.depth >= _DEEPEST_HELPER or self.rounds > MOST_ROUNDS:
            return None
        self.rounds += self.depth > 2
        parts, doubts = self.parts, self.doubts
        self.parts, self.depth = [], self.depth + 1
        self.write(self.helped[name], scope)
        text = "".join(part for part, _, _ in self.parts).strip()
        self.parts, self.depth = parts, self.depth - 1
        unknown = any(isinstance(self.splices[word], str) for word in _token.findall(text))
        return Written(name, text, not unknown and self.doubts == doubts)

    def _text(self, text: str, line: int) -> None:
        if self._doubtful and not self.depth:
            self.doubtful.update(range(line, line + text.count("\n") + 1))
        self._put(text, line, 1)

    def _put(self, text: str, line: int, step: int = 0) -> None:
        """Writes a text: its rows are those of the template with a `step` of 1, else all one."""
        self.size += len(text)
        if self.size <= MOST_BYTES:
            self.parts.append((text, line, step))

    def _action(self, piece: Piece, scope: Scope) -> None:
        if expressions.assigns(piece.text, scope):
            return
        doubts = self.doubts
        found, indent = expressions.written(piece.text, scope)
        if self.doubts > doubts and not self.depth:
            self.doubtful.add(piece.line)
        if isinstance(found, Written) and piece.alone and indent < 0:
            self._put(found.text, piece.line)
            return
        if piece.alone and isinstance(found, Unknown) and (indent < 0 or not self.marking):
            self.doubts += 1
            return
        if indent < 0:
            self._text(self._word(found), piece.line)
            return
        self._put(self._block(found, indent), piece.line)

    def _word(self, found: Value) -> str:
        if isinstance(found, Node):
            return self._token(f"node {id(found.raw)}", found)
        if isinstance(found, Setting):
            return found.text
        if found is None:
            return ""
        if isinstance(found, Written):
            if found.certain and "\n" not in found.text:
                return found.text
            found = Unknown(f'include "{found.name}"')
        text = found.text if isinstance(found, Unknown) else "."
        return self._token(text, f"{{{{ {text} }}}}")

    def _block(self, found: Value, indent: int) -> str:
        """The lines of a mapping or list that is put in at an indentation."""
        margin = "\n" + " " * min(indent, 200)
        if isinstance(found, (Setting, Written)):
            return "".join(margin + row if row.strip() else "" for row in found.text.split("\n"))
        if isinstance(found, Unknown) and self.marking and found.text.startswith("include"):
            return f"{margin}{self._word(found)}: {self._word(found)}"
        if not isinstance(found, Node):
            return ""
        if found.kind == "mapping":
            keys = (
                f"{margin}{_quoted(key.text)}: {self._word(each)}" for key, each in found.items()
            )
            return "".join(keys)
        if found.kind == "sequence":
            return "".join(f"{margin}- {self._word(each)}" for each in found.elements())
        return margin + self._word(found)

    def _token(self, key: str, splice: Splice) -> str:
        token = self.tokens.get(key)
        if token is None:
            token = self.tokens[key] = f"lgword{len(self.tokens)}x"
            self.splices[token] = splice
        return token

    def _choice(self, piece: Piece, scope: Scope) -> None:
        found = expressions.value(piece.text, scope)
        holds = expressions.holds(found)
        inner = scope if piece.word == "if" else scope.inside(found)
        if holds is None:
            self.doubts += 1
            self._doubtful += 1
            self.write(piece.body, inner)
            self._doubtful -= 1
        elif holds:
            self.write(piece.body, inner)
        else:
            self.write(piece.otherwise, scope)

    def _loop(self, piece: Piece, scope: Scope) -> None:
        names, collection = expressions.loop(piece.text)
        found = expressions.value(collection, scope)
        if not isinstance(found, Node):
            if isinstance(found, Unknown):
                self._doubtful += 1
                self.write(piece.body, scope.inside(found))
                self._doubtful -= 1
            else:
                self.write(piece.otherwise, scope)
            return
        each: list[tuple[Value, Node]] = [
            *((Setting(key.text, key.line), node) for key, node in found.items()),
            *((None, node) for node in found.elements()),
        ]
        for key, node in each:
            if self.rounds >= MOST_ROUNDS:
                return
            self.rounds += 1
            self.write(piece.body, scope.inside(node, names, key))
        if not each:
            self.write(piece.otherwise, scope)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\n", " ") + "'"
