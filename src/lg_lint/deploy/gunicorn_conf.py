"""gunicorn.conf.py: a Python file whose names at the top are settings. It is read, never run."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.python_values import Evaluation, Number, Text
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import AtLeast, Environment, Unknown, Value
from lg_lint.facts import tree


class GunicornConf(Struct, frozen=True):
    """The settings of a file by gunicorn's names, and what could not be read.

    A text, a number, a bool (`true`, `false`) is a Word, of a list its first item; a number that
    depends on the machine is AtLeast, any other expression is Unknown.
    """

    settings: dict[str, Value] = {}
    unread: tuple[Unread, ...] = ()


def read_gunicorn_conf(data: bytes, environment: Environment | None = None) -> GunicornConf:
    """The settings of a gunicorn.conf.py. Any bytes are accepted.

    `environment` is what `os.getenv` gives: of a name that is not in it, the default counts.
    """
    text = text_of(data)
    if isinstance(text, Unread):
        return GunicornConf(unread=(text,))
    from lg_lint.facts.extract import extract

    return gunicorn_settings(extract(text), environment)


def gunicorn_settings(
    facts: tree.ModuleFacts, environment: Environment | None = None
) -> GunicornConf:
    """The same of a file whose facts are there already."""
    if facts.error is not None:
        return GunicornConf(unread=(Unread(facts.error[0], facts.error[2]),))
    reader = _Reader(Evaluation(environment or {}))
    reader.block(facts.body, True)
    return GunicornConf(reader.settings)


class _Reader:
    def __init__(self, evaluation: Evaluation) -> None:
        self.settings: dict[str, Value] = {}
        self._evaluation = evaluation

    def block(self, block: tree.Block, is_certain: bool) -> None:
        """Follows statements; what a branch assigns is not known afterwards."""
        for statement in block:
            if isinstance(statement, tree.Assign) and statement.value is not None:
                for target in statement.targets:
                    if isinstance(target, tree.Name):
                        self._assign(target.id, statement.value, is_certain)
                    else:
                        self._forget_all(target)
            elif isinstance(statement, (tree.Import, tree.ImportFrom)):
                self._evaluation.take_import(statement)
            elif isinstance(statement, tree.AugAssign):
                self._forget_all(statement.target)
            else:
                self._branches(statement)

    def _branches(self, statement: tree.Statement) -> None:
        if isinstance(statement, (tree.If, tree.While, tree.For)):
            self.block((*statement.body, *statement.orelse), False)
        elif isinstance(statement, tree.With):
            self.block(statement.body, True)
        elif isinstance(statement, tree.Try):
            self.block((*statement.body, *statement.orelse, *statement.final), False)
            for handler in statement.handlers:
                self.block(handler.body, False)

    def _assign(self, name: str, value: tree.Expr, is_certain: bool) -> None:
        if not is_certain:
            self._evaluation.names[name] = None
            self.settings[name] = Unknown(name, value.row)
            return
        found = self._evaluation.value(value)
        self._evaluation.names[name] = found
        if isinstance(value, tree.Constant) and value.value is None:
            self.settings.pop(name, None)
        else:
            self.settings[name] = _said(found, name, value.row)

    def _forget_all(self, target: tree.Expr) -> None:
        for node in tree.walk(target):
            if isinstance(node, tree.Name):
                self._evaluation.names[node.id] = None
                self.settings[node.id] = Unknown(node.id, node.row)


def _said(found: Text | Number | None, name: str, line: int) -> Value:
    if isinstance(found, Text):
        return Word(found.text, line)
    if isinstance(found, Number):
        if found.is_exact:
            return Word(found.text, line)
        if found.least is not None and found.least >= 0:
            return AtLeast(name, line, int(found.least))
    return Unknown(name, line)
