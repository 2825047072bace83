"""Which calls in a function use one connection, and which open one that is kept for later."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.program import inference
from lg_lint.program.blocks import blocks_of
from lg_lint.program.call_graph.execution import CallNode
from lg_lint.program.guards import dotted
from lg_lint.program.scopes import CallSite, Function, reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import External, ExternalMethod, ExternalObject, FunctionRef, Value

_OPENERS = names("connection_openers")


Connection = tuple[Function, "t.Node | str"]
"""A connection as one function knows it: the call or parameter that gives it, or a dotted name."""


def connection_of(function: Function, call: t.Call) -> Connection:
    """The connection that a call in a function is made on; the call itself where none is seen."""
    root = _root(function, call, 0)
    return (function, call if root is None else root)


def connections_given(function: Function, call: t.Node) -> Iterator[Connection]:
    """The connections that a call hands on: what it does with one is done on that connection."""
    for arg in call.args if isinstance(call, t.Call) else ():
        if isinstance(arg.value, (t.Name, t.Attribute)):
            root = _root(function, arg.value, 1)
            if root is not None:
                yield (function, root)


def opens(call: t.Node) -> bool:
    """Whether a call gives a connection."""
    return isinstance(call, t.Call) and terminal_name(call.func) in _OPENERS


def source_of(state: CallNode, call: t.Node) -> t.Call | None:
    """The call in the same function that gives what another is made on, else None."""
    root = _root(state.function, call, 0) if isinstance(call, t.Call) else None
    return root if isinstance(root, t.Call) and root.span[0] < call.span[0] else None


def makes(program: Program, state: CallNode, source: t.Call) -> bool:
    """Whether such a call makes it, and does not only hand out what there is."""
    callees = inference.infer(program, source.func, state.env)
    return bool(callees) and all(_makes(callee) for callee in callees)


def _makes(callee: Value) -> bool:
    """Whether a call makes a client or connection: a class or function of a library."""
    if isinstance(callee, ExternalMethod):
        return callee.name in _OPENERS
    return isinstance(callee, (External, ExternalObject))


def _root(function: Function, expr: t.Expr, depth: int) -> t.Node | str | None:
    """Where a receiver comes from: the call that opens it, a parameter, a dotted name."""
    if depth > 12:
        return None
    if isinstance(expr, (t.Await, t.Subscript)):
        return _root(function, expr.value, depth + 1)
    if isinstance(expr, t.Attribute):
        owner = _root(function, expr.value, depth + 1)
        return f"{owner}.{expr.attr}" if isinstance(owner, str) else owner
    if isinstance(expr, t.Name):
        return _named(function, expr, depth)
    if isinstance(expr, t.Call):
        return _called(function, expr, depth)
    return None


def _called(function: Function, call: t.Call, depth: int) -> t.Node | str | None:
    """The call itself where it opens what follows; a query of what `self` holds opens nothing."""
    if not isinstance(call.func, t.Attribute):
        return call
    owner = _root(function, call.func.value, depth + 1)
    if not isinstance(owner, str):
        return owner or call
    held = owner.startswith(f"{function.self_name}.") and call.func.attr.islower()
    return owner if (depth == 0 or held) and call.func.attr not in _OPENERS else call


def _named(function: Function, expr: t.Name, depth: int) -> t.Node | str | None:
    if expr.id == function.self_name:
        return expr.id
    for binding in reaching(function, expr.id, expr.start):
        if isinstance(binding.node, t.Param):
            return binding.node
        if binding.value is not None:
            return _root(function, binding.value, depth + 1)
    return expr.id


# --- kept for later ------------------------------------------------------------------------


def is_kept(function: Function, site: CallSite) -> bool:
    """Whether a call runs once for the process: what it gives is kept, and looked for first.

    `if self.pool is None: self.pool = connect()`, `global engine; engine = connect()`,
    `if self.keys: return self.keys` before `self.keys = get(...)`.
    """
    for statement in site.enclosing:
        if isinstance(statement, t.If) and _is_kept_if_missing(function, statement):
            return True
    if _is_returned_before(function, site.node):
        return True
    return _opens(site.node) and _is_stored(function, site.node)


def is_renewed(program: Program, function: Function, site: CallSite) -> bool:
    """Whether a call runs once a period: what it gives is kept until a test of its age fails.

    `if time() > self.until: self.token = fetch()`, or the same with a return of what is fresh. The
    test may stand in a method of the same object: `if self.is_old(): ...`.
    """
    if not isinstance(function.node, t.FunctionDef):
        return False
    tests = [
        statement.test
        for statement in site.enclosing
        if isinstance(statement, t.If) and t.in_block(statement.body, site.node)
    ]
    before = [given for given in function.returns if given.end <= site.node.start]
    stored = set(_stored_after(function, site.node)) if tests or before else set()
    for given in before if stored else ():
        tests += _tests_passed(function.node.body, given, site.node)
    return bool(stored) and any(
        _asks_age(part) and not stored.isdisjoint(_names(part))
        for test in tests
        for part in (test, *_own_tests(program, function, test))
    )


def _own_tests(program: Program, function: Function, test: t.Expr) -> Iterator[t.Expr]:
    """What the methods of the same object give that a test calls."""
    env = program.env(function)
    for call in t.walk(test):
        func = call.func if isinstance(call, t.Call) else None
        owner = func.value if isinstance(func, t.Attribute) else None
        if func is not None and isinstance(owner, t.Name) and owner.id == function.self_name:
            for callee in inference.infer(program, func, env):
                if isinstance(callee, FunctionRef):
                    yield from callee.function.result_exprs()


def _asks_age(test: t.Expr) -> bool:
    return any(
        isinstance(part, t.Compare) and set(part.ops) & {"<", ">", "<=", ">="}
        for part in t.walk(test)
    )


def _is_kept_if_missing(function: Function, statement: t.If) -> bool:
    name = _missing(statement.test)
    if name is None or not _outlives(function, name):
        return False
    text = dotted(name)
    return any(
        isinstance(node, t.Assign) and any(dotted(target) == text for target in node.targets)
        for inner in statement.body
        for node in t.walk(inner)
    )


def _missing(test: t.Expr) -> t.Expr | None:
    """The name that `x is None` or `not x` asks for."""
    if isinstance(test, t.UnaryOp) and test.op == "not":
        return test.operand
    if isinstance(test, t.Compare) and test.ops == ("is",):
        right = test.comparators[0]
        return test.left if isinstance(right, t.Constant) and right.value is None else None
    return None


def _is_returned_before(function: Function, call: t.Call) -> bool:
    """Whether a call comes after a return of what was stored, and before it is stored anew."""
    given = [
        (statement, text)
        for statement in function.returns
        if statement.end <= call.start and (text := _kept_name(function, statement.value))
    ]
    if not given or not isinstance(function.node, t.FunctionDef):
        return False
    stored = set(_stored_after(function, call))
    for statement in [statement for statement, text in given if text in stored]:
        tests = list(_tests_passed(function.node.body, statement, call))
        looked_for = any(not stored.isdisjoint(_names(test)) for test in tests)
        if looked_for and not any(map(_asks_age, tests)):
            return True
    return False


def _kept_name(function: Function, expr: t.Expr | None) -> str | None:
    """The dotted name of what is looked up, where that outlives a call of the function."""
    if isinstance(expr, t.Subscript):
        expr = expr.value
    root = expr
    while isinstance(root, t.Attribute):
        root = root.value
    if expr is None or not isinstance(root, t.Name):
        return None
    local = root.id in function.bindings and root.id not in (*function.declared, function.self_name)
    return None if local else dotted(expr)


def _stored_after(function: Function, call: t.Call) -> Iterator[str | None]:
    """The dotted names that a function gives a value, or an item, once a call is done."""
    for write in function.module.attribute_writes:
        if write.scope is function and write.value is not None and write.value.end >= call.end:
            yield dotted(write.target)
    for item in function.item_writes:
        if item.value.end >= call.end:
            yield dotted(item.container)
    for name, kind in function.declared.items():
        if kind == "global" and any(
            binding.position >= call.end for binding in function.bindings.get(name, ())
        ):
            yield name


def _tests_passed(body: t.Block, inner: t.Node, call: t.Call) -> Iterator[t.Expr]:
    """The tests of the branches around a statement that the way to a call passes by."""
    for statement in body:
        branch = statement.body if isinstance(statement, t.If) else ()
        if t.in_block(branch, inner) and not t.in_block(branch, call):
            yield from (
                node.test
                for node in t.walk(statement)
                if isinstance(node, t.If) and t.in_block(node.body, inner)
            )
        if t.holds(statement, call):
            for block in blocks_of(statement):
                if t.in_block(block, call):
                    yield from _tests_passed(block, inner, call)
            return


def _names(test: t.Expr) -> set[str]:
    names = (dotted(node) for node in t.walk(test) if isinstance(node, (t.Name, t.Attribute)))
    return {text for text in names if text is not None}


def _outlives(function: Function, expr: t.Expr) -> bool:
    if isinstance(expr, t.Name):
        return function.declared.get(expr.id) == "global"
    return isinstance(expr, t.Attribute)


def _opens(call: t.Call) -> bool:
    name = call.func.attr if isinstance(call.func, t.Attribute) else ""
    return name in ("connect", "from_env") or (
        isinstance(call.func, t.Name) and call.func.id == "connect"
    )


def _is_stored(function: Function, call: t.Call) -> bool:
    for write in function.module.attribute_writes:
        if write.scope is function and write.kind == "assign" and write.value is call:
            return True
    return any(
        binding.value is call and function.declared.get(name) == "global"
        for name, bindings in function.bindings.items()
        for binding in bindings
    )
