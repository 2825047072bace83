"""Where control goes on once a wait has given up: to another round, or out of the stream."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.web.error_frames import caught
from lg_lint.program import inference
from lg_lint.program.await_places import enclosing
from lg_lint.program.control_flow import NEXT, Ways, following, outcomes, own_nodes
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name

_TIMEOUTS = {"TimeoutError", "Exception", "BaseException", "OSError"}
_TELLS = {"cancelled_caught", "cancel_called", "expired"}
_DEPTH = 4
_Loop = (t.While, t.For)


class Onward(Struct, frozen=True):
    """That another round begins; `handler` is what catches the timeout, where something does."""

    handler: Site | None


def goes_on(
    program: Program, function: Function, node: t.Node, *, raises: bool, depth: int = 0
) -> Onward | None:
    """Whether another round asks for an item after `node` gave up; None where none does.

    `raises` where a TimeoutError leaves `node`; otherwise control goes on behind it. What a helper
    makes of the timeout is followed into those that call it.
    """
    if depth > _DEPTH:
        return None
    start = _Start(function, node)
    if raises:
        caught_by = start.caught()
        if caught_by is None:
            return None if function.is_generator else _in_callers(program, function, True, depth)
        statement, ways, handler = caught_by
    else:
        statement, ways, handler = node, NEXT, None
    at = None if handler is None else Site(handler, program.env(function))
    found = _Round(function, statement, ways, _bound(statement), handler, _set_by(handler))
    if found.repeats():
        return Onward(at)
    if found.loop is None and not function.is_generator and found.ways & {"next", "return"}:
        again = function.name == "__anext__" or _in_callers(
            program, function, False, depth, _given_back(handler)
        )
        return Onward(at) if again else None
    return None


def _in_callers(
    program: Program, function: Function, raises: bool, depth: int, gives: t.Expr | None = None
) -> Onward | None:
    """Whether a caller of a helper goes on after what the helper raises, or gives back."""
    for caller in inference.callers_of(program, function):
        scope = caller.env.scope
        if not isinstance(scope, Function):
            continue
        if raises:
            found = goes_on(program, scope, caller.node, raises=True, depth=depth + 1)
        else:
            found = _with_result(program, scope, caller.node, gives, depth)
        if found is not None:
            return found
    return None


def _with_result(
    program: Program, function: Function, call: t.Node, gives: t.Expr | None, depth: int
) -> Onward | None:
    around = enclosing(function, call)
    statement = next((part for part in reversed(around) if _is_statement(part)), None)
    if statement is None:
        return None
    names = _bound(statement) | _results(around, call)
    test = statement.test if isinstance(statement, t.While) else None
    if test is not None and t.holds(test, call):
        return Onward(None) if _holds(test, names, gives) is not False else None
    found = _Round(function, statement, NEXT, names, None, gives)
    if found.repeats():
        return Onward(None)
    if found.loop is None and not function.is_generator:
        if function.name == "__anext__":
            return Onward(None)
        return _in_callers(program, function, False, depth + 1, gives)
    return None


def _is_statement(node: t.Node) -> bool:
    return isinstance(
        node, (t.Assign, t.AugAssign, t.ExprStatement, t.Return, t.If, t.While, t.For, t.With)
    )


class _Start:
    """Who catches a timeout that leaves a node of a function."""

    def __init__(self, function: Function, node: t.Node) -> None:
        self.node = node
        self.around = [
            part for part in enclosing(function, node) if isinstance(part, (t.Try, t.With))
        ]

    def caught(self) -> tuple[t.Node, Ways, t.Handler | None] | None:
        """The statement behind which control goes on, how it leaves that, and the handler."""
        for part in reversed(self.around):
            if isinstance(part, t.With):
                if any(map(_suppresses, part.items)) and part is not self.node:
                    return part, NEXT, None
            elif isinstance(part, t.Try) and t.in_block(part.body, self.node):
                handler = next((each for each in part.handlers if _catches(each)), None)
                if handler is not None:
                    return part, outcomes(handler.body), handler
        return None


def _catches(handler: t.Handler) -> bool:
    names = caught(handler)
    return not names or bool(names & _TIMEOUTS)


def _suppresses(item: t.WithItem) -> bool:
    call = item.context
    return (
        isinstance(call, t.Call)
        and terminal_name(call.func) == "suppress"
        and any(terminal_name(arg.value) in _TIMEOUTS for arg in call.args)
    )


class _Round:
    """What comes behind a statement: the ways out, up to the loop around it."""

    def __init__(
        self,
        function: Function,
        statement: t.Node,
        ways: Ways,
        names: set[str],
        handler: t.Handler | None,
        gives: t.Expr | None = None,
    ) -> None:
        around = enclosing(function, statement)
        self.loop = next(
            (
                part
                for part in reversed(around)
                if isinstance(part, _Loop) and t.in_block(part.body, statement)
            ),
            None,
        )
        self.handler = handler
        block: t.Block = self.loop.body if self.loop is not None else _body(function)
        self.ways = ways
        if "next" in ways:
            self.ways = (ways - NEXT) | _behind(block, statement, names, gives)

    def repeats(self) -> bool:
        """Whether the loop begins another round, with the same generator."""
        if self.loop is None or not self.ways & {"next", "continue"}:
            return False
        if self.handler is None:
            return True
        ended = _noted(self.handler)
        tested = self.loop.test if isinstance(self.loop, t.While) else None
        read = {each.id for each in t.walk(tested) if isinstance(each, t.Name)} if tested else set()
        return not ended & read and not self._begins_anew()

    def _begins_anew(self) -> bool:
        """Whether the handler puts another generator in the place of the one that ended."""
        assert self.handler is not None
        return any(
            isinstance(node, t.Assign)
            and isinstance(node.value, t.Call)
            and any(isinstance(target, t.Name) for target in node.targets)
            and (terminal_name(node.value.func) or "").startswith(("astream", "aiter", "__aiter__"))
            for node in own_nodes(self.handler.body)
        )


def _body(function: Function) -> t.Block:
    return function.node.body if isinstance(function.node, t.FunctionDef) else ()


def _behind(block: t.Block, statement: t.Node, names: set[str], gives: t.Expr | None) -> Ways:
    """The ways out of a block behind a statement; what asks for the timeout comes first."""
    asked = _asking(block, statement, names)
    if asked is not None:
        holds = _holds(asked.test, names, gives)
        if holds is not None:
            ways = outcomes(asked.body if holds else asked.orelse)
            if "next" not in ways:
                return ways
            return (ways - NEXT) | following(block, asked)
    return following(block, statement)


def _asking(block: t.Block, statement: t.Node, names: set[str]) -> t.If | None:
    """The first `if` behind a statement that asks for one of the names."""
    for part in block:
        for node in own_nodes((part,)):
            if isinstance(node, t.If) and (node.start > statement.end or t.holds(node, statement)):
                read = {each.id for each in t.walk(node.test) if isinstance(each, t.Name)}
                if read & names:
                    return node
    return None


def _holds(test: t.Expr, names: set[str], gives: t.Expr | None) -> bool | None:
    """Whether a test holds once a wait has given up; None where that is not to be told."""
    if isinstance(test, t.UnaryOp) and test.op == "not":
        inner = _holds(test.operand, names, gives)
        return None if inner is None else not inner
    if isinstance(test, t.Attribute) and test.attr in _TELLS:
        return True
    if isinstance(test, t.Call) and terminal_name(test.func) in _TELLS:
        return True
    if isinstance(test, (t.Name, t.NamedExpr)):
        return _truth(gives)
    if isinstance(test, t.Compare) and len(test.ops) == 1:
        same = _same(gives, test.comparators[0])
        if same is None or test.ops[0] not in ("is", "==", "is not", "!="):
            return None
        return same if test.ops[0] in ("is", "==") else not same
    return None


def _truth(gives: t.Expr | None) -> bool | None:
    """What is given back where a wait gave up: nothing, if nothing is said."""
    if gives is None:
        return False
    return bool(gives.value) if isinstance(gives, t.Constant) else None


def _same(gives: t.Expr | None, other: t.Expr) -> bool | None:
    if isinstance(other, t.Constant):
        if gives is None:
            return other.value is None
        return gives.value == other.value if isinstance(gives, t.Constant) else None
    if gives is None or isinstance(gives, t.Constant):
        return None if gives is None else False
    mine, its = terminal_name(gives), terminal_name(other)
    return None if mine is None or its is None else mine == its


def _given_back(handler: t.Handler | None) -> t.Expr | None:
    """What a handler returns; None for nothing."""
    for node in own_nodes(handler.body) if handler is not None else ():
        if isinstance(node, t.Return):
            return node.value
    return None


def _set_by(handler: t.Handler | None) -> t.Expr | None:
    """What a handler puts in the place of the item; None for nothing."""
    for node in own_nodes(handler.body) if handler is not None else ():
        if isinstance(node, t.Assign):
            return node.value
    return None


def _bound(statement: t.Node) -> set[str]:
    """The names that a statement binds, in its body as well."""
    return set(_targets(statement))


def _targets(statement: t.Node) -> Iterator[str]:
    for node in t.walk(statement):
        targets: tuple[t.Node | None, ...] = ()
        if isinstance(node, t.Assign):
            targets = node.targets
        elif isinstance(node, (t.NamedExpr, t.WithItem)):
            targets = (node.target,)
        yield from (target.id for target in targets if isinstance(target, t.Name))


def _results(around: list[t.Node], call: t.Node) -> set[str]:
    return {
        part.target.id for part in around if isinstance(part, t.NamedExpr) and t.holds(part, call)
    }


def _noted(handler: t.Handler | None) -> set[str]:
    """The names that a handler assigns."""
    return set() if handler is None else set(_targets(handler))
