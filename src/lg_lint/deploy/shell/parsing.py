"""A shell script's statements from its tokens. What is not understood is skipped and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell.lexing import Lexer
from lg_lint.deploy.shell.tree import (
    Arms,
    Assignment,
    Background,
    Block,
    Branches,
    Chain,
    Function,
    Group,
    Loop,
    Mark,
    Node,
    Parsed,
    Piece,
    Pipe,
    Redirect,
    Simple,
)

MOST = 512 * 1024
_DEEPEST = 30
_CLOSERS = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}"))
_REDIRECTS = frozenset((">", ">>", "<", "<<", "<<-", "<<<", ">&", "<&", "&>", "&>>", ">|", "<>"))
_ARM_ENDS = frozenset((";;", ";&", ";;&"))


def parsed(lines: Sequence[Word]) -> Parsed:
    """The statements of a script that is given line by line. No text makes this raise."""
    if sum(len(line.text) for line in lines) > MOST:
        return Parsed(unread=[(lines[0].line, "more than 512 KiB")])
    lexer = Lexer(lines)
    tokens = lexer.tokens()
    parser = _Parser(tokens, lexer.unread)
    body: list[Node] = []
    while parser.at < len(tokens):
        body += parser.block()
        if parser.at < len(tokens):
            parser.skip()
    return Parsed(tuple(body), parser.unread[:20])


class _Parser:
    def __init__(self, tokens: list[Piece | Mark], unread: list[tuple[int, str]]) -> None:
        self.tokens = tokens
        self.unread = unread
        self.at = 0
        self._depth = 0

    def skip(self) -> None:
        """Passes a token that fits nowhere."""
        token = self.tokens[self.at]
        word = token.text if isinstance(token, Mark) else token.plain or "a word"
        self.unread.append((token.line, f"{word!r} stands where no command starts"))
        self.at += 1

    def block(self) -> Block:
        """Statements up to a word or an operator that closes a block."""
        found: list[Node] = []
        if self._depth > _DEEPEST:
            self.unread.append((self._line(), "nested too deeply"))
            self.at = len(self.tokens)
            return ()
        self._depth += 1
        while self.at < len(self.tokens):
            if self._mark("\n") or self._mark(";"):
                self.at += 1
                continue
            if self._closes():
                break
            before = self.at
            node = self._chain()
            if self._mark("&"):
                self.at += 1
                node = Background(node)
            found.append(node)
            if self.at == before:
                self.skip()
        self._depth -= 1
        return tuple(found)

    def _closes(self) -> bool:
        token = self.tokens[self.at]
        if isinstance(token, Mark):
            return token.text == ")" or token.text in _ARM_ENDS
        return token.plain in _CLOSERS

    def _chain(self) -> Node:
        parts, joints = [self._pipe()], []
        while self._mark("&&") or self._mark("||"):
            joints.append(self._mark_text())
            self.at += 1
            self._skip_lines()
            parts.append(self._pipe())
        return Chain(tuple(parts), tuple(joints)) if joints else parts[0]

    def _pipe(self) -> Node:
        is_negated = self._takes("!")
        parts = [self._command()]
        while self._mark("|"):
            self.at += 1
            self._skip_lines()
            parts.append(self._command())
        return Pipe(tuple(parts), is_negated) if is_negated or len(parts) > 1 else parts[0]

    def _command(self) -> Node:
        if self._mark("("):
            self.at += 1
            body = self.block()
            self._expect_mark(")")
            return Group(body, True, self._redirects())
        word = self._plain()
        build = self._compound().get(word or "")
        if build is not None:
            self.at += 1
            return build()
        if word and self._mark("(", 1) and self._mark(")", 2):
            self.at += 3
            return self._function(word)
        return self._simple()

    def _compound(self) -> dict[str, Callable[[], Node]]:
        return {
            "{": self._braces,
            "if": self._if,
            "for": self._for,
            "select": self._for,
            "while": lambda: self._while("while"),
            "until": lambda: self._while("until"),
            "case": self._case,
            "function": self._named_function,
        }

    def _braces(self) -> Node:
        body = self.block()
        self._takes("}")
        return Group(body, False, self._redirects())

    def _if(self) -> Node:
        arms = []
        while True:
            condition = self.block()
            self._takes("then")
            arms.append((condition, self.block()))
            if not self._takes("elif"):
                break
        otherwise = self.block() if self._takes("else") else ()
        self._takes("fi")
        self._redirects()
        return Branches(tuple(arms), otherwise)

    def _for(self) -> Node:
        name = self._plain() or ""
        while self.at < len(self.tokens) and self._plain() != "do":
            if self._closes() and not self._mark(")"):
                break
            self.at += 1
        return Loop("for", (), self._loop_body(), name)

    def _while(self, kind: str) -> Node:
        condition = self.block()
        return Loop(kind, condition, self._loop_body())

    def _loop_body(self) -> Block:
        self._takes("do")
        body = self.block()
        self._takes("done")
        self._redirects()
        return body

    def _case(self) -> Node:
        subject = self._piece() or Piece((), self._line())
        self._skip_lines()
        self._takes("in")
        arms = []
        while self.at < len(self.tokens):
            self._skip_lines()
            if self.at >= len(self.tokens) or self._takes("esac"):
                break
            before = self.at
            patterns = self._patterns()
            body = self.block()
            arms.append((patterns, body))
            if self.at < len(self.tokens) and self._mark_text() in _ARM_ENDS:
                self.at += 1
            if self.at == before:
                self.skip()
        return Arms(subject, tuple(arms))

    def _patterns(self) -> tuple[Piece, ...]:
        found = []
        if self._mark("("):
            self.at += 1
        while (piece := self._piece()) is not None:
            found.append(piece)
            if not self._mark("|"):
                break
            self.at += 1
        self._expect_mark(")")
        return tuple(found)

    def _named_function(self) -> Node:
        name = self._plain() or ""
        self.at += 1
        if self._mark("(") and self._mark(")", 1):
            self.at += 2
        return self._function(name)

    def _function(self, name: str) -> Node:
        self._skip_lines()
        if self._depth > _DEEPEST:
            return Function(name, ())
        self._depth += 1
        body = self._command()
        self._depth -= 1
        return Function(name, (body,))

    def _simple(self) -> Node:
        line = self._line()
        words: list[Piece] = []
        assignments: list[Assignment] = []
        redirects: list[Redirect] = []
        while self.at < len(self.tokens):
            redirects += self._redirects()
            piece = self._piece()
            if piece is None:
                if not (words and words[0].plain == "[[") or not self._as_word(words):
                    break
                continue
            assigned = None if words else self._assignment(piece)
            if assigned is not None:
                assignments.append(assigned)
                continue
            words.append(piece)
            if piece.plain == "]]" and words[0].plain == "[[":
                break
            if words[0].plain in _DECLARING and self._mark("("):
                words.pop()
                self._declared(piece, assignments)
        return Simple(line, tuple(words), tuple(assignments), tuple(redirects))

    def _declared(self, piece: Piece, assignments: list[Assignment]) -> None:
        assigned = self._assignment(piece)
        if assigned is not None:
            assignments.append(assigned)

    def _as_word(self, words: list[Piece]) -> bool:
        """Inside `[[ ... ]]` operators are words."""
        if self.at >= len(self.tokens) or self._mark("\n") or self._mark(";"):
            return False
        words.append(Piece((), self._line()))
        self.at += 1
        return True

    def _assignment(self, piece: Piece) -> Assignment | None:
        """What `name=value` assigns; None where the word is none."""
        first = piece.parts[0] if piece.parts else None
        if first is None or first.kind != "text" or first.is_quoted or "=" not in first.text:
            return None
        name, _, rest = first.text.partition("=")
        appends = name.endswith("+")
        name = name.removesuffix("+")
        if not is_name(name):
            return None
        if not rest and len(piece.parts) == 1 and self._mark("("):
            return Assignment(name, self._array(), appends, True)
        head = (type(first)("text", rest, rest),) if rest else ()
        return Assignment(name, (Piece((*head, *piece.parts[1:]), piece.line),), appends)

    def _array(self) -> tuple[Piece, ...]:
        self.at += 1
        found = []
        while self.at < len(self.tokens) and not self._mark(")"):
            token = self.tokens[self.at]
            if isinstance(token, Piece):
                found.append(token)
            self.at += 1
        self.at += 1
        return tuple(found)

    def _redirects(self) -> tuple[Redirect, ...]:
        found = []
        while self.at < len(self.tokens) and self._mark_text() in _REDIRECTS:
            mark = self.tokens[self.at]
            self.at += 1
            target = self._piece()
            if target is not None and isinstance(mark, Mark):
                found.append(Redirect(mark.text, target, mark.body))
        return tuple(found)

    def _piece(self) -> Piece | None:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if not isinstance(token, Piece):
            return None
        self.at += 1
        return token

    def _plain(self) -> str | None:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token.plain if isinstance(token, Piece) else None

    def _takes(self, word: str) -> bool:
        """Passes a keyword where it stands here."""
        if self._plain() != word:
            return False
        self.at += 1
        return True

    def _mark(self, text: str, ahead: int = 0) -> bool:
        at = self.at + ahead
        token = self.tokens[at] if at < len(self.tokens) else None
        return isinstance(token, Mark) and token.text == text

    def _mark_text(self) -> str:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token.text if isinstance(token, Mark) else ""

    def _expect_mark(self, text: str) -> None:
        if self._mark(text):
            self.at += 1

    def _skip_lines(self) -> None:
        while self._mark("\n"):
            self.at += 1

    def _line(self) -> int:
        return self.tokens[min(self.at, len(self.tokens) - 1)].line if self.tokens else 1


_DECLARING = frozenset(("declare", "local", "readonly", "typeset", "export"))


def is_name(text: str) -> bool:
    """Whether a text can name a shell variable."""
    return text.isascii() and text.isidentifier()
