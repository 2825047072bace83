"""Follows a Dockerfile from instruction to instruction, without building anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lg_lint.deploy.dockerfile.instructions import Document, Instruction, json_words
from lg_lint.deploy.dockerfile.stages import Copy, Form, Stage
from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.shell import read_script
from lg_lint.deploy.shell.builtins import MOST_NAMES, change_folder, started
from lg_lint.deploy.shell.expanding import State, expanded, one_value, row_text
from lg_lint.deploy.shell.lexing import Lexer
from lg_lint.deploy.shell.records import Written
from lg_lint.deploy.shell.tree import Piece
from lg_lint.deploy.values import Environment, Unknown, Value

_SHELLS = ("sh", "bash", "ash", "dash", "zsh")
_STAGES = 200


class Build:
    """The stages so far. `given` are arguments of the build, which win over a file's defaults."""

    def __init__(self, given: Environment) -> None:
        self.stages: list[Stage] = []
        self.unread: list[Unread] = []
        self._given = given
        self._global: dict[str, Value] = {}

    def take(self, instruction: Instruction) -> None:
        """Follows one instruction."""
        if instruction.name == "FROM":
            self._from(instruction)
        elif instruction.name == "ARG":
            self._arg(instruction)
        elif self.stages and instruction.name in _HANDLERS:
            _HANDLERS[instruction.name](self, self.stages[-1], instruction)

    def _from(self, instruction: Instruction) -> None:
        words = _words(instruction, {**self._global, **self._given_globals()})
        if not words or len(self.stages) >= _STAGES:
            self.unread.append(Unread(instruction.line, "a stage that cannot be read"))
            return
        name = words[2].text if len(words) > 2 and words[1].text.lower() == "as" else ""
        parent = self._index(words[0].text)
        stage = Stage(name, instruction.line, words[0], parent)
        if parent is not None:
            before = self.stages[parent]
            stage.command, stage.entrypoint = before.command, before.entrypoint
            stage.healthcheck, stage.shell = before.healthcheck, before.shell
            stage.environment = dict(before.environment)
            stage.folder, stage.ports = before.folder, before.ports
            stage.copies, stage.writes = before.copies, before.writes
            stage.stop_signal = before.stop_signal
        self.stages.append(stage)

    def _given_globals(self) -> dict[str, Value]:
        return {name: value for name, value in self._given.items() if name in self._global}

    def _index(self, name: str) -> int | None:
        for index in range(len(self.stages) - 1, -1, -1):
            if self.stages[index].name and self.stages[index].name.lower() == name.lower():
                return index
        return None

    def _arg(self, instruction: Instruction) -> None:
        stage = self.stages[-1] if self.stages else None
        target = self._global if stage is None else stage.arguments
        for piece in _pieces(instruction.lines):
            name, value = _assigned(piece, self._known(stage))
            if len(target) >= MOST_NAMES:
                return
            if name in self._given:
                value = self._given[name]
            elif value is None and stage is not None and name in self._global:
                value = self._global[name]
            target[name] = value if value is not None else Unknown(f"${name}", piece.line)

    def _known(self, stage: Stage | None) -> Environment:
        """What stands for a variable: ENV wins over ARG."""
        return self._global if stage is None else {**stage.arguments, **stage.environment}

    def _env(self, stage: Stage, instruction: Instruction) -> None:
        pieces = _pieces(instruction.lines)
        known = self._known(stage)
        if pieces and not _has_equals(pieces[0]):
            name, _, rest = instruction.text.partition(" ")
            text = rest.strip()
            if text[:1] in ("'", '"') and text.endswith(text[0]) and len(text) > 1:
                text = text[1:-1]
            row = Piece(Lexer.row(text), instruction.line)
            self._set(stage, name, one_value(row, _state(known)))
            return
        for piece in pieces:
            name, value = _assigned(piece, known)
            if value is not None:
                self._set(stage, name, value)

    @staticmethod
    def _set(stage: Stage, name: str, value: Value) -> None:
        if len(stage.environment) < MOST_NAMES:
            stage.environment[name] = value

    def _workdir(self, stage: Stage, instruction: Instruction) -> None:
        state = _state(self._known(stage))
        state.folder = stage.folder
        row = _pieces(instruction.lines, is_row=True)
        change_folder([one_value(piece, state) for piece in row[:1]], state)
        stage.folder = state.folder

    def _cmd(self, stage: Stage, instruction: Instruction) -> None:
        stage.command = _form(instruction, stage)

    def _entrypoint(self, stage: Stage, instruction: Instruction) -> None:
        """An ENTRYPOINT takes away a CMD that the stage has from its base."""
        stage.entrypoint = _form(instruction, stage)
        if stage.command is not None and stage.command.line < stage.line:
            stage.command = None

    def _healthcheck(self, stage: Stage, instruction: Instruction) -> None:
        first = instruction.lines[0] if instruction.lines else Word("", instruction.line)
        rows = list(instruction.lines)
        while rows and rows[0].text.strip() in ("\\", ""):
            rows.pop(0)
        if not rows or rows[0].text.strip().upper() == "NONE":
            stage.healthcheck = None
            return
        head, _, rest = rows[0].text.lstrip().partition(" ")
        if head.upper() != "CMD":
            self.unread.append(Unread(first.line, "a health check that cannot be read"))
            return
        inner = Instruction("CMD", rows[0].line, (), (Word(rest, rows[0].line), *rows[1:]))
        stage.healthcheck = _form(inner, stage)

    def _shell(self, stage: Stage, instruction: Instruction) -> None:
        words = json_words(instruction)
        if words:
            stage.shell = tuple(word.text for word in words)

    def _expose(self, stage: Stage, instruction: Instruction) -> None:
        words = _words(instruction, self._known(stage))
        stage.ports = (*stage.ports, *words)[:100]

    def _stopsignal(self, stage: Stage, instruction: Instruction) -> None:
        stage.stop_signal = next(iter(_words(instruction, self._known(stage))), None)

    def _copy(self, stage: Stage, instruction: Instruction) -> None:
        known = self._known(stage)
        words: Sequence[Value] | None = json_words(instruction)
        if words is None:
            words = _words(instruction, known)
        if len(words) < 2:
            return
        target = words[-1]
        for document in instruction.documents:
            lines = _document_lines(document, known)
            written = Written(target, lines, instruction.line, False, stage.folder)
            stage.writes = (*stage.writes, written)
        origin = next((flag for flag in instruction.flags if flag.text.startswith("--from=")), None)
        sources = tuple(word for word in words[:-1] if not word.text.startswith("<<"))
        if sources:
            source_stage = Word(origin.text[7:], origin.line) if origin is not None else None
            copy = Copy(sources, target, instruction.line, source_stage)
            stage.copies = (*stage.copies, copy)

    def _run(self, stage: Stage, instruction: Instruction) -> None:
        if stage.shell[0].rpartition("/")[2] not in _SHELLS:
            return
        words = json_words(instruction)
        lines: Sequence[Word] = instruction.lines
        if words is not None:
            return
        if instruction.documents and instruction.text.startswith("<<"):
            lines = instruction.documents[0].lines
        elif instruction.documents:
            lines = [*lines, *_with_ends(instruction.documents)]
        if not any(_may_write(line.text) for line in lines):
            return
        script = read_script(lines, self._known(stage))
        found = [_placed(each, stage.folder) for each in script.writes]
        stage.writes = (*stage.writes, *found)
        self.unread += script.unread


_HANDLERS: dict[str, Callable[[Build, Stage, Instruction], None]] = {
    "ENV": Build._env,
    "WORKDIR": Build._workdir,
    "CMD": Build._cmd,
    "ENTRYPOINT": Build._entrypoint,
    "HEALTHCHECK": Build._healthcheck,
    "SHELL": Build._shell,
    "EXPOSE": Build._expose,
    "STOPSIGNAL": Build._stopsignal,
    "COPY": Build._copy,
    "ADD": Build._copy,
    "RUN": Build._run,
}


def _may_write(text: str) -> bool:
    return ">" in text or "tee" in text


def _with_ends(documents: Sequence[Document]) -> list[Word]:
    """The lines of here-documents, as a shell reads them behind the command."""
    rows: list[Word] = []
    for document in documents:
        rows += document.lines
        end = rows[-1].line + 1 if rows else 1
        rows.append(Word(document.name, end))
    return rows


def _document_lines(document: Document, known: Environment) -> tuple[Word, ...]:
    if document.is_plain:
        return document.lines
    state = _state(known)
    return tuple(
        Word(row_text(Piece(Lexer.row(line.text), line.line), state), line.line)
        for line in document.lines
    )


def _placed(written: Written, folder: str | None) -> Written:
    """The folder of a file that a RUN writes, from where the RUN begins."""
    inner = State(folder=folder)
    if written.folder:
        change_folder((Word(written.folder, written.line),), inner)
    place = None if written.folder is None else inner.folder
    return Written(
        written.path, written.lines, written.line, written.appends, place, written.is_certain
    )


def _form(instruction: Instruction, stage: Stage) -> Form:
    words = json_words(instruction)
    if words is not None:
        return Form(instruction.line, words, (), stage.shell)
    return Form(instruction.line, (), instruction.lines, stage.shell)


def _state(known: Environment) -> State:
    return started(known, None)


def _pieces(lines: Sequence[Word], *, is_row: bool = False) -> list[Piece]:
    """The words of an instruction; with `is_row`, all of it as one."""
    found = [
        each
        for each in Lexer(lines, has_operators=False).tokens()
        if isinstance(each, Piece)
    ]  # fmt: skip
    if not is_row or len(found) < 2:
        return found
    parts = tuple(part for piece in found for part in piece.parts)
    return [Piece(parts, found[0].line)]


def _words(instruction: Instruction, known: Environment) -> tuple[Value, ...]:
    return expanded(_pieces(instruction.lines), _state(known))


def _has_equals(piece: Piece) -> bool:
    first = piece.parts[0] if piece.parts else None
    return first is not None and first.kind == "text" and "=" in first.text


def _assigned(piece: Piece, known: Environment) -> tuple[str, Value | None]:
    """`name=value`; None for a value that is not there."""
    if not _has_equals(piece):
        return "".join(part.text for part in piece.parts), None
    first = piece.parts[0]
    name, _, rest = first.text.partition("=")
    head = (type(first)("text", rest, rest, first.is_quoted),) if rest else ()
    return name, one_value(Piece((*head, *piece.parts[1:]), piece.line), _state(known))
