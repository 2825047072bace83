"""What fixes claim to change in a syntax tree, told from everything else that differs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

HEADERS = {"Cache-Control", "X-Accel-Buffering"}
KEYWORDS = {"headers", "media_type", "mimetype", "content_type", "timeout"}


def changes(before: str, after: str) -> list[str]:
    """The differences between two texts: each by the name of its claim, or "unclaimed: ..."."""
    return list(_changes(ast.parse(before), ast.parse(after)))


def unclaimed(before: str, after: str) -> list[str]:
    return [change for change in changes(before, after) if change.startswith("unclaimed")]


def _changes(old: Any, new: Any) -> Iterator[str]:
    if ast.dump(old) == ast.dump(new):
        return
    claim = _claim(old, new)
    if claim is not None:
        yield claim
        return
    if type(old) is not type(new):
        if (type(old), type(new)) == (ast.For, ast.AsyncFor) and _is_twin(old.iter, new.iter):
            yield "iterate-twin"
            yield from _fields(old, new, {"iter"})
            return
        yield f"unclaimed: {ast.unparse(old)[:80]!r} -> {ast.unparse(new)[:80]!r}"
        return
    skipped: set[str] = set()
    if isinstance(old, ast.comprehension) and (old.is_async, new.is_async) == (0, 1):
        yield "iterate-twin" if _is_twin(old.iter, new.iter) else "unclaimed: async for"
        skipped = {"iter", "is_async"}
    yield from _fields(old, new, skipped)


def _fields(old: ast.AST, new: ast.AST, skipped: set[str]) -> Iterator[str]:
    for name in old._fields:
        if name in skipped:
            continue
        one, two = getattr(old, name), getattr(new, name)
        if isinstance(one, ast.AST) and isinstance(two, ast.AST):
            yield from _changes(one, two)
        elif isinstance(one, list):
            yield from _lists(name, one, two)
        elif one != two:
            yield f"unclaimed: {name} {one!r} -> {two!r}"


def _lists(name: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    if name == "body":
        new, imports = _without_new_imports(old, new)
        yield from imports
    elif name == "decorator_list" and len(new) == len(old) - 1:
        dumps = [ast.dump(each) for each in old]
        left = [ast.dump(each) for each in new]
        removed = any(dumps[:at] + dumps[at + 1 :] == left for at in range(len(dumps)))
        yield "drop-decorator" if removed else "unclaimed: decorators"
        return
    elif name == "keywords" and len(new) == len(old) + 1 and new[-1].arg in KEYWORDS:
        yield "add-headers" if new[-1].arg == "headers" else "set-keyword"
        new = new[:-1]
    for one, two in zip_longest(old, new):
        if isinstance(one, ast.AST) and isinstance(two, ast.AST):
            yield from _changes(one, two)
        elif one != two:
            yield f"unclaimed: {name}: {one!r} -> {two!r}"


def _without_new_imports(
    old: list[ast.stmt], new: list[ast.stmt]
) -> tuple[list[ast.stmt], list[str]]:
    """The statements of a body but for imports that it has more, and the claims of these."""
    left, known, claims = [], [ast.dump(each) for each in old], []
    for statement in new:
        is_import = isinstance(statement, (ast.Import, ast.ImportFrom))
        if is_import and len(new) > len(old) and ast.dump(statement) not in known:
            claims.append(ast.unparse(statement))
        else:
            left.append(statement)
    return left, claims


def _claim(old: Any, new: Any) -> str | None:
    if isinstance(old, ast.expr) and isinstance(new, ast.Call) and _is_encoded(old, new):
        return "encode-payload"
    if isinstance(old, ast.Call):
        if isinstance(new, ast.Await) and _is_twin(old, new.value):
            return "await-twin"
        if isinstance(new, ast.Await) and _is_sleep(old, new.value):
            return "await-sleep"
        if isinstance(new, ast.ListComp) and _collects(old, new):
            return "iterate-twin"
    if isinstance(old, ast.Await) and isinstance(new, ast.Await):
        return "await-twin" if _is_twin(old.value, new.value) else None
    if isinstance(old, ast.BinOp) and isinstance(new, ast.List):
        return "drop-old-items" if ast.dump(old.right) == ast.dump(new) else None
    if isinstance(old, ast.Dict) and isinstance(new, ast.Dict):
        return _headers(old, new)
    if isinstance(old, ast.keyword) and isinstance(new, ast.keyword) and old.arg == new.arg:
        both = isinstance(old.value, ast.Constant) and isinstance(new.value, ast.Constant)
        if both and old.arg in KEYWORDS and new.value.value == "text/event-stream":
            return "set-keyword"
        if old.arg == "timeout" and not isinstance(old.value, (ast.Name, ast.Attribute)):
            return "set-expression"
    return None


def _is_twin(old: ast.expr, new: ast.expr) -> bool:
    if not isinstance(old, ast.Call) or not isinstance(new, ast.Call):
        return False
    if not isinstance(old.func, ast.Attribute) or not isinstance(new.func, ast.Attribute):
        return False
    arguments = list(_lists("args", old.args, new.args))
    return (
        new.func.attr == f"a{old.func.attr}"
        and ast.dump(old.func.value) == ast.dump(new.func.value)
        and [ast.dump(each) for each in old.keywords] == [ast.dump(each) for each in new.keywords]
        and not any(each.startswith("unclaimed") for each in arguments)
    )


def _is_sleep(old: ast.Call, new: ast.expr) -> bool:
    return (
        isinstance(new, ast.Call)
        and isinstance(new.func, ast.Attribute)
        and new.func.attr == "sleep"
        and [ast.dump(each) for each in old.args] == [ast.dump(each) for each in new.args]
        and not new.keywords
    )


def _is_encoded(old: ast.expr, new: ast.Call) -> bool:
    if isinstance(old, ast.Call) and ast.unparse(old.func) in {"str", "repr"}:
        old = old.args[0]
    value = ast.unparse(old)
    return ast.unparse(new) in {f"json.dumps({value})", f"json.dumps(jsonable_encoder({value}))"}


def _collects(old: ast.Call, new: ast.ListComp) -> bool:
    return (
        isinstance(old.func, ast.Name)
        and old.func.id == "list"
        and len(new.generators) == 1
        and new.generators[0].is_async == 1
        and _is_twin(old.args[0], new.generators[0].iter)
    )


def _headers(old: ast.Dict, new: ast.Dict) -> str | None:
    one = {
        ast.unparse(key): ast.unparse(value)
        for key, value in zip(old.keys, old.values, strict=True)
        if key
    }
    two = {
        ast.unparse(key): ast.unparse(value)
        for key, value in zip(new.keys, new.values, strict=True)
        if key
    }
    if len(one) != len(old.keys) or len(two) != len(new.keys):
        return None
    changed = {ast.literal_eval(key) for key in two if two[key] != one.get(key)}
    names = {str(each).title() for each in changed}
    return "add-headers" if set(one) <= set(two) and names and names <= HEADERS else None
