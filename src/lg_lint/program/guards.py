"""Which tests have come out how where a call, a return or a nested function stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.blocks import KIND_TESTS, blocks_of, leaves
from lg_lint.program.scopes import Function, Scope, enclosing_function, reaching

Guard = tuple[t.Expr, bool]
"""A test, and how it has come out."""


class Guards(Struct):
    """The guards of one function's calls, returns and nested functions, by their identity.

    Those of a call speak of what it calls or of its receiver, those of a return ask what kind a
    function is, or what a parameter is given; a nested function has all, by the names that they
    speak of.
    """

    calls: dict[int, tuple[Guard, ...]] = field(default_factory=dict)
    returns: dict[int, tuple[Guard, ...]] = field(default_factory=dict)
    inner: dict[int, dict[str, tuple[Guard, ...]]] = field(default_factory=dict)


def read(function: Function) -> Guards:
    """All guards of a function, in one pass over its code."""
    reader = _Reader(function)
    node = function.node
    if isinstance(node, t.Lambda):
        reader.expression(node.body)
    else:
        reader.block(node.body)
    return reader.found


_Link = tuple[t.Expr, bool, "object"]


class _Reader:
    def __init__(self, function: Function) -> None:
        self.scope = function
        self.found = Guards()
        self._params = {param.name for param in function.params}
        self._now: dict[str, _Link | None] = {}
        self._log: list[tuple[str, _Link | None]] = []
        self._rebound: dict[str, None] = {}

    # --- statements ------------------------------------------------------------------------

    def block(self, statements: t.Block) -> None:
        mark = len(self._log)
        for statement in statements:
            self._statement(statement)
        self._back_to(mark)

    def _statement(self, statement: t.Node) -> None:
        if isinstance(statement, t.If):
            self._if(statement)
            return
        if isinstance(statement, (t.FunctionDef, t.ClassDef)):
            self._nested(statement)
            return
        blocks = blocks_of(statement)
        inside = {id(part) for block in blocks for part in block} if blocks else ()
        for part in t.children(statement):
            if id(part) not in inside:
                self.expression(part)
        if isinstance(statement, t.Return):
            self._returned(statement)
        for target in _targets(statement):
            self._forget(target)
        if isinstance(statement, t.Match):
            for case in statement.cases:
                self.block(case.body)
            return
        for block in blocks:
            self.block(block)

    def _if(self, statement: t.If) -> None:
        """An `if` with all its `elif`; after a branch that leaves, the opposite holds."""
        mark = len(self._log)
        current: t.If | None = statement
        after: list[Guard] = []
        while current is not None:
            self.expression(current.test)
            inside = len(self._log)
            self._push(current.test, True)
            self.block(current.body)
            self._back_to(inside)
            if current is statement and leaves(current.body):
                after.append((current.test, False))
            elif current is statement and current.orelse and leaves(current.orelse):
                after.append((current.test, True))
            self._push(current.test, False)
            only = current.orelse[0] if len(current.orelse) == 1 else None
            if not isinstance(only, t.If):
                self.block(current.orelse)
            current = only if isinstance(only, t.If) else None
        self._back_to(mark)
        for test, outcome in after:
            self._push(test, outcome)

    def _returned(self, statement: t.Return) -> None:
        about = [
            guard
            for name in self._now
            for guard in self._of(name)
            if name in self._params or any(_asks_kind(part) for part in t.walk(guard[0]))
        ]
        if about:
            self.found.returns[id(statement.value)] = tuple(dict.fromkeys(about))

    def _nested(self, node: t.Node) -> None:
        now = {name: tuple(self._of(name)) for name, link in self._now.items() if link}
        if now:
            self.found.inner[id(node)] = now

    # --- expressions -----------------------------------------------------------------------

    def expression(self, root: t.Node) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            kind: type[t.Node] = type(node)
            if kind is t.Name or kind is t.Constant:
                continue
            if isinstance(node, t.Call):
                self._called(node)
            reading = _READINGS.get(kind)
            if reading is None:
                stack += t.children(node)
            else:
                reading(self, node)

    def _called(self, node: t.Call) -> None:
        if not self._now:
            return
        func = node.func
        texts = [dotted(func), dotted(func.value) if isinstance(func, t.Attribute) else None]
        about = tuple(guard for text in texts if text for guard in self._of(text))
        if about:
            self.found.calls[id(node)] = about

    def _choice(self, node: t.IfExp) -> None:
        mark = len(self._log)
        rest: t.Expr = node
        while isinstance(rest, t.IfExp):
            self.expression(rest.test)
            inside = len(self._log)
            self._push(rest.test, True)
            self.expression(rest.body)
            self._back_to(inside)
            self._push(rest.test, False)
            rest = rest.orelse
        self.expression(rest)
        self._back_to(mark)

    def _joined(self, node: t.BoolOp) -> None:
        mark = len(self._log)
        operands = [node.right]
        left = node.left
        while isinstance(left, t.BoolOp) and left.op == node.op:
            operands.append(left.right)
            left = left.left
        for operand in (left, *reversed(operands)):
            self.expression(operand)
            self._push(operand, node.op == "and")
        self._back_to(mark)

    def _collected(self, node: t.Comprehension) -> None:
        mark = len(self._log)
        for generator in node.generators:
            self.expression(generator.iterable)
            for condition in generator.conditions:
                self.expression(condition)
                self._push(condition, True)
        for part in (node.key, node.element):
            if part is not None:
                self.expression(part)
        self._back_to(mark)

    # --- what holds now --------------------------------------------------------------------

    def _push(self, test: t.Expr, outcome: bool) -> None:
        for meant in _meant(test, self.scope):
            parts = [part for part in t.walk(meant) if type(part) in _SPOKEN]
            for name in {text for part in parts if (text := dotted(part))}:
                last = self._now.get(name)
                self._log.append((name, last))
                self._now[name] = (meant, outcome, last)

    def _of(self, name: str) -> Iterator[Guard]:
        link: object = self._now.get(name)
        while isinstance(link, tuple):
            yield link[0], link[1]
            link = link[2]

    def _back_to(self, mark: int) -> None:
        while len(self._log) > mark:
            name, link = self._log.pop()
            self._now[name] = link
        for name in self._rebound:
            self._now.pop(name, None)
        if mark == 0:
            self._rebound.clear()

    def _forget(self, target: str) -> None:
        """What is known of a name ends where it is given another value."""
        for name in list(self._now):
            if name == target or name.startswith(f"{target}."):
                self._log.append((name, self._now[name]))
                self._now[name] = None
                self._rebound[name] = None


_SPOKEN = {t.Name, t.Attribute}
_READINGS: dict[type[t.Node], Callable[[_Reader, Any], None]] = {
    t.IfExp: _Reader._choice,
    t.BoolOp: _Reader._joined,
    t.Comprehension: _Reader._collected,
    t.Lambda: _Reader._nested,
    t.FunctionDef: _Reader._nested,
}
"""How the parts of an expression are read whose parts do not all stand behind the same tests."""


def _meant(test: t.Expr, scope: Function) -> Iterator[t.Expr]:
    """A test, or what the name that it asks for was given: `is_async = iscoroutinefunction(f)`."""
    negated = isinstance(test, t.UnaryOp) and test.op == "not"
    name = test.operand if isinstance(test, t.UnaryOp) and negated else test
    value = _given(name, scope) if isinstance(name, t.Name) else None
    if value is None:
        yield test
    else:
        yield t.UnaryOp(test.at, "not", value) if negated else value


def _given(name: t.Name, scope: Function) -> t.Expr | None:
    owner: Scope | None = scope
    while owner is not None and name.id not in owner.bindings:
        owner = enclosing_function(owner.parent)
    if owner is None:
        return None
    bindings = reaching(owner, name.id, name.start) if owner is scope else owner.bindings[name.id]
    only = bindings[0] if len(bindings) == 1 else None
    if only is None or only.kind != "assign" or only.unpack:
        return None
    return only.value if isinstance(only.value, (t.Call, t.Compare, t.BoolOp, t.UnaryOp)) else None


def _asks_kind(node: t.Node) -> bool:
    if not isinstance(node, t.Call):
        return False
    func = node.func
    name = func.id if isinstance(func, t.Name) else getattr(func, "attr", "")
    return name in KIND_TESTS


def _targets(statement: t.Node) -> Iterator[str]:
    if isinstance(statement, t.Assign):
        targets: Iterable[t.Node] = statement.targets
    elif isinstance(statement, (t.AugAssign, t.For)):
        targets = (statement.target,)
    elif isinstance(statement, t.With):
        targets = [item.target for item in statement.items if item.target is not None]
    else:
        return
    for target in targets:
        for part in target.items if isinstance(target, t.Sequence) else (target,):
            text = dotted(part)
            if text:
                yield text


def dotted(expr: t.Node) -> str | None:
    """The text of a dotted name."""
    parts: list[str] = []
    while isinstance(expr, t.Attribute):
        parts.append(expr.attr)
        expr = expr.value
    if not isinstance(expr, t.Name):
        return None
    return ".".join([expr.id, *reversed(parts)])
