"""What each round of a loop over a known collection gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.program import inference
from lg_lint.program.inference import number
from lg_lint.program.scopes import reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import ANYTHING, Const, Container, Env, External, Values, constant


def with_names(program: Program, env: Env, names: dict[str, Values]) -> Env:
    """An environment in which these names have these values."""
    known = {**dict(env.names), **names}
    return program.env(env.scope, env.frame, tuple(sorted(known.items())))


def _plain_rounds(program: Program, target: t.Expr, iterable: t.Expr, env: Env) -> Iterator[Env]:
    known = rows(program, iterable, env)
    if known is None:
        yield env
        return
    for row in known:
        yield with_names(program, env, bound(program, target, row))


Row = Union[Values, "list[Row]"]
MAX_ROUNDS = 64
_MAX_NAMES = 4


def rows(program: Program, expr: t.Expr, env: Env, depth: int = 0) -> list[Row] | None:
    """What each round of a loop over an expression gives; None where that is not known."""
    if isinstance(expr, t.Subscript) and isinstance(expr.index, t.Slice):
        whole = rows(program, expr.value, env, depth)
        part = _slice(program, expr.index, env)
        return whole[part] if whole is not None and part is not None else None
    if isinstance(expr, t.Name):
        if _is_changed(expr, env):
            return None
        value = _assigned(expr, env) if depth < _MAX_NAMES else None
        if isinstance(value, (t.Subscript, t.Call, t.Name)):
            expr, depth = value, depth + 1
            if not isinstance(value, t.Call):
                return rows(program, value, env, depth)
    if isinstance(expr, t.Call):
        called = _of_call(program, expr, env, depth)
        if called is not None:
            return called[0]
    values = inference.infer(program, expr, env)
    if len(values) != 1 or not isinstance(values[0], Container):
        return None
    return _of_container(program, values[0])


def picked(program: Program, expr: t.Expr, env: Env) -> Values | None:
    """What stands at a place of a known order, such as `sorted(names)[0]`; None for all else."""
    if not isinstance(expr, t.Subscript) or isinstance(expr.index, t.Slice):
        return None
    index = number(program, expr.index, env)
    known = rows(program, expr.value, env) if index is not None else None
    if known is None or index is None or not -len(known) <= index < len(known):
        return None
    row = known[index]
    return row if isinstance(row, tuple) else None


def _is_changed(expr: t.Name, env: Env) -> bool:
    """Whether something adds to a collection or takes from it, by the name that it has here."""
    name, scope = expr.id, env.scope
    if any(name == known for known, _ in env.names):
        return False
    if any(binding.kind == "augmented" for binding in scope.bindings.get(name, ())):
        return True
    return any(
        isinstance(func := site.node.func, t.Attribute)
        and container_methods().named(func.attr).changes
        and isinstance(func.value, t.Name)
        and func.value.id == name
        for site in scope.calls
    )


def _assigned(expr: t.Name, env: Env) -> t.Expr | None:
    """The expression that a name of this scope stands for."""
    if any(expr.id == known for known, _ in env.names):
        return None
    found = reaching(env.scope, expr.id, expr.start)
    if len(found) != 1 or found[0].kind != "assign" or found[0].unpack:
        return None
    return found[0].value


def _of_call(
    program: Program, node: t.Call, env: Env, depth: int
) -> tuple[list[Row] | None] | None:
    """The rounds of a call that makes a sequence of another; None for all other calls."""
    name = terminal_name(node.func)
    if name not in _SEQUENCES or len(node.args) < 1 or any(arg.star for arg in node.args):
        return None
    callees = inference.infer(program, node.func, env)
    if len(callees) != 1 or not isinstance(callees[0], External):
        return None
    if callees[0].name not in (f"builtins.{name}", f"itertools.{name}"):
        return None
    if name == "range":
        return (_range(program, node, env),)
    inner = rows(program, node.args[0].value, env, depth)
    if inner is None:
        return (None,)
    if name == "sorted":
        return (_sorted(inner) if len(node.args) == 1 else None,)
    if name == "reversed":
        return (inner[::-1],)
    if name == "pairwise":
        return ([list(pair) for pair in zip(inner, inner[1:])],)  # noqa: B905, RUF007
    return (inner,)


def _sorted(rows: list[Row]) -> list[Row] | None:
    """Rows in order, where each is a text."""
    named = {
        row[0].value: row
        for row in rows
        if len(row) == 1 and isinstance(row[0], Const) and isinstance(row[0].value, str)
    }
    return [named[name] for name in sorted(named)] if len(named) == len(rows) else None


_SEQUENCES = {"range", "list", "tuple", "iter", "reversed", "sorted", "pairwise"}


def _of_container(program: Program, value: Container) -> list[Row] | None:
    """What each round of a loop over a collection gives, nested as tuples are."""

    if value.kind in ("items", "values"):
        pairs = inference.entries_of(program, Container("dict", value.node, value.env))
        return [[key, item] if value.kind == "items" else item for key, item in pairs] or None
    if value.kind in ("zip", "enumerate") and isinstance(value.node, t.Call):
        args = [arg.value for arg in value.node.args if not arg.keyword]
        columns = [rows(program, arg, value.env) for arg in args]
        if value.kind == "enumerate":
            first = columns[0] if columns else None
            return _numbered(program, value.node, value.env, first)
        known = [column for column in columns if column is not None]
        return [list(row) for row in zip(*known)] if len(known) == len(columns) else None  # noqa: B905
    if isinstance(value.node, t.Comprehension):
        made: list[Row] = [item for _, item in comprehension(program, value.node, value.env)]
        return made
    if value.kind in ("list", "tuple", "set", "sum", "dict"):
        items: list[Row] = list(inference.items_of(program, value))
        return items or None
    return None


def _numbered(
    program: Program, node: t.Call, env: Env, items: list[Row] | None
) -> list[Row] | None:
    start = node.argument("start", 1)
    first = number(program, start, env) if start is not None else 0
    if items is None or first is None:
        return None
    return [[(constant(index),), row] for index, row in enumerate(items, first)]


def _range(program: Program, node: t.Call, env: Env) -> list[Row] | None:
    numbers = [number(program, arg.value, env) for arg in node.args]
    known = [each for each in numbers if each is not None]
    if not known or len(known) != len(numbers) or len(known) > 3 or 0 in known[2:]:
        return None
    numbered: list[Row] = [(constant(each),) for each in range(*known)[:MAX_ROUNDS]]
    return numbered


def _slice(program: Program, node: t.Slice, env: Env) -> slice | None:
    parts = [node.lower, node.upper, node.step]
    numbers = [number(program, part, env) if part is not None else None for part in parts]
    if any(
        part is not None and each is None
        for part, each in zip(parts, numbers)  # noqa: B905
    ):
        return None
    return slice(*numbers)


def bound(program: Program, target: t.Expr, row: Row) -> dict[str, Values]:
    """What a row gives the names of a loop's target."""
    if isinstance(target, t.Name):
        return {target.id: row if isinstance(row, tuple) else ANYTHING}
    found: dict[str, Values] = {}
    if isinstance(target, t.Sequence):
        for index, item in enumerate(target.items):
            if isinstance(row, list):
                part: Row = row[index] if index < len(row) else ANYTHING
            else:
                part = inference.unpacked(program, row, (index,))
            found.update(bound(program, item, part))
    return found


def comprehension(program: Program, node: t.Comprehension, env: Env) -> list[tuple[Values, Values]]:
    """Keys and values of a comprehension, round by round; an item is its own key in a list."""
    envs = [env]
    for generator in node.generators:
        envs = [
            inner
            for outer in envs
            for inner in _plain_rounds(program, generator.target, generator.iterable, outer)
        ][:MAX_ROUNDS]
    found = []
    for inner in envs:
        item = inference.infer(program, node.element, inner)
        key = inference.infer(program, node.key, inner) if node.key is not None else item
        found.append((key, item))
    return found
