"""What a test says of the values that may be meant where it has come out in one way."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.blocks import KIND_TESTS
from lg_lint.program.guards import Guards, dotted, read
from lg_lint.program.inference import attributes, classes, core
from lg_lint.program.scopes import CallSite, Function, Scope, enclosing_function, reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.truth import truth
from lg_lint.program.values import (
    NONE,
    ClassRef,
    Const,
    Env,
    External,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Unknown,
    Value,
    Values,
    constant,
)


def narrowed(program: Program, site: CallSite, callees: Values, env: Env) -> Values:
    """What a call may call, without that which the tests around it rule out."""
    tests = _tests(program, site.node, env)
    if not tests:
        return callees
    func = site.node.func
    callees = _kept(program, callees, tests, dotted(func))
    if not isinstance(func, t.Attribute):
        return callees
    name = dotted(func.value)
    receivers = core.infer(program, func.value, env)
    kept = _kept(program, receivers, tests, name)
    if len(kept) < len(receivers):
        callees = core.union(
            attributes.attribute_values(program, value, func.attr) for value in kept
        )
    return tuple(
        callee
        for callee in callees
        if not isinstance(callee, FunctionRef)
        or callee.bound is None
        or _kept(program, (callee.bound,), tests, name)
    )


def is_returned(program: Program, expr: t.Expr, env: Env) -> bool:
    """False where what a frame was given rules a return out: a kind of function, a literal."""
    scope = env.scope
    guards = _guards(program, scope) if isinstance(scope, Function) else None
    for test, outcome in guards.returns.get(id(expr), ()) if guards else ():
        answer = truth(test, lambda part: _given(program, part, env))
        if answer is not None and answer is not outcome:
            return False
    return True


def is_defined(program: Program, value: Value, env: Env) -> bool:
    """False where what a frame was given rules a function out that stands in it: its other form."""
    scope = env.scope
    if not isinstance(value, FunctionRef) or value.function.parent is not scope:
        return True
    if not isinstance(scope, Function) or env.frame is None:
        return True
    around = _guards(program, scope).inner.get(id(value.function.node), {})
    return not any(
        truth(test, lambda part: _given(program, part, env)) is (not outcome)
        for tests in around.values()
        for test, outcome in tests
    )


def returns_by_parameters(program: Program, function: Function) -> bool:
    """Whether a literal that a parameter is given may rule one of several returns out."""
    names = {param.name for param in function.params} - {function.self_name}
    asked: set[str] = set()

    def note(part: t.Expr) -> None:
        left = part.left if isinstance(part, t.Compare) else part
        asked.update({left.id} if isinstance(left, t.Name) else ())

    for guards in _guards(program, function).returns.values() if names else ():
        for test, _ in guards:
            truth(test, note)
    return bool(names & asked)


def _given(program: Program, test: t.Expr, env: Env) -> bool | None:
    """How a single test comes out by what the call of a frame gives."""
    if isinstance(test, t.Compare):
        left = literal_given(test.left, env)
        return (
            None if left is None else _compared(program, test, left, dotted(test.left) or "", env)
        )
    given = literal_given(test, env)
    return _kind_of(program, test, env) if given is None else bool(given.value)


def literal_given(expr: t.Expr, env: Env) -> Const | None:
    """The literal that the call of a frame gives a parameter, itself or by its default."""
    scope, frame = env.scope, env.frame
    if not isinstance(expr, t.Name) or frame is None or frame.call is None or frame.caller is None:
        return None
    if not isinstance(scope, Function) or frame.function is not scope:
        return None
    bindings = reaching(scope, expr.id, expr.start)
    param = bindings[0].node if len(bindings) == 1 else None
    if not isinstance(param, t.Param) or param.kind in ("*", "**") or scope.declared.get(expr.id):
        return None
    if frame.given or any(arg.star for arg in frame.call.args):
        return None
    skip = 1 if frame.bound is not None and scope.takes_receiver else 0
    positions = [item.name for item in scope.params if item.kind == "positional"][skip:]
    position = positions.index(param.name) if param.name in positions else None
    given = frame.call.argument(param.name, position)
    value = param.default if given is None else given
    if isinstance(value, t.Constant):
        found = constant(value.value)
        return found if isinstance(found, Const) else None
    return None if given is None else literal_given(given, frame.caller)


def _kind_of(program: Program, test: t.Expr, env: Env) -> bool | None:
    asked = terminal_name(test.func) if isinstance(test, t.Call) else None
    if not isinstance(test, t.Call) or asked not in KIND_TESTS or len(test.args) != 1:
        return None
    values = core.infer(program, test.args[0].value, env)
    answers = {is_kind(value, asked) for value in values}
    return answers.pop() if len(answers) == 1 else None


Test = tuple[t.Expr, bool, Env]
"""A test, how it has come out, and where its names mean something."""


def texts_compared(program: Program, scope: Scope, name: str) -> list[str]:
    """The literals that a name equals where a function goes on: `if file == "main.py"`."""
    if not isinstance(scope, Function):
        return []
    tests = [each for rows in _guards(program, scope).calls.values() for each in rows]
    found: dict[str, None] = {}
    for test, outcome in tests:
        if isinstance(test, t.Compare) and test.ops[:1] == ("==",) and dotted(test.left) == name:
            right = test.comparators[0]
            if outcome and isinstance(right, t.Constant) and isinstance(right.value, str):
                found[right.value] = None
    return list(found)


_NONE = Guards()


def _guards(program: Program, function: Function) -> Guards:
    if not function.has_tests:
        return _NONE
    return program.once("guards", function, lambda: read(function))


def _tests(program: Program, node: t.Call, env: Env) -> list[Test]:
    """The tests behind which a call stands, those around the functions around it included."""
    scope: Scope | None = env.scope
    if not isinstance(scope, Function):
        return []
    own = _guards(program, scope).calls.get(id(node), ())
    found = [(test, outcome, env) for test, outcome in own]
    if enclosing_function(scope.parent) is None:
        return found
    frame = env.frame
    name = dotted(node.func)
    root = (name or "").partition(".")[0]
    while name is not None and isinstance(scope, Function) and root not in scope.bindings:
        outer = enclosing_function(scope.parent)
        if outer is None:
            break
        around = _guards(program, outer).inner.get(id(scope.node), {})
        frame = frame.closure if frame is not None else None
        here = program.env(outer, frame)
        for text in (name, name.rpartition(".")[0]):
            found += [(test, outcome, here) for test, outcome in around.get(text, ())]
        scope = outer
    return found


def _kept(program: Program, values: Values, tests: list[Test], name: str | None) -> Values:
    """The values of the expression `name` with which all tests come out as they have."""
    if name is None:
        return values
    for test, outcome, env in tests:
        values = tuple(
            value
            for value in values
            if truth(test, lambda part: _of(program, part, value, name, env))  # noqa: B023
            in (None, outcome)
        )
    return values


def _of(program: Program, test: t.Expr, value: Value, name: str, env: Env) -> bool | None:
    """How a single test comes out where the expression `name` is `value`."""
    if isinstance(test, t.Call):
        return _asked(program, test, value, name, env)
    if isinstance(test, t.Compare):
        return _compared(program, test, value, name, env)
    if isinstance(test, t.Attribute) and dotted(test.value) == name:
        given = _constants(program, value, test.attr)
        answers = {bool(item) for item in given or ()}
        return answers.pop() if len(answers) == 1 else None
    return None


def _asked(program: Program, call: t.Call, value: Value, name: str, env: Env) -> bool | None:
    """`hasattr(x, "name")`, `isinstance(x, C)`, `iscoroutinefunction(x)`, `callable(x.name)`."""
    args = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    asked = terminal_name(call.func)
    if not args:
        return None
    if asked in ("hasattr", "getattr") and dotted(args[0]) == name and len(args) > 1:
        wanted = args[1].value if isinstance(args[1], t.Constant) else None
        return _has(program, value, wanted) if isinstance(wanted, str) else None
    if asked == "callable" and isinstance(args[0], t.Call):
        return _asked(program, args[0], value, name, env)
    if asked == "isinstance" and dotted(args[0]) == name and len(args) > 1:
        return _is_instance(program, value, core.infer(program, args[1], env))
    if asked in KIND_TESTS:
        if dotted(args[0]) == name:
            return is_kind(value, asked)
        if isinstance(args[0], t.Attribute) and dotted(args[0].value) == name:
            found = {
                is_kind(item, asked)
                for item in attributes.attribute_values(program, value, args[0].attr)
            }
            return found.pop() if len(found) == 1 else None
    return None


def is_kind(value: Value, asked: str) -> bool | None:
    """What `iscoroutinefunction` and its kin say of a value."""
    if isinstance(value, Partial):
        return is_kind(value.func, asked)
    if isinstance(value, FunctionRef):
        wanted = asked == "isasyncgenfunction"
        return value.function.is_async and value.function.is_generator is wanted
    return False if isinstance(value, (Instance, ClassRef, Const)) else None


def _has(program: Program, value: Value, name: str) -> bool | None:
    if isinstance(value, (FunctionRef, Const)):
        return False if not name.startswith("__") else None
    if isinstance(value, ExternalObject):
        return True if program.types.has_member(value.type, name) else None
    if not isinstance(value, (Instance, ClassRef)):
        return None
    cls = value.cls
    for owner in classes.lineage(program, cls):
        if name in owner.bindings:
            return True
    bases = classes.external_bases(program, cls)
    if any(program.types.has_member(base, name) for base in bases):
        return True
    if program.writes_of(name) or any(not base.startswith("abc.") for base in bases):
        return None
    getter = classes.find_method(program, cls, "__getattr__")
    return None if getter is not None else False


def _is_instance(program: Program, value: Value, asked: Values) -> bool | None:
    known = [item for item in asked if isinstance(item, (ClassRef, External))]
    if not known or len(known) < len(asked):
        return None
    if isinstance(value, Instance):
        lineage = classes.lineage(program, value.cls)
        bases = classes.external_bases(program, value.cls)
        if any(
            item.cls in lineage if isinstance(item, ClassRef) else item.name in bases
            for item in known
        ):
            return True
        below = classes.subclasses(program, value.cls)
        if any(isinstance(item, External) for item in known) and bases:
            return None
        return None if any(getattr(item, "cls", None) in below for item in known) else False
    if isinstance(value, ExternalObject):
        lines = program.types.lineage(value.type)
        names = {program.types.canonical(item.name) for item in known if isinstance(item, External)}
        return True if names & set(lines) else None
    return False if isinstance(value, FunctionRef) else None


def _compared(program: Program, test: t.Compare, value: Value, name: str, env: Env) -> bool | None:
    """`x.kind == "text"`, `x.kind in ("a", "b")`, `x is None` and their opposites."""
    if len(test.ops) > 1:
        return None
    operator, right = test.ops[0], test.comparators[0]
    several = operator in ("in", "not in")
    parts = right.items if several and isinstance(right, t.Sequence) else (right,)
    wanted = [item for part in parts for item in core.infer(program, part, env)]
    if (several and right in parts) or (not several and len(wanted) != 1):
        return None
    if not wanted or not all(isinstance(item, Const) for item in wanted):
        return None
    given = _compared_with(program, test.left, value, name, wanted)
    answers = {item in wanted for item in given}
    return answers.pop() is (operator in ("==", "is", "in")) if len(answers) == 1 else None


def _compared_with(
    program: Program, left: t.Expr, value: Value, name: str, wanted: list[Value]
) -> list[Value]:
    """The values of the left side, as far as they can tell how a comparison ends."""
    if isinstance(left, t.Attribute) and dotted(left.value) == name:
        found = _constants(program, value, left.attr)
        return [constant(item) for item in found or ()]
    if dotted(left) != name or isinstance(value, Unknown):
        return []
    return [value] if isinstance(value, Const) or wanted == [NONE] else []


def _constants(program: Program, value: Value, name: str) -> list[object] | None:
    """The constants that an attribute is, where its class gives it one and nothing another."""
    if not isinstance(value, (Instance, ClassRef)):
        return None
    found: list[object] = []
    for cls in (value.cls, *classes.subclasses(program, value.cls)):
        if any(attributes.writes_on(program, cls, name)) or not any(
            name in owner.bindings for owner in classes.lineage(program, cls)
        ):
            return None
        for item in attributes.class_attribute(program, cls, name):
            if not isinstance(item, Const):
                return None
            found.append(item.value)
    return found
