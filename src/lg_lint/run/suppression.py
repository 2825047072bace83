"""Ignore comments: what they say, what they hide, and which of them hide nothing.

    graph.invoke(x)  # lg-lint: ignore[LG101, blocking-sleep-in-node] reason
    # lg-lint: ignore[LG1] holds for the statement below
    # lg-lint: file-ignore[LG101]
    graph.invoke(x)  # noqa: LG101

A comment holds for the findings on its line, at the end of a statement for the whole statement,
on a line of its own for the statement below; for a `def` or `class` that is its decorators and
its header. Rows are those of the joined text where the file is a notebook.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, Union

from msgspec import Struct, field

from lg_lint.base.finding import Finding, Place
from lg_lint.base.suggest import suggest, suggest_rule
from lg_lint.rules.registry import names, rules_of, select
from lg_lint.sources.text import compiles

UNREADABLE, UNUSED, UNKNOWN = "LG000", "LG001", "LG002"
_ABOUT_COMMENTS = frozenset({UNUSED, UNKNOWN})

_OWN = re.compile(r"#\s*lg-lint:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<names>[^\]#]*)(?P<close>\])?)?")
_NOQA = re.compile(r"#\s*noqa\s*:\s*(?P<names>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)", re.IGNORECASE)
_FOREIGN_VERBS = frozenset({"disable", "enable", "noqa", "off", "skip"})
_COMMENT = re.compile(r"#\s*(?:lg-lint:|noqa\s*:(?P<rest>[^\r\n]*))", re.IGNORECASE)
_OURS = re.compile(r"\bLG\d|#\s*lg-lint:", re.IGNORECASE)
_LONG_LINE = 10_000
_MOST_COMPLAINTS = 500
"""Complaints of one file with a near name each: more are told without."""
_BLOCK, _FAR, _ANYWHERE = 16, 1_000, -1
_LINE_END = re.compile(r"\r\n|\n|\r")


class _Comment(NamedTuple):
    row: int
    column: int
    text: str
    alone: bool
    below: int
    """The next row with code where the comment stands alone, else its own."""


class Rows(NamedTuple):
    """A range of rows, the last included."""

    first: int
    last: int

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and self.first <= row <= self.last


_Target = tuple[Union[Rows, None], Union[Rows, None]]
"""The rows that a comment speaks of, and the statement that ends with it."""


class Pragma(Struct, eq=False):
    """One code, prefix or name in an ignore comment. `rows` is None for the whole file."""

    selector: str
    codes: frozenset[str]
    row: int
    column: int
    rows: Rows | None
    at_end: Rows | None
    foreign: bool = False
    used: bool = False

    def hides(self, code: str, place: Rows) -> bool:
        """Whether it hides findings of a rule in these rows."""
        if code not in self.codes:
            return False
        if self.rows is None or (self.at_end is not None and place.first in self.at_end):
            return True
        return self.rows.first <= place.last and place.first <= self.rows.last


def _blocks(pragma: Pragma) -> Iterable[int]:
    """The blocks of rows that a comment speaks of."""
    parts = [rows for rows in (pragma.rows, pragma.at_end) if rows is not None]
    if pragma.rows is None or any(rows.last - rows.first >= _FAR for rows in parts):
        return (_ANYWHERE,)
    return {row // _BLOCK for rows in parts for row in (*range(*rows, _BLOCK), rows.last)}


class Complaint(Struct, frozen=True):
    """An ignore comment that cannot be followed."""

    row: int
    column: int
    width: int
    message: str


class Pragmas(Struct):
    """The ignore comments of one file."""

    pragmas: list[Pragma] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    statements: list[Rows] = field(default_factory=list)
    _by_block: dict[int, list[Pragma]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Pragmas:
        """Read the comments of a file's text; no other file is tokenised than one that has some."""
        found = cls()
        if "lg-lint:" not in text and ("noqa" not in text.lower() or _marker(text) is None):
            return found
        comments, found.statements = _tokenize(text)
        for comment in comments:
            for match in _OWN.finditer(comment.text):
                found._add_own(comment, match)
            for match in _NOQA.finditer(comment.text):
                found._add_noqa(comment, match)
        return found

    @classmethod
    def of_lines(cls, text: str) -> Pragmas:
        """The same of a file that holds no Python: a line is a statement there."""
        found = cls()
        if "lg-lint:" in text:
            comments, found.statements = _scan_lines(_LINE_END.split(text))
            for comment in comments:
                for match in _OWN.finditer(comment.text):
                    found._add_own(comment, match)
        return found

    def hide(self, code: str, place: Place) -> bool:
        """Whether a comment hides a finding with a place here; notes the comments that do."""
        if not self.pragmas:
            return False
        header = statement_at(self.statements, place.row)
        last = max(place.row, min(place.end_row, header.last))
        hit = False
        for pragma in self._near(place.row, last):
            if pragma.hides(code, Rows(place.row, last)):
                pragma.used = hit = True
        return hit

    def _near(self, first: int, last: int) -> list[Pragma]:
        """The comments that may speak of these rows."""
        if not self._by_block:
            for pragma in self.pragmas:
                for block in _blocks(pragma):
                    self._by_block.setdefault(block, []).append(pragma)
        blocks = (
            range(first // _BLOCK, last // _BLOCK + 1) if last - first < _FAR else self._by_block
        )
        found = {id(each): each for block in blocks for each in self._by_block.get(block, ())}
        return [*self._by_block.get(_ANYWHERE, ()), *found.values()]

    def _target(self, comment: _Comment) -> _Target:
        row = comment.row
        holder = statement_at(self.statements, row)
        if not comment.alone:
            return Rows(row, row), holder if row == holder.last else None
        if row < holder.last:  # inside brackets or below a decorator
            return Rows(row, comment.below), None
        index = bisect_right(self.statements, row, key=lambda rows: rows.first)
        below = self.statements[index] if index < len(self.statements) else Rows(row, row)
        return Rows(row, below.last), None

    def _add_own(self, comment: _Comment, match: re.Match[str]) -> None:
        verb, names = match["verb"], match["names"]
        start = comment.column + match.start()
        width = len(match[0].rstrip())
        if verb not in ("ignore", "file-ignore"):
            near = suggest(verb, ("ignore", "file-ignore"))
            if near or verb in _FOREIGN_VERBS:
                near = near or '; write "ignore[...]"'
                self._complain(comment, start, width, f'no instruction "{verb}"{near}')
        elif names is None or not names.strip(" ,"):
            self._complain(comment, start, width, f'name the codes to ignore: "{verb}[LG101]"')
        elif not match["close"]:
            self._complain(comment, start, width, "the bracket of the ignore comment is not closed")
        else:
            target = (None, None) if verb == "file-ignore" else self._target(comment)
            named = set()
            for name in re.finditer(r"[^,\s][^,]*", names):
                column = comment.column + match.start("names") + name.start()
                selector = name[0].strip()
                if selector not in named:
                    named.add(selector)
                    self._add(comment, column, selector, target)

    def _add(self, comment: _Comment, column: int, selector: str, target: _Target) -> None:
        try:
            codes = select([selector])
        except KeyError:
            is_worth_it = len(self.complaints) < _MOST_COMPLAINTS
            near = suggest_rule(selector, names()) if is_worth_it else ""
            message = f'no rule "{selector}"{near}'
            self._complain(comment, column, len(selector), message)
            return
        if codes == select(["ALL"]):
            message = f'"{selector}" hides everything: name the codes to ignore'
            self._complain(comment, column, len(selector), message)
        else:
            self.pragmas.append(Pragma(selector, codes, comment.row, column, *target))

    def _add_noqa(self, comment: _Comment, match: re.Match[str]) -> None:
        codes = frozenset(re.split(r"[,\s]+", match["names"].upper())) & select(["ALL"])
        if codes:
            target = self._target(comment._replace(alone=False))
            column = comment.column + match.start()
            pragma = Pragma("noqa", codes, comment.row, column, *target, foreign=True)
            self.pragmas.append(pragma)

    def _complain(self, comment: _Comment, column: int, width: int, message: str) -> None:
        self.complaints.append(Complaint(comment.row, column, width, message))


class Suppressed(Struct, frozen=True):
    """What ignore comments leave: findings kept, findings hidden, findings about the comments."""

    kept: list[Finding]
    hidden: list[Finding]
    extra: list[Finding]


def suppress(
    findings: Iterable[Finding],
    pragmas: Mapping[str, Pragmas],
    *,
    checked: frozenset[str] | Callable[[str], frozenset[str]],
    reported: Collection[str],
) -> Suppressed:
    """Apply the ignore comments of all files, by path as findings have it.

    A comment at the primary place or at any step of the trace hides a finding. `findings` are all
    of the run, before any are left out by confidence or place: what a comment hides then counts as
    used. LG001 and LG002 are found in the `reported` files, LG001 only for rules all `checked`,
    everywhere or in the file.
    """
    kept: list[Finding] = []
    hidden: list[Finding] = []
    unreadable = set()
    for finding in findings:
        (hidden if _is_hidden(finding, pragmas) else kept).append(finding)
        if finding.code == UNREADABLE:
            unreadable.add(finding.place.path)
    extra: list[Finding] = []
    for path in reported:
        if path in pragmas:
            here = checked(path) if callable(checked) else checked
            use = frozenset() if path in unreadable else here
            for finding in _about_comments(path, pragmas[path], use):
                if finding.code in here:
                    (hidden if pragmas[path].hide(finding.code, finding.place) else extra).append(
                        finding
                    )
    return Suppressed(kept, hidden, extra)


def _is_hidden(finding: Finding, pragmas: Mapping[str, Pragmas]) -> bool:
    hits = [
        pragmas[each.path].hide(finding.code, each)
        for each in finding.places
        if each.path in pragmas
    ]
    return any(hits)


def _about_comments(path: str, pragmas: Pragmas, checked: frozenset[str]) -> Iterator[Finding]:
    """The findings about the comments of a file; nothing is unused that was not `checked`."""
    rules = {rule.code: rule for rule in rules_of(_ABOUT_COMMENTS)}
    for each in pragmas.complaints:
        place = Place(path, each.row, each.column, each.row, each.column + each.width)
        yield rules[UNKNOWN].finding(place, each.message)
    unused = [
        pragma
        for pragma in pragmas.pragmas
        if not (pragma.used or pragma.foreign or pragma.codes & _ABOUT_COMMENTS)
        and pragma.codes <= checked
    ]
    for pragma in unused:
        end = pragma.column + len(pragma.selector)
        place = Place(path, pragma.row, pragma.column, pragma.row, end)
        yield rules[UNUSED].finding(place, f"nothing to ignore here for {pragma.selector}")


def statements(text: str) -> list[Rows]:
    """The rows of each statement of a text; of a compound one, those of its header."""
    return _tokenize(text)[1]


def statement_at(known: list[Rows], row: int) -> Rows:
    """The statement that holds a row; the row itself where none does."""
    index = bisect_right(known, row, key=lambda rows: rows.first) - 1
    if index >= 0 and row in known[index]:
        return known[index]
    return Rows(row, row)


def _marker(text: str) -> int | None:
    """Where a comment starts that may be ours. The rest of a line is looked at once."""
    for found in _COMMENT.finditer(text):
        if found["rest"] is None or _OURS.search(found["rest"]):
            return found.start()
    return None


def _tokenize(text: str) -> tuple[list[_Comment], list[Rows]]:
    """The comments of a text that may be ours, and its statements, of compound ones the header."""
    import io
    import tokenize

    lines = _LINE_END.split(text)
    layout = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    comments: list[_Comment] = []
    statements: list[Rows] = []
    start = decorators = 0
    code = _next_code(lines)
    if max(map(len, lines)) > _LONG_LINE and not compiles(text):
        return _scan_lines(lines)  # each quote of an open string may be looked behind to the end
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
            row, column = token.start
            if token.type == tokenize.COMMENT and _marker(token.string) is not None:
                comments.append(_comment(lines, row, column, token.string, code))
            elif token.type == tokenize.NEWLINE:
                if lines[start - 1].lstrip().startswith("@"):
                    decorators = decorators or start
                else:
                    statements.append(Rows(decorators or start, row))
                    decorators = 0
                start = 0
            elif token.type not in layout and not start:
                start = row
    except (tokenize.TokenError, SyntaxError):
        return _scan_lines(lines)
    return comments, statements


def _scan_lines(lines: list[str]) -> tuple[list[_Comment], list[Rows]]:
    """The same of a text that does not parse, line by line."""
    comments: list[_Comment] = []
    statements: list[Rows] = []
    code = _next_code(lines)
    for row, line in enumerate(lines, start=1):
        marker = _marker(line)
        if marker is not None:
            comments.append(_comment(lines, row, marker, line[marker:], code))
        if not _is_bare(line):
            statements.append(Rows(row, row))
    return comments, statements


def _comment(lines: list[str], row: int, column: int, text: str, code: list[int]) -> _Comment:
    alone = not lines[row - 1][:column].strip()
    return _Comment(row, column + 1, text, alone, code[row + alone - 1])


def _next_code(lines: list[str]) -> list[int]:
    """By the row less one, the first row from there on that holds code."""
    found = [len(lines) + 1]
    for row in range(len(lines), 0, -1):
        found.append(found[-1] if _is_bare(lines[row - 1]) else row)
    return found[::-1]


def _is_bare(line: str) -> bool:
    """Whether a line holds no code."""
    stripped = line.strip()
    return not stripped or stripped.startswith("#")
