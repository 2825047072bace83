"""Loops that run their body again after a failure: written by hand, or given by a library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Union

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, table
from lg_lint.program import inference
from lg_lint.program.control_flow import following, outcomes, own_nodes
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Const, Env, External, ExternalObject

_Loop = Union[t.For, t.While]
_NO_FAILURES = {
    "CancelledError", "GeneratorExit", "KeyboardInterrupt", "SystemExit", "StopIteration",
    "StopAsyncIteration", "GraphInterrupt", "NodeInterrupt", "GraphBubbleUp", "Empty",
    "QueueEmpty", "WebSocketDisconnect", "ClientDisconnect",
}  # fmt: skip


class RetryLoop(Struct, frozen=True, eq=False):
    """A loop whose `covered` statements are run again after a failure.

    `attempt` is the try whose handlers lead back to the loop's head; None for the loops of
    libraries, such as `for attempt in Retrying(...)`, which `library` names.
    """

    loop: _Loop
    covered: t.Block
    attempt: t.Try | None = None
    library: str = ""

    @property
    def header(self) -> t.Span:
        """The loop's first line, without its body."""
        last = self.loop.iterable if isinstance(self.loop, t.For) else self.loop.test
        return (*self.loop.span[:2], *last.span[2:])

    def covers(self, node: t.Node) -> bool:
        """Whether a failure at a node leads to another attempt."""
        return t.in_block(self.covered, node)

    def repeats(self, node: t.Node) -> bool:
        """Whether a failure of `node` runs it again while its success ends the loop."""
        if not self.covers(node):
            return False
        if self.attempt is None:
            return True
        ways = following(self.loop.body, node)
        if ways.isdisjoint({"next", "continue"}):
            return not ways.isdisjoint({"return", "break"})
        if isinstance(self.loop, t.While):
            return self._settles_test(node)
        return _counts(self.loop) and not ways.isdisjoint({"return", "break"})

    def _settles_test(self, node: t.Node) -> bool:
        """Whether what follows a success changes the condition of a `while`."""
        assert isinstance(self.loop, t.While)
        assert self.attempt is not None
        tested = set(names(self.loop.test))
        after = [*self.attempt.body, *self.attempt.orelse]
        return any(
            name in tested
            for statement in after
            if statement.start >= node.end
            for name in _assigned(statement)
        )

    def gives_up_once_sent(self, stream: t.Node) -> bool:
        """Whether the loop looks at something that each item of `stream` sets, and stops there."""
        if not isinstance(stream, t.For):
            return False
        noted = {name for statement in stream.body for name in _noted(statement)}
        told = noted | self._asked_with(noted)
        return any(
            not told.isdisjoint(names(test)) for test in self._guards()
        ) or _skips_known_items(stream, noted)

    def _asked_with(self, noted: set[str]) -> set[str]:
        """What handlers work out from such things: `agent = await recover(error, has_begun)`."""
        return {
            dotted(target)
            for handler in (self.attempt.handlers if self.attempt is not None else ())
            for node in own_nodes(handler.body)
            if isinstance(node, t.Assign) and node.value is not None
            if not noted.isdisjoint(names(node.value))
            for target in node.targets
        } - {""}

    def _guards(self) -> Iterator[t.Node]:
        """The conditions that decide whether there is another round."""
        if self.attempt is None:
            assert isinstance(self.loop, t.For)
            yield self.loop.iterable
            return
        if isinstance(self.loop, t.While):
            yield self.loop.test
        for handler in self.attempt.handlers:
            yield from _deciding(handler.body)
        before = [part for part in self.loop.body if part.end <= self.attempt.start]
        after = [part for part in self.loop.body if part.start >= self.attempt.end]
        yield from _deciding((*before, *after))


def retry_loops(program: Program, function: Function) -> tuple[RetryLoop, ...]:
    """The retry loops in a function's own body, outer ones first."""
    return program.once("retry loops", function, lambda: tuple(_find(program, function)))


def _find(program: Program, function: Function) -> Iterator[RetryLoop]:
    env = program.env(function)
    for node in function.loops:
        if isinstance(node, t.For):
            library = _library(program, node, env) if _enters_target(node) else ""
            if library:
                yield RetryLoop(node, node.body, library=library)
                continue
            if _single_round(program, node, env):
                continue
        for attempt in _attempts(node.body):
            if _comes_back(node, attempt):
                yield RetryLoop(node, attempt.body, attempt)


def names(node: t.Node) -> Iterator[str]:
    """The names and dotted names that an expression mentions."""
    for part in t.walk(node):
        text = dotted(part)
        if text:
            yield text


def dotted(node: t.Node) -> str:
    """A name with its attributes, as "self.left"; empty for all else."""
    if isinstance(node, t.Name):
        return node.id
    if isinstance(node, t.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


# --- which loops ---------------------------------------------------------------------------


def _enters_target(loop: t.For) -> bool:
    """`for attempt in ...: with attempt: ...`."""
    return isinstance(loop.target, t.Name) and any(
        isinstance(item.context, t.Name) and item.context.id == loop.target.id
        for node in own_nodes(loop.body)
        if isinstance(node, t.With)
        for item in node.items
    )


def _library(program: Program, node: t.For, env: Env) -> str:
    contexts = table("retries")["contexts"]
    for value in inference.infer(program, node.iterable, env):
        if isinstance(value, ExternalObject) and value.type in contexts:
            return value.type
    return ""


def _counts(loop: t.For) -> bool:
    """`for attempt in range(3)` and its kin, whose rounds differ in nothing but their number."""
    return isinstance(loop.iterable, t.Call) and terminal_name(loop.iterable.func) in (
        "range", "count", "repeat",
    )  # fmt: skip


def _single_round(program: Program, node: t.For, env: Env) -> bool:
    call = node.iterable
    if not _counts(node) or not isinstance(call, t.Call) or len(call.args) != 1:
        return False
    callee = inference.infer(program, call.func, env)
    if not any(isinstance(value, External) and value.name == "builtins.range" for value in callee):
        return False
    rounds = inference.infer(program, call.args[0].value, env)
    return bool(rounds) and all(isinstance(value, Const) and value.value == 1 for value in rounds)


def _attempts(block: t.Block) -> Iterator[t.Try]:
    """The try statements of one round, without those of inner loops and functions."""
    for statement in block:
        if isinstance(statement, t.Try):
            yield statement
            yield from _attempts((*statement.body, *statement.orelse))
        elif isinstance(statement, t.If):
            yield from _attempts((*statement.body, *statement.orelse))
        elif isinstance(statement, t.With):
            yield from _attempts(statement.body)


def _comes_back(loop: _Loop, attempt: t.Try) -> bool:
    """Whether a failure in the try's body leads to another round."""
    after = following(loop.body, attempt)
    for handler in attempt.handlers:
        if _catches_no_failure(handler):
            continue
        ways = outcomes(handler.body)
        if "continue" in ways or ("next" in ways and not after.isdisjoint({"next", "continue"})):
            return True
    return False


def _catches_no_failure(handler: t.Handler) -> bool:
    if handler.type is None:
        return False
    parts = handler.type.items if isinstance(handler.type, t.Sequence) else (handler.type,)
    return all(terminal_name(part) in _NO_FAILURES for part in parts)


# --- guards --------------------------------------------------------------------------------


def _deciding(block: Iterable[t.Node]) -> Iterator[t.Expr]:
    """The tests in a block on which it depends whether control goes on."""
    for node in own_nodes(block):
        if isinstance(node, t.If):
            branches = [outcomes(node.body), outcomes(node.orelse)]
            if any(ways != {"next"} for ways in branches):
                yield node.test
        elif isinstance(node, t.Assert):
            yield node.test


def _assigned(statement: t.Node) -> Iterator[str]:
    for node in own_nodes([statement]):
        if isinstance(node, t.Assign):
            for target in node.targets:
                yield from (dotted(part) for part in t.walk(target))
        elif isinstance(node, (t.AugAssign, t.NamedExpr)):
            yield dotted(node.target)


def _noted(statement: t.Node) -> Iterator[str]:
    """What a statement assigns or adds to."""
    yield from (name for name in _assigned(statement) if name)
    for node in own_nodes([statement]):
        func = node.func if isinstance(node, t.Call) else None
        if isinstance(func, t.Attribute) and _notes(func.attr) and dotted(func.value):
            yield dotted(func.value)


def _notes(name: str) -> bool:
    """Whether a method notes something in what it is called on: a container, an event, a store."""
    return bool(container_methods().named(name).adds) or name in table("retries")["notes"]["names"]


def _skips_known_items(stream: t.For, noted: set[str]) -> bool:
    """Whether the body compares each item with what has been sent before."""
    for node in own_nodes(stream.body):
        if isinstance(node, t.If):
            for test in t.walk(node.test):
                if isinstance(test, t.Compare) and not noted.isdisjoint(names(test)):
                    if set(test.ops) & {"in", "not in"}:
                        return True
                    sides = (test.left, *test.comparators)
                    ordered = set(test.ops) & {"<", "<=", ">", ">="}
                    if ordered and not any(isinstance(side, t.Constant) for side in sides):
                        return True
    return False
