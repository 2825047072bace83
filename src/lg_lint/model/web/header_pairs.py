"""Where code that gets every answer of an application names a header, and when it does so."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, table
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.body_readers import Condition, conditions_at
from lg_lint.model.web.headers import header_methods, header_types, texts
from lg_lint.model.web.stream_conditions import Stream, Truth, negated
from lg_lint.program import inference
from lg_lint.program.scopes import Class, Function
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ClassRef,
    Const,
    Container,
    Env,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Value,
    Values,
)

_DEPTH = 2
_VALUES = 3


class Naming(Struct, frozen=True):
    """A place where a header gets a value that may be the wanted one, and what must be true."""

    conditions: tuple[Condition, ...] = ()

    def may_reach(self, program: Program, response: StreamResponse) -> bool:
        """Whether no condition on the way is known to be false for a stream."""
        stream = Stream(program, response)
        for condition in self.conditions:
            truth = stream.judge(condition.test, condition.function)
            if (truth if condition.wanted else negated(truth)) is Truth.NO:
                return False
        return True


class Namings(Struct):
    """The search for a header and a value in what a framework is given."""

    program: Program
    name: str
    wanted: str
    _of: dict[int, list[Naming]] = field(default_factory=dict)

    def of_values(self, values: Values, depth: int = 0) -> Iterator[Naming]:
        """Those in functions, classes, lists and calls that a value is or holds."""
        for value in values if depth <= _VALUES else ():
            yield from self._of_value(value, depth)

    def _of_value(self, value: Value, depth: int) -> Iterator[Naming]:
        if isinstance(value, FunctionRef):
            yield from self.of_function(value.function)
        elif isinstance(value, (ClassRef, Instance)):
            yield from self.of_class(value.cls)
        elif isinstance(value, Partial):
            yield from self.of_values((value.func,), depth + 1)
        elif isinstance(value, Container):
            yield from self.of_node(value.node, value.env)
            for items in inference.items_of(self.program, value):
                yield from self.of_values(items, depth + 1)
        elif isinstance(value, ExternalObject) and isinstance(value.site, t.Call) and value.env:
            yield from self.of_node(value.site, value.env)
            for arg in value.site.args:
                given = inference.infer(self.program, arg.value, value.env)
                yield from self.of_values(given, depth + 1)

    def of_class(self, cls: Class) -> Iterator[Naming]:
        """Those in the methods of a class and of the project's classes above it."""
        for owner in inference.lineage(self.program, cls):
            for function in owner.functions:
                yield from self.of_function(function)

    def of_function(self, function: Function, depth: int = 0) -> list[Naming]:
        """Those in a function, in what is defined in it and in what it calls."""
        if id(function) in self._of:
            return self._of[id(function)]
        found = self._of[id(function)] = []
        env = self.program.env(function)
        for node in self._pairs(t.walk(function.node), env):
            found.append(Naming(tuple(conditions_at(function, node))))
        for site in function.calls:
            if terminal_name(site.node.func) in _many():
                found += self._handed(function, site.node, env)
        for inner in function.functions:
            found += self.of_function(inner, depth)
        for site in function.calls if depth < _DEPTH else ():
            conditions: tuple[Condition, ...] | None = None
            for callee in inference.infer(self.program, site.node.func, env):
                if not isinstance(callee, FunctionRef) or callee.function.is_generator:
                    continue
                for naming in self.of_function(callee.function, depth + 1):
                    conditions = conditions or tuple(conditions_at(function, site.node))
                    found.append(Naming((*conditions, *naming.conditions)))
        return found

    def _handed(self, function: Function, call: t.Call, env: Env) -> Iterator[Naming]:
        """`response.headers.update(HEADERS)`: those in a mapping that stands elsewhere."""
        for arg in call.args:
            if isinstance(arg.value, (t.Name, t.Attribute)):
                for value in inference.infer(self.program, arg.value, env):
                    if isinstance(value, Container):
                        for _ in self.of_node(value.node, value.env):
                            yield Naming(tuple(conditions_at(function, call)))

    def of_node(self, node: t.Node, env: Env) -> Iterator[Naming]:
        """Those in an expression as it stands."""
        for _ in self._pairs(t.walk(node), env):
            yield Naming()

    def _pairs(self, nodes: Iterable[t.Node], env: Env) -> Iterator[t.Node]:
        for node in nodes:
            for key, value in _pairs_of(node):
                if self._is_named(key, env) and self._may_be_wanted(value, env):
                    yield node

    def _is_named(self, key: t.Expr, env: Env) -> bool:
        if isinstance(key, t.Constant):
            text = key.value.decode("latin-1") if isinstance(key.value, bytes) else key.value
            return isinstance(text, str) and text.lower() == self.name
        if not isinstance(key, (t.Name, t.Attribute, t.Call)):
            return False
        return any(text.lower() == self.name for text in texts(self.program, key, env))

    def _may_be_wanted(self, value: t.Expr, env: Env) -> bool:
        found = texts(self.program, value, env)
        if found:
            return any(text.strip().lower() == self.wanted for text in found)
        values = inference.infer(self.program, value, env)
        return not values or not all(isinstance(each, Const) for each in values)


@functools.cache
def _many() -> frozenset[str]:
    """The last names of calls that put a whole mapping of headers in, or make one."""
    kinds = header_methods() | table("web")["headers"]["responses"]
    return frozenset(name for name, kind in kinds.items() if kind == "many") | header_types()


def _is_read(call: t.Call) -> bool:
    """Whether a call only asks for headers, or takes them out."""
    row = container_methods().of(call)
    return (bool(row.of) and not row.adds) or terminal_name(call.func) in _readers()


@functools.cache
def _readers() -> frozenset[str]:
    return frozenset(table("web")["headers"]["readers"])


def _pairs_of(node: t.Node) -> Iterator[tuple[t.Expr, t.Expr]]:
    """The names with values that a piece of code puts together."""
    if isinstance(node, t.Dict):
        yield from ((key, value) for key, value in node.items if key is not None)
    elif isinstance(node, t.Sequence) and len(node.items) == 2:
        yield node.items[0], node.items[1]
    elif isinstance(node, t.Call):
        args = [arg.value for arg in node.args if not arg.star]
        named, value = node.argument("name"), node.argument("value")
        if named is not None and value is not None:
            yield named, value
        elif not _is_read(node):
            yield from itertools.pairwise(args)
    elif isinstance(node, t.Assign) and node.value is not None:
        for target in node.targets:
            if isinstance(target, t.Subscript):
                yield target.index, node.value
