"""What code adds to a container after its display: items, entries, all of another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.facts import tree as t
from lg_lint.program.aliases import result_of, variable
from lg_lint.program.inference import callers, core, decorators
from lg_lint.program.memo import ContainerWrite
from lg_lint.program.scopes import Addition, Function, Module, Scope, owner
from lg_lint.program.store import Program, scopes, terminal_name
from lg_lint.program.values import Container, Env
from lg_lint.program.written import Adding

_MAX_CONTEXTS = 60
_GROW = ("list", "dict", "set")


def additions(
    program: Program, value: Container, name: str | None = None
) -> list[tuple[Addition, Env]]:
    """What is added to a container, each with where; `name` is what it goes by, where known."""
    if value.kind not in _GROW:
        return []
    table, key = program.memo.writes, (value.node, name)
    into = table.get(key)
    if into is None:
        into = program.memo.ask(table, key, (), _into, program, value, name)
    found: dict[tuple[int, int], tuple[Addition, Env]] = {}
    for addition, env, held in into:
        if held.kind != value.kind:
            continue
        here = _within(program, value.env, env, held.env)
        for place in _contexts(program, addition, here) if here is not None else ():
            found[id(addition), id(place)] = (addition, place)
    return list(found.values())


def _within(program: Program, made: Env, env: Env, owner: Env) -> Env | None:
    """Where a write into the container of one activation is evaluated; None if into another."""
    if made is owner or made.frame is None:
        return env
    if owner.frame is not None:
        return None
    if env is owner:
        return made
    if env.frame is None and env.scope.parent is made.scope and isinstance(env.scope, Function):
        return program.env(env.scope, program.frame(env.scope, closure=made.frame))
    return env


def _into(program: Program, value: Container, name: str | None) -> Sequence[ContainerWrite]:
    """The writes into the containers of one place, by what names they may go by."""
    module = value.env.scope.module
    firsts = dict.fromkeys(origins(program, module).get(id(value.node), ()))
    firsts.update(dict.fromkeys(program.written.given(value.node)))
    if name is not None:
        firsts[name] = None
    names: dict[str, None] = {}
    for origin in firsts:
        names.update(dict.fromkeys(program.written.grown(origin)))
    found: list[ContainerWrite] = []
    table = program.memo.places
    for each in names:
        under = program.written.under(each)
        key = (each, program.components.get(module.path), len(under))
        places = table.get(key)
        if places is None:
            places = program.memo.ask(table, key, {}, _by_place, program, under, module)
        found += places.get(value.node, ())
    return found


def _by_place(
    program: Program, under: list[Adding], module: Module
) -> dict[t.Node, list[ContainerWrite]]:
    """The writes near a module into what goes by a name, by the place of the container."""
    found: dict[t.Node, list[ContainerWrite]] = {}
    for addition, scope in under:
        if scope.module.is_test or not program.may_meet(module, scope.module):
            continue
        env = program.env(scope)
        is_given = isinstance(addition.container, t.Name) and _is_param(addition.container, scope)
        for here in _contexts(program, addition, env) if is_given else (env,):
            for held in core.infer(program, addition.container, here):
                if isinstance(held, Container) and held.kind in _GROW:
                    found.setdefault(held.node, []).append((addition, here, held))
    return found


def _is_param(name: t.Name, scope: Scope) -> bool:
    return isinstance(scope, Function) and any(item.name == name.id for item in scope.params)


def _contexts(program: Program, addition: Addition, env: Env) -> Sequence[Env]:
    """The activations of a function that writes what it is given, one a call of it."""
    scope = env.scope
    if env.frame is not None or not isinstance(scope, Function):
        return (env,)
    if not program.once("gives on", id(addition), lambda: _mentions_param(addition, scope)):
        return (env,)
    table = program.memo.contexts
    found = table.get(scope)
    if found is None:
        found = program.memo.ask(table, scope, (), _activations, program, scope)
    return found or (env,)


def _activations(program: Program, function: Function) -> Sequence[Env]:
    found = [
        program.frame(
            function, call=call.node, caller=call.env, bound=call.bound, closure=call.closure
        )
        for call in callers.callers_of(program, function)
    ]
    found += decorators.frames_of(program, function)
    return [program.env(function, frame) for frame in found] if len(found) <= _MAX_CONTEXTS else ()


def _mentions_param(addition: Addition, function: Function) -> bool:
    names = {param.name for param in function.params} - {function.self_name}
    parts = [addition.value, addition.container]
    parts += [addition.key] if addition.key is not None else []
    outer = function.parent
    while isinstance(outer, Function):
        names.update(param.name for param in outer.params)
        outer = outer.parent
    return any(
        isinstance(node, t.Name) and node.id in names for part in parts for node in t.walk(part)
    )


def origins(program: Program, module: Module) -> dict[int, tuple[str, ...]]:
    """The names that a module gives its displays and lambdas, by the identity of these."""
    return program.once("origins", module, lambda: _origins_in(module))


def _origins_in(module: Module) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for names, value in _named(module):
        stack: list[t.Node] = [value]
        while stack:
            node = stack.pop()
            if isinstance(node, _DISPLAYS) or _makes(node):
                found[id(node)] = (*found.get(id(node), ()), *names)
            if isinstance(node, _HOLDS):
                stack += t.children(node)
    return found


def _makes(node: t.Node) -> bool:
    return isinstance(node, t.Call) and terminal_name(node.func) in _MAKERS


_MAKERS = {"list", "dict", "set", "deque", "defaultdict", "OrderedDict", "Counter"}
_DISPLAYS = (t.Sequence, t.Dict, t.Comprehension, t.BinOp, t.Lambda)
_HOLDS = (t.Sequence, t.Dict, t.IfExp, t.BoolOp, t.Starred, t.BinOp)


def _named(module: Module) -> Iterator[tuple[tuple[str, ...], t.Expr]]:
    for scope in scopes(module):
        for bindings in scope.bindings.values():
            for binding in bindings:
                name = variable(binding.name, owner(scope, binding.name))
                if binding.value is not None and binding.kind == "assign":
                    yield (name,), binding.value
                elif isinstance(binding.node, t.Param) and binding.node.default is not None:
                    yield (name,), binding.node.default
        if isinstance(scope, Function):
            for expr in scope.result_exprs():
                yield (result_of(scope),), expr
        for site in scope.calls:
            for arg in site.node.args:
                if arg.keyword is not None:
                    yield (arg.keyword,), arg.value
    for write in module.attribute_writes:
        if write.value is not None:
            yield (write.target.attr,), write.value
