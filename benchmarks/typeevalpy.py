"""`python -m benchmarks.typeevalpy CHECKOUT`: what inference says on TypeEvalPy's micro-benchmark.

`CHECKOUT` is one of https://github.com/secure-software-engineering/TypeEvalPy. Of its facts those
are asked whose type is a callable, a class, an object of one or a generator; with `--all` each.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.pycg import program_of
from lg_lint.facts import tree as t
from lg_lint.facts.extract import extract
from lg_lint.program import inference
from lg_lint.program.scopes import Function, Module, Scope
from lg_lint.program.store import Program, scopes
from lg_lint.program.values import (
    ClassRef,
    Const,
    Container,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Offloader,
    Partial,
    Value,
    Values,
)

_PLAIN = {"int", "str", "list", "float", "dict", "Nonetype", "bool", "tuple", "set", "code"}
_CALLABLE = (FunctionRef, External, ExternalMethod, Partial, Offloader)
_UNKNOWN = "?"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--show", action="store_true", help="each fact that is not exact")
    parser.add_argument("--all", action="store_true", help="numbers, texts and containers, too")
    options = parser.parse_args()
    counts = dict.fromkeys(("facts", "exact", "unknown", "partly", "wrong"), 0)
    root = options.checkout / "micro-benchmark" / "python_features"
    for path in sorted(root.glob("*/*/*_gt.json")):
        program = program_of(path.parent)
        for fact in json.loads(path.read_text()):
            wanted = set(fact["type"])
            if not options.all and wanted <= _PLAIN:
                continue
            found = set(told(program, path.parent, fact))
            kind = judged(wanted, found)
            counts["facts"] += 1
            counts[kind] += 1
            if options.show and kind != "exact":
                name = f"{path.parent.parent.name}/{path.parent.name}:{fact['line_number']}"
                asked = [fact[key] for key in ("function", "parameter", "variable") if key in fact]
                print(f"{kind:8} {name} {asked} {sorted(wanted)} {sorted(found)}")
    print(", ".join(f"{key} {count}" for key, count in counts.items()))


def judged(wanted: set[str], found: set[str]) -> str:
    """A wrong answer rules the right one out, or names one that is none."""
    if found == wanted:
        return "exact"
    if _UNKNOWN in found or not found:
        return "unknown" if found <= {_UNKNOWN} else "partly"
    return "partly" if wanted & found else "wrong"


def told(program: Program, folder: Path, fact: dict[str, Any]) -> Iterator[str]:
    module = program.module(str(folder / fact["file"]))
    if module is None:
        return
    line = fact["line_number"]
    scope = _scope(module, fact, line)
    if scope is None:
        return
    env = program.env(scope)
    if "variable" in fact:
        expr = _placed(fact["variable"], _last_row(module, line))
        values = inference.infer(program, expr, env) if expr is not None else ()
    elif "parameter" in fact:
        assert isinstance(scope, Function)
        values = inference.union(
            inference.binding_values(program, binding, env)
            for binding in scope.bindings[fact["parameter"]]
            if isinstance(binding.node, t.Param)
        )
    else:
        assert isinstance(scope, Function)
        values = _returned(program, scope)
    for value in values:
        yield word(value, module)


def _returned(program: Program, function: Function) -> Values:
    ref = FunctionRef(function)
    if function.is_generator:
        return (GeneratorOf(ref),)
    return inference.returned_values(program, ref, None)


def _scope(module: Module, fact: dict[str, Any], line: int) -> Scope | None:
    """The scope that a fact speaks of: a function by its name and place."""
    if "function" not in fact:
        return module
    is_inside = "variable" in fact
    found = [
        scope
        for scope in scopes(module)
        if isinstance(scope, Function)
        and (scope.qualname == fact["function"] or scope.name == "<lambda>")
        and (scope.node.row <= line <= scope.node.span[2] if is_inside else True)
        and (is_inside or line in (scope.node.row, scope.name_span[0]))
    ]
    return next((item for item in found if item.qualname == fact["function"]), None) or next(
        iter(found), None
    )


def _last_row(module: Module, line: int) -> int:
    """The last row of the plain statement that begins in a line."""
    rows = [
        node.span[2]
        for statement in module.body
        for node in t.walk(statement, into_functions=True)
        if isinstance(node, (t.Assign, t.AugAssign, t.ExprStatement)) and node.row == line
    ]
    return max(rows, default=line)


def _placed(text: str, row: int) -> t.Expr | None:
    """An expression that stands at the end of a row."""
    facts = extract("\n" * (row - 1) + "(" + " " * 400 + text + ")\n")
    first = facts.body[0] if facts.body else None
    return first.value if isinstance(first, t.ExprStatement) else None


def word(value: Value, module: Module) -> str:
    if isinstance(value, Const):
        return "Nonetype" if value.value is None else type(value.value).__name__
    if isinstance(value, Container):
        return {"comprehension": "list"}.get(value.kind, value.kind)
    if isinstance(value, Instance):
        owner = value.cls.module
        if owner is module:
            return value.cls.qualname
        path = Path(owner.path).relative_to(Path(module.path).parent).with_suffix("")
        return ".".join([*path.parts, value.cls.qualname]).replace(".__init__", "")
    if isinstance(value, ClassRef):
        return "type"
    if isinstance(value, GeneratorOf):
        return "generator"
    if isinstance(value, ExternalObject) and value.type == "collections.namedtuple":
        return "type"
    if isinstance(value, ExternalObject) and value.type == "collections.namedtuple()":
        named = value.base.site if isinstance(value.base, ExternalObject) else None
        first = named.args[0].value if isinstance(named, t.Call) else None
        return str(first.value) if isinstance(first, t.Constant) else _UNKNOWN
    if isinstance(value, ExternalObject):
        return value.type.removeprefix("builtins.")
    return "callable" if isinstance(value, _CALLABLE) else _UNKNOWN


if __name__ == "__main__":
    main()
