"""Whether a condition in middleware holds for a stream: by its status, media type or path."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.response import StreamResponse
from lg_lint.program import inference
from lg_lint.program.scopes import Function, reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Const, Container, FunctionRef, strings

_MAX_DEPTH = 6
_OPERATIONAL = re.compile(
    r"(?:/[\w.-]+){0,2}/(?:health\w*|live\w*|ready\w*|ping|metrics|version)/?$"
    r"|/(?:docs|redoc|static|assets|openapi\.json|favicon\.ico)(?:/.*)?$|/$",
    re.I,
)
_PATH = re.compile(r"path|url|route|endpoint", re.I)
_EXCHANGE = re.compile(
    r"^re(?:quest|sponse)$|^resp?$|path|url|route|header|media|mime|content_?type|stream|sse"
    r"|status|method",
    re.I,
)
_COMPARED: dict[str, Callable[[Any, Any], object]] = {
    "==": operator.eq, "!=": operator.ne, "is": operator.eq, "is not": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_SAME_TEXT = {"lower", "strip", "split", "partition", "casefold"}
_TYPE_NAMES = {"media_type", "mimetype", "content_type"}
_STREAMED = {"streaming", "is_streamed", "body_iterator"}
_EXPRESSIONS = (t.Constant, t.Name, t.Attribute)


class Truth(str, Enum):
    """`UNKNOWN` depends on the request or the response, `OTHER` on something else."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    OTHER = "other"


def _truth(value: bool) -> Truth:
    return Truth.YES if value else Truth.NO


def negated(truth: Truth) -> Truth:
    """What `not` makes of it: what may be so, may be not so."""
    return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(truth, truth)


class Stream(Struct, frozen=True):
    """What is known of a stream where conditions are judged."""

    program: Program
    response: StreamResponse
    method: str | None = None

    def judge(self, test: t.Expr, function: Function, depth: int = 0) -> Truth:
        """Whether a test in a function of middleware is true when the stream passes."""
        if depth > _MAX_DEPTH:
            return Truth.UNKNOWN
        if isinstance(test, t.UnaryOp) and test.op == "not":
            return negated(self.judge(test.operand, function, depth + 1))
        if isinstance(test, t.BoolOp):
            return _joined(
                test.op,
                self.judge(test.left, function, depth + 1),
                self.judge(test.right, function, depth + 1),
            )
        if isinstance(test, t.Name):
            value = _assigned(test, function)
            if value is not None:
                return self.judge(value, function, depth + 1)
        if isinstance(test, t.Await):
            return self.judge(test.value, function, depth + 1)
        if isinstance(test, t.Constant):
            return _truth(bool(test.value))
        if isinstance(test, t.Attribute) and test.attr in _STREAMED:
            return Truth.YES
        found = self._compared(test, function) if isinstance(test, t.Compare) else None
        if isinstance(test, t.Call):
            found = self._called(test, function, depth)
        if found is None:
            found = self._of_paths(test, function)
        return found if found is not None else _about(test, function)

    # --- comparisons and calls -----------------------------------------------------------------

    def _compared(self, test: t.Compare, function: Function) -> Truth | None:
        if len(test.ops) != 1:
            return None
        op, left, right = test.ops[0], test.left, test.comparators[0]
        if op in ("in", "not in"):
            text = self._fact(right, function)
            if isinstance(text, str):
                found = [each in text for each in self._texts(left, function)]
            else:
                fact = self._fact(left, function)
                found = [fact in self._constants(right, function)] if fact is not None else []
            return _truth(any(found) == (op == "in")) if found else None
        fact, constants = self._fact(left, function), self._constants(right, function)
        if fact is None or len(constants) != 1 or op not in _COMPARED:
            return None
        try:
            return _truth(bool(_COMPARED[op](fact, constants[0])))
        except TypeError:
            return None

    def _called(self, call: t.Call, function: Function, depth: int) -> Truth | None:
        name = terminal_name(call.func)
        first = call.args[0].value if call.args else None
        if name == "isinstance" and len(call.args) == 2:
            named = [
                part.id if isinstance(part, t.Name) else getattr(part, "attr", "")
                for part in t.walk(call.args[1].value)
            ]
            return Truth.YES if any("Streaming" in each for each in named) else None
        if name == "hasattr" and len(call.args) == 2:
            wanted = call.args[1].value
            return _truth(isinstance(wanted, t.Constant) and wanted.value in _STREAMED)
        if name in ("startswith", "endswith") and isinstance(call.func, t.Attribute) and first:
            fact = self._fact(call.func.value, function)
            texts = tuple(self._texts(first, function))
            if isinstance(fact, str) and texts:
                return _truth(
                    fact.startswith(texts) if name == "startswith" else fact.endswith(texts)
                )
        return self._helper(call, function, depth)

    def _helper(self, call: t.Call, function: Function, depth: int) -> Truth | None:
        """What a helper of the project returns, where that is one expression."""
        env = self.program.env(function)
        for callee in inference.infer(self.program, call.func, env):
            if isinstance(callee, FunctionRef):
                results = list(callee.function.result_exprs())
                if len(results) == 1:
                    return self.judge(results[0], callee.function, depth + 1)
                return Truth.UNKNOWN
        return None

    # --- facts ---------------------------------------------------------------------------------

    def _fact(self, expr: t.Expr, function: Function, depth: int = 0) -> str | int | None:
        """The status or the media type of the stream, where an expression takes that."""
        if depth > _MAX_DEPTH:
            return None
        if isinstance(expr, t.Name):
            value = _assigned(expr, function)
            return self._fact(value, function, depth + 1) if value is not None else None
        if isinstance(expr, t.BoolOp) and expr.op == "or":
            return self._fact(expr.left, function, depth + 1)
        if isinstance(expr, t.Attribute) and expr.attr == "status_code":
            return 200
        media = (self.response.media_type or "").lower()
        known = media if self.response.media_type_known else None
        if isinstance(expr, t.Attribute) and expr.attr in _TYPE_NAMES:
            return known
        if isinstance(expr, t.Attribute) and expr.attr == "method":
            return self.method
        if isinstance(expr, t.Call) and isinstance(expr.func, t.Attribute):
            if expr.func.attr == "get" and expr.args:
                key = expr.args[0].value
                return known if _names_type(key, expr.func.value) else None
            if expr.func.attr in _SAME_TEXT:
                return self._fact(expr.func.value, function, depth + 1)
        if isinstance(expr, t.Subscript):
            if _names_type(expr.index, expr.value):
                return known
            return self._fact(expr.value, function, depth + 1)
        return None

    def _of_paths(self, test: t.Expr, function: Function) -> Truth | None:
        """A test for paths that no stream has: health checks, metrics, documentation."""
        names = [part for part in _expanded(test, function) if isinstance(part, t.Attribute)]
        if not any(_PATH.search(part.attr) for part in names):
            return None
        texts = [
            text
            for part in t.walk(test)
            if isinstance(part, _EXPRESSIONS)
            for text in self._texts(part, function)
        ]
        paths = [text for text in texts if text.startswith("/")]
        if not paths or not all(map(_OPERATIONAL.match, paths)):
            return None
        negative = isinstance(test, t.Compare) and test.ops[0] in ("!=", "not in", "is not")
        return _truth(negative)

    def _texts(self, expr: t.Expr, function: Function) -> list[str]:
        return [each for each in self._constants(expr, function) if isinstance(each, str)]

    def _constants(self, expr: t.Expr, function: Function) -> list[object]:
        """The constants that an expression may be, or hold."""
        env = self.program.env(function)
        found: list[object] = []
        for value in inference.infer(self.program, expr, env):
            if isinstance(value, Const):
                found.append(value.value)
            elif isinstance(value, Container):
                for items in inference.items_of(self.program, value):
                    found += strings(items)
        return found


def _joined(op: str, left: Truth, right: Truth) -> Truth:
    decides = Truth.NO if op == "and" else Truth.YES
    if decides in (left, right):
        return decides
    if Truth.UNKNOWN in (left, right):
        return Truth.UNKNOWN
    if Truth.OTHER in (left, right):
        return Truth.OTHER
    return negated(decides)


def _assigned(name: t.Name, function: Function) -> t.Expr | None:
    """What was assigned to a name, where that is one thing."""
    bindings = reaching(function, name.id, name.start)
    if len(bindings) == 1 and bindings[0].kind == "assign" and not bindings[0].unpack:
        return bindings[0].value
    return None


def _expanded(test: t.Expr, function: Function) -> Iterator[t.Node]:
    """The parts of a test, with those of what was assigned to its names."""
    for part in t.walk(test):
        yield part
        value = _assigned(part, function) if isinstance(part, t.Name) else None
        if value is not None:
            yield from t.walk(value)


def _about(test: t.Expr, function: Function) -> Truth:
    """Whether a test that cannot be judged asks for the request or the response."""
    for part in _expanded(test, function):
        name = part.id if isinstance(part, t.Name) else getattr(part, "attr", "")
        if _EXCHANGE.search(name):
            return Truth.UNKNOWN
    return Truth.OTHER


def _names_type(key: t.Expr, owner: t.Expr) -> bool:
    """Whether the key of some headers is that of the media type, and they are the response's."""
    asks_request = any(
        isinstance(part, t.Name) and part.id.startswith("req") for part in t.walk(owner)
    )
    return (
        isinstance(key, t.Constant)
        and str(key.value).lower() == "content-type"
        and not asks_request
    )
