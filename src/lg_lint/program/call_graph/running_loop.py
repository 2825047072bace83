"""What code asks whether an event loop runs on its thread, and what is left out where one does."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.blocks import blocks_of
from lg_lint.program.call_graph import own_loops
from lg_lint.program.scopes import CallSite, Function, Scope, enclosing_function, reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Env, External, ExternalMethod, ExternalObject, FunctionRef

_RAISE_WITHOUT = {"asyncio.get_running_loop", "asyncio.get_event_loop", "asyncio.current_task"}
"""They may raise RuntimeError where no loop runs."""

_GIVE = _RAISE_WITHOUT | {"asyncio._get_running_loop"}
"""What they give is true where a loop runs."""

_LOOP = "a loop"
_ANYTHING = "anything"
_CAUGHT = {"RuntimeError"}
_DEPTH = 4


class RunningLoop:
    """Answers for a thread on which a loop runs already."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def is_avoided(self, site: CallSite, env: Env) -> bool:
        """Whether a call is not come to, or its RuntimeError is caught for another way."""
        function = enclosing_function(site.scope)
        body = _body(function)
        return self._is_closed(body, site.node, env, 0) or self._is_caught(site)

    # --- which blocks are left out ---------------------------------------------------------

    def _is_closed(self, block: t.Block, node: t.Node, env: Env, depth: int) -> bool:
        for statement in block:
            if statement.end >= node.end:
                return self._is_closed_in(statement, node, env, depth)
            if self._ends(statement, env, depth):
                return True
        return False

    def _is_closed_in(self, statement: t.Node, node: t.Node, env: Env, depth: int) -> bool:
        for index, block in enumerate(blocks_of(statement)):
            if t.in_block(block, node):
                if isinstance(statement, t.If):
                    truth = self._truth(statement.test, env, depth)
                    if truth is not None and truth is (block is statement.orelse):
                        return True
                is_handler = isinstance(statement, t.Try) and 0 < index <= len(statement.handlers)
                if is_handler and self._asks(statement, env):  # type: ignore[arg-type]
                    return True
                return self._is_closed(block, node, env, depth)
        for part in t.walk(statement):
            if isinstance(part, t.IfExp) and t.holds(part, node):
                truth = self._truth(part.test, env, depth)
                branch = part.orelse if truth else part.body
                if truth is not None and t.holds(branch, node):
                    return True
        return False

    def _ends(self, statement: t.Node, env: Env, depth: int) -> bool:
        """Whether nothing after a statement is come to."""
        if isinstance(statement, (t.Return, t.Raise)):
            return True
        if isinstance(statement, t.Jump):
            return statement.kind != "pass"
        if isinstance(statement, t.If):
            truth = self._truth(statement.test, env, depth)
            taken = [block for block, known in ((statement.body, True), (statement.orelse, False))
                     if truth is None or truth is known]  # fmt: skip
            return all(self._leaves(block, env, depth) for block in taken)
        if isinstance(statement, t.With):
            return self._leaves(statement.body, env, depth)
        if isinstance(statement, t.Try):
            if self._leaves(statement.final, env, depth):
                return True
            done = (*statement.body, *statement.orelse)
            if not self._leaves(done, env, depth):
                return False
            handled = [handler.body for handler in statement.handlers]
            return self._asks(statement, env) or all(
                self._leaves(block, env, depth) for block in handled
            )
        return False

    def _leaves(self, block: t.Block, env: Env, depth: int) -> bool:
        return any(self._ends(statement, env, depth) for statement in block)

    def _asks(self, statement: t.Try, env: Env) -> bool:
        """Whether a `try` fails where no loop runs, and for nothing else that is known."""
        asks = False
        for node in _calls(statement.body):
            callees = inference.infer(self.program, node.func, env)
            starts = own_loops.handed(self.program, node, callees) is not None
            if starts and not self._is_closed(statement.body, node, env, 0):
                return False
            asks = asks or any(
                isinstance(callee, External) and callee.name in _RAISE_WITHOUT for callee in callees
            )
        return asks

    def _is_caught(self, site: CallSite) -> bool:
        """Whether a handler for RuntimeError goes another way, which is looked at by itself."""
        for statement in site.enclosing:
            if isinstance(statement, t.Try) and t.in_block(statement.body, site.node):
                for handler in statement.handlers:
                    named = handler.type is not None and terminal_name(handler.type) in _CAUGHT
                    if named and any(True for _ in _calls(handler.body)):
                        return not any(isinstance(last, t.Raise) for last in handler.body)
        return False

    # --- what a test gives -----------------------------------------------------------------

    def _truth(self, expr: t.Expr, env: Env, depth: int) -> bool | None:
        """What a test gives where a loop runs; None where that is not known."""
        if isinstance(expr, t.UnaryOp) and expr.op == "not":
            truth = self._truth(expr.operand, env, depth)
            return None if truth is None else not truth
        if isinstance(expr, t.BoolOp):
            sides = (self._truth(expr.left, env, depth), self._truth(expr.right, env, depth))
            decides = expr.op == "or"
            if decides in sides:
                return decides
            return None if None in sides else not decides
        if isinstance(expr, t.Compare):
            return self._comparison(expr, env, depth)
        found = set(self._meanings(expr, env, depth))
        if not found or _ANYTHING in found:
            return None
        truths = {bool(meaning) for meaning in found}
        return truths.pop() if len(truths) == 1 else None

    def _comparison(self, expr: t.Compare, env: Env, depth: int) -> bool | None:
        """`loop is None`, `loop is not None`."""
        other = expr.comparators[0]
        is_none = isinstance(other, t.Constant) and other.value is None
        if not is_none or len(expr.ops) != 1 or expr.ops[0] not in ("is", "is not", "==", "!="):
            return None
        found = set(self._meanings(expr.left, env, depth))
        if not found or _ANYTHING in found:
            return None
        absent = {meaning is None for meaning in found}
        if len(absent) > 1:
            return None
        return absent.pop() is (expr.ops[0] in ("is", "=="))

    def _meanings(self, expr: t.Expr, env: Env, depth: int) -> Iterator[object]:
        """What an expression may be: a loop, a constant, or anything."""
        if depth > _DEPTH:
            yield _ANYTHING
        elif isinstance(expr, t.Constant):
            yield expr.value if expr.value in (None, True, False) else _ANYTHING
        elif isinstance(expr, t.Name):
            yield from self._of_name(expr, env, depth + 1)
        elif isinstance(expr, t.NamedExpr):
            yield from self._meanings(expr.value, env, depth + 1)
        elif isinstance(expr, t.Call):
            yield from self._of_call(expr, env, depth + 1)
        elif isinstance(expr, (t.UnaryOp, t.BoolOp, t.Compare)):
            truth = self._truth(expr, env, depth + 1)
            yield _ANYTHING if truth is None else truth
        else:
            yield _ANYTHING

    def _of_name(self, name: t.Name, env: Env, depth: int) -> Iterator[object]:
        body = _body(enclosing_function(env.scope))
        bindings = reaching(env.scope, name.id, name.start)
        if not bindings:
            yield _ANYTHING
        for binding in bindings:
            if self._is_closed(body, binding.node, env, depth):
                continue
            if binding.value is None or binding.unpack or binding.kind != "assign":
                yield _ANYTHING
            else:
                yield from self._meanings(binding.value, env, depth)
            if self._is_certain(body, binding.node, env):
                return

    def _is_certain(self, body: t.Block, node: t.Node, env: Env) -> bool:
        """Whether a function always comes to a place in a `try` that asks for a loop."""
        return any(
            isinstance(statement, t.Try)
            and t.in_block(statement.body, node)
            and self._asks(statement, env)
            for statement in body
        )

    def _of_call(self, call: t.Call, env: Env, depth: int) -> Iterator[object]:
        for callee in inference.infer(self.program, call.func, env):
            if isinstance(callee, External) and callee.name in _GIVE:
                yield _LOOP
            elif isinstance(callee, FunctionRef) and not callee.function.is_async:
                yield from self._of_function(callee, depth)
            elif terminal_name(call.func) == "is_running" and not call.args:
                made = callee.receiver if isinstance(callee, ExternalMethod) else None
                yield not (isinstance(made, ExternalObject) and _is_new(made))
            else:
                yield _ANYTHING

    def _of_function(self, ref: FunctionRef, depth: int) -> Iterator[object]:
        function = ref.function
        env = self.program.env(function)
        for expr in function.result_exprs():
            if not self._is_closed(_body(function), expr, env, depth):
                yield from self._meanings(expr, env, depth)


def _body(function: Function | Scope | None) -> t.Block:
    node = function.node if isinstance(function, Function) else None
    return node.body if isinstance(node, t.FunctionDef) else ()


def _calls(block: t.Block) -> Iterator[t.Call]:
    for statement in block:
        for node in t.walk(statement):
            if isinstance(node, t.Call):
                yield node


def _is_new(loop: ExternalObject) -> bool:
    """Whether a loop was made by a call, rather than found."""
    return isinstance(loop.site, t.Call) and terminal_name(loop.site.func) == "new_event_loop"
