"""Whether a failure of the work inside a generator reaches its client as something it can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import FunctionRef, GeneratorOf

_EVERYTHING = {"Exception", "BaseException"}
_PUTS = names("queue_puts")
_TAKES = names("queue_takes")
_ASKS = {"exception", "exc_info"}
_DEPTH = 3

Emits = Callable[[t.Node], bool]


def guards(function: Function) -> Iterator[t.Try]:
    """The `try` statements that turn a failure of the work inside into something for the client."""
    rounds = [node for node in t.walk(function.node) if isinstance(node, t.For) and node.is_async]
    return _guards(function, is_yield, lambda node: _may_fail(node, rounds))


def _may_fail(node: t.Node, rounds: list[t.For]) -> bool:
    """Whether a place is work of a stream: what is awaited for an item that is there is not."""
    if isinstance(node, t.Yield):
        return node.delegates
    if isinstance(node, t.Await):
        return not any(t.in_block(each.body, node) for each in rounds)
    return isinstance(node, t.For)


def _guards(function: Function, emits: Emits, work: Emits) -> Iterator[t.Try]:
    """The same, where `emits` says what brings something to the client, `work` what may fail."""
    for statement in tries(function):
        works = any(work(node) for part in statement.body for node in t.walk(part))
        if works and (
            any(_answers(function, statement, item, emits) for item in statement.handlers)
            or _ends_otherwise(statement, emits)
        ):
            yield statement


def asks_for_failure(function: Function) -> bool:
    """Whether a generator looks at a task's exception, and yields where there is one."""
    return any(
        isinstance(node, t.If) and _asks(node.test) and _any(node.body, is_yield)
        for node in t.walk(function.node)
    )


def tries(function: Function) -> Iterator[t.Try]:
    """The `try` statements of a function, without those of functions in it."""
    return (node for node in t.walk(function.node) if isinstance(node, t.Try))


def caught(handler: t.Handler) -> set[str]:
    """The last names of the types that a handler catches; empty where it catches everything."""
    if handler.type is None:
        return set()
    types = handler.type.items if isinstance(handler.type, t.Sequence) else (handler.type,)
    return {terminal_name(item) or "?" for item in types}


def is_yield(node: t.Node) -> bool:
    """Whether a node is a `yield`."""
    return isinstance(node, t.Yield)


def is_put(node: t.Node) -> bool:
    """Something handed to a queue or a stream that another function reads."""
    return isinstance(node, t.Call) and terminal_name(node.func) in _PUTS


# --- what a handler leads to ---------------------------------------------------------------


def _answers(function: Function, statement: t.Try, handler: t.Handler, emits: Emits) -> bool:
    names = caught(handler)
    if names and not names & _EVERYTHING:
        return False
    if _any(handler.body, emits):
        return True
    last = handler.body[-1] if handler.body else None
    if isinstance(last, (t.Raise, t.Return)) and not _any(statement.final, emits):
        return False
    if any(emits(node) for node in _only_after(function, statement, handler)):
        return True
    noted = _noted(handler)
    if noted:
        noted |= _derived(function, noted, handler.end)
    marks = noted | _marks(statement)
    return any(
        _mentions(node, noted) or any(_mentions(test, marks) for test in _tests(function, node))
        for node in t.walk(function.node)
        if emits(node) and (node.start > handler.end or t.in_block(statement.final, node))
    )


def _only_after(function: Function, statement: t.Try, handler: t.Handler) -> Iterator[t.Node]:
    """What comes after a handler and is not come to where the work has succeeded."""
    done = (*statement.body, *statement.orelse)[-1:]
    if not done or (handler.body and isinstance(handler.body[-1], t.Return)):
        return
    kind = done[0].kind if isinstance(done[0], t.Jump) else ""
    for node in t.walk(function.node):
        if isinstance(done[0], t.Return) and node.start > statement.end:
            yield node
        elif kind == "break" and isinstance(node, (t.For, t.While)) and t.holds(node, statement):
            yield from (inner for part in node.orelse for inner in t.walk(part))


def _ends_otherwise(statement: t.Try, emits: Emits) -> bool:
    """A `finally` that emits only where the work did not come to its end."""
    marks = _marks(statement)
    return any(
        isinstance(node, t.If)
        and (_asks(node.test) or _mentions(node.test, marks))
        and _any((*node.body, *node.orelse), emits)
        for part in statement.final
        for node in t.walk(part)
    )


def _noted(handler: t.Handler) -> set[str]:
    """The names that a handler assigns or writes into: what it leaves of the failure."""
    found: set[str] = set()
    for part in handler.body:
        for node in t.walk(part):
            targets: Iterable[t.Node] = ()
            if isinstance(node, t.Assign):
                targets = node.targets
            elif isinstance(node, (t.AugAssign, t.NamedExpr)):
                targets = (node.target,)
            elif isinstance(node, t.ExprStatement) and isinstance(node.value, t.Call):
                func = node.value.func
                targets = (func.value,) if isinstance(func, t.Attribute) else ()
            found |= {root for target in targets if (root := _root(target))}
    return found


def _root(target: t.Node) -> str:
    while isinstance(target, (t.Attribute, t.Subscript)):
        target = target.value
    return target.id if isinstance(target, t.Name) else ""


def _derived(function: Function, noted: set[str], after: t.Position) -> set[str]:
    """The names that what was noted goes into later."""
    found = set(noted)
    for _ in range(2):
        for bindings in function.bindings.values():
            for binding in bindings:
                later = binding.value is not None and binding.position > after
                if later and binding.value is not None and _mentions(binding.value, found):
                    found.add(binding.name)
    return found


def _marks(statement: t.Try) -> set[str]:
    """The names that the body sets to a constant when the work is done: `finished = True`."""
    return {
        target.id
        for part in statement.body
        if isinstance(part, t.Assign) and isinstance(part.value, t.Constant)
        for target in part.targets
        if isinstance(target, t.Name)
    }


def _tests(function: Function, node: t.Node) -> Iterator[t.Expr]:
    """The conditions under which a place is come to."""
    for statement in t.walk(function.node):
        if isinstance(statement, (t.If, t.IfExp, t.While)) and t.holds(statement, node):
            yield statement.test


def _any(block: Iterable[t.Node], emits: Emits) -> bool:
    return any(emits(node) for part in block for node in t.walk(part))


def _asks(test: t.Expr) -> bool:
    return any(
        isinstance(node, t.Call) and terminal_name(node.func) in _ASKS for node in t.walk(test)
    )


def _mentions(node: t.Node, names: set[str]) -> bool:
    return any(isinstance(part, t.Name) and part.id in names for part in t.walk(node))


# --- queues --------------------------------------------------------------------------------


def drains(function: Function) -> bool:
    """Whether a generator takes what it yields from a queue or a stream of memory."""
    return any(terminal_name(site.node.func) in _TAKES for site in function.calls) or any(
        "receive" in (terminal_name(each.iterable) or "") or "queue" in _spelled(each.iterable)
        for each in function.iterations
    )


def _spelled(expr: t.Expr) -> str:
    inner = expr.func if isinstance(expr, t.Call) else expr
    return (terminal_name(inner) or "").lower()


def fails_through_queue(program: Program, functions: Iterable[Function]) -> bool:
    """Whether one of the functions that fill a queue puts its failure there as well."""
    return any(_puts_failure(program, function) for function in functions)


def _puts_failure(program: Program, function: Function) -> bool:
    env = program.env(function)

    def emits(node: t.Node) -> bool:
        if is_put(node):
            return True
        if not isinstance(node, t.Call):
            return False
        return any(
            isinstance(callee, FunctionRef) and _puts(program, callee.function, 0)
            for callee in inference.infer(program, node.func, env)
        )

    return (
        any(_guards(function, emits, lambda node: isinstance(node, (t.For, t.Await, t.Call))))
        or any(
            isinstance(node, t.If) and _asks(node.test) and _any(node.body, emits)
            for node in t.walk(function.node)
        )
        or _hands_on_failure(program, function, emits)
    )


def _hands_on_failure(program: Program, function: Function, emits: Emits) -> bool:
    """Whether items of a generator that makes one of its failure are handed on."""
    env = program.env(function)
    return any(
        isinstance(each.node, t.For)
        and _any(each.node.body, emits)
        and any(
            isinstance(value, GeneratorOf) and any(guards(value.function.function))
            for value in inference.infer(program, each.iterable, env)
        )
        for each in function.iterations
    )


def _puts(program: Program, function: Function, depth: int) -> bool:
    """Whether a helper hands what it gets to a queue."""
    if depth > _DEPTH:
        return False
    env = program.env(function)
    return any(
        is_put(site.node)
        or any(
            isinstance(callee, FunctionRef) and _puts(program, callee.function, depth + 1)
            for callee in inference.infer(program, site.node.func, env)
        )
        for site in function.calls
    )
