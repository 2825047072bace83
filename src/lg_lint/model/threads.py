"""Whether a graph's checkpoints last: a thread that every run makes anew is never come back to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.graph import Run, Site
from lg_lint.program import callers, inference
from lg_lint.program.program import Program, terminal_name
from lg_lint.program.scopes import Function, Module, Scope, reaching
from lg_lint.program.values import Const, Container, Env, External, ExternalObject, FunctionRef

if TYPE_CHECKING:
    from lg_lint.model.graphs import Graphs

_READS = ("get_state", "aget_state", "get_state_history", "aget_state_history", "get_subgraphs")
_RESUMES = "langgraph.types.Command"
_TEXTS = {"str", "format", "join", "lower", "upper", "replace"}
_DEPTH = 8


def describe(program: Program, graphs: Graphs, unresolved: Iterable[Site]) -> None:
    """Says of each graph whether its threads last; `unresolved` are calls that may run any."""
    if any(_is_new(program, site) is False for site in unresolved):
        return
    for graph in graphs.all:
        new = {_is_new(program, run.site) for run in graph.runs if not _goes_on(program, run)}
        graph.lasts = graph.served or new - {None} != {True}


def _goes_on(program: Program, run: Run) -> bool:
    """Whether a call only reads, or goes on with a run that was interrupted."""
    if run.method in _READS:
        return True
    given = run.call.argument("input", 0)
    values = () if given is None else inference.infer(program, given, run.site.env)
    return bool(values) and all(
        value.value is None
        if isinstance(value, Const)
        else isinstance(value, ExternalObject) and value.type == _RESUMES
        for value in values
    )


def _is_new(program: Program, site: Site) -> bool | None:
    """Whether a call that runs a graph names a thread that nothing names again; None for none."""
    call = site.node
    config = call.argument("config", 1) if isinstance(call, t.Call) else None
    named = [] if config is None else list(_threads(program, config, site.env))
    if not named:
        return None
    return all(_is_fresh(program, expr, env, call, 0) for expr, env in named)


def _threads(program: Program, config: t.Expr, env: Env) -> Iterator[tuple[t.Expr, Env]]:
    """The thread ids that a configuration may have; itself where one is unseen."""
    values = inference.infer(program, config, env)
    inner = [
        *(part for value in values for part in _items(value, "configurable")),
        *_written(env.scope, config, "configurable", env),
    ]
    if not inner and not (values and all(map(_is_whole, values))):
        yield config, env
    for expr, where in inner:
        found = [
            part
            for value in inference.infer(program, expr, where)
            for part in _items(value, "thread_id")
        ]
        yield from found or [(config, env)]


def _is_whole(value: object) -> bool:
    """Whether all keys of a value can be seen."""
    return isinstance(value, Container) and (
        isinstance(value.node, t.Dict)
        and all(isinstance(name, t.Constant) for name, _ in value.node.items)
    )


def _items(value: object, key: str) -> Iterator[tuple[t.Expr, Env]]:
    """What a display, or the call of a class for one, gives a key."""
    if not isinstance(value, Container):
        return
    if isinstance(value.node, t.Dict):
        for name, item in value.node.items:
            if isinstance(name, t.Constant) and name.value == key:
                yield item, value.env
    elif isinstance(value.node, t.Call):
        given = value.node.argument(key)
        if given is not None:
            yield given, value.env


def _written(scope: Scope, config: t.Expr, key: str, env: Env) -> Iterator[tuple[t.Expr, Env]]:
    """`config["configurable"] = {...}` in the same function."""
    for write in scope.item_writes if isinstance(config, t.Name) else ():
        same = isinstance(write.container, t.Name) and write.container.id == terminal_name(config)
        if same and isinstance(write.key, t.Constant) and write.key.value == key:
            yield write.value, env


# --- what is new each time -----------------------------------------------------------------


def _is_fresh(program: Program, expr: t.Expr, env: Env, use: t.Node, depth: int) -> bool:
    """Whether an expression has another value each time that the code around `use` runs."""
    if depth > _DEPTH:
        return False

    def fresh(part: t.Expr) -> bool:
        return _is_fresh(program, part, env, use, depth + 1)

    if isinstance(expr, t.Name):
        return _is_fresh_name(program, expr, env, use, depth)
    if isinstance(expr, t.JoinedString):
        return any(map(fresh, expr.parts))
    if isinstance(expr, (t.Attribute, t.Subscript)):
        return fresh(expr.value)
    if isinstance(expr, t.BinOp):
        return expr.op == "+" and (fresh(expr.left) or fresh(expr.right))
    if isinstance(expr, t.IfExp):
        return fresh(expr.body) and fresh(expr.orelse)
    if not isinstance(expr, t.Call):
        return False
    if terminal_name(expr.func) in _TEXTS:
        return any(fresh(arg.value) for arg in expr.args) or (
            isinstance(expr.func, t.Attribute) and fresh(expr.func.value)
        )
    return _is_in_same_round(env, expr, use) and _makes(program, expr, env, depth)


def _makes(program: Program, call: t.Call, env: Env, depth: int) -> bool:
    makers: list[str] = table("savers")["threads"]["fresh"]
    callees = inference.infer(program, call.func, env)
    return bool(callees) and all(
        callee.name in makers
        if isinstance(callee, External)
        else isinstance(callee, FunctionRef) and _returns_fresh(program, callee, depth)
        for callee in callees
    )


def _returns_fresh(program: Program, callee: FunctionRef, depth: int) -> bool:
    function = callee.function
    results = list(function.result_exprs())
    env = program.env(function)
    return bool(results) and all(_is_fresh(program, expr, env, expr, depth + 1) for expr in results)


def _is_fresh_name(program: Program, name: t.Name, env: Env, use: t.Node, depth: int) -> bool:
    scope = env.scope
    if name.id not in scope.bindings:
        return _is_fresh_around(program, name, env, depth)
    bindings = reaching(scope, name.id, name.start)
    return bool(bindings) and all(
        _is_fresh_argument(program, binding.node, scope, depth)
        if isinstance(binding.node, t.Param)
        else binding.kind == "assign"
        and binding.value is not None
        and not binding.unpack
        and _is_fresh(program, binding.value, env, use, depth + 1)
        for binding in bindings
    )


def _is_fresh_around(program: Program, name: t.Name, env: Env, depth: int) -> bool:
    """A name of the function around a generator, which each of its calls makes anew."""
    scope = env.scope
    if not isinstance(scope, Function) or not scope.is_generator:
        return False
    outer = scope.parent
    if not isinstance(outer, Function):
        return False
    inner = t.Name(scope.node.at, name.id)
    return _is_fresh_name(program, inner, program.env(outer), scope.node, depth + 1)


def _is_fresh_argument(program: Program, param: t.Param, scope: Scope, depth: int) -> bool:
    """Whether every call that is seen hands a function something new; None stands for nothing."""
    if not isinstance(scope, Function):
        return False
    given = 0
    for caller in callers.callers(program, scope):
        positions = [item.name for item in scope.params if item.kind == "positional"][caller.skip :]
        position = positions.index(param.name) if param.name in positions else None
        expr = caller.node.argument(param.name, position)
        if expr is None and isinstance(param.default, t.Constant) and param.default.value is None:
            continue
        if expr is None or not _is_fresh(program, expr, caller.env, caller.node, depth + 1):
            return False
        given += 1
    return given > 0


def _is_in_same_round(env: Env, made: t.Node, use: t.Node) -> bool:
    """Whether each round of the loop around a use makes the value again."""
    scope = env.scope
    if isinstance(scope, Module):
        body: t.Block = scope.body
    elif isinstance(scope, Function) and isinstance(scope.node, t.FunctionDef):
        body = scope.node.body
    else:
        return True
    loops = [
        node
        for statement in body
        for node in t.walk(statement)
        if isinstance(node, (t.For, t.While)) and t.in_block(node.body, use)
    ]
    return not loops or t.in_block(max(loops, key=lambda loop: loop.start).body, made)
