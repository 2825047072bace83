"""Scopes of one module: functions, classes, what binds each name, and which calls a frame makes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from lg_lint.facts import tree as t

_LAST_ROW = 1 << 60
START: t.Position = t.position(0, 0)
END: t.Position = t.position(_LAST_ROW, 0)
_NONE: Mapping[str, Any] = MappingProxyType({})


Unpack = tuple["int | tuple[int, int]", ...]
"""Where a target stands among others: indexes, or how many items stand on each side of a star."""


class ExclusiveBlocks(Struct, eq=False, gc=False):
    """Blocks of which at most one runs, in order: where each starts and ends."""

    starts: tuple[t.Position, ...]
    ends: tuple[t.Position, ...]

    def at(self, position: t.Position) -> t.Position | None:
        """The start of the block that holds a position."""
        index = bisect_right(self.starts, position) - 1
        return self.starts[index] if index >= 0 and position <= self.ends[index] else None


class Block(t.Node, eq=False, gc=True):
    """A run of statements; `rivals` are it and the others of which at most one runs."""

    rivals: ExclusiveBlocks | None = None
    is_loop: bool = False

    def holds(self, position: t.Position) -> bool:
        """Whether a position lies in it."""
        return self.start <= position <= self.end

    def excludes(self, position: t.Position) -> bool:
        """Whether a position is in a block that runs only where this one does not."""
        if self.rivals is None:
            return False
        other = self.rivals.at(position)
        return other is not None and other != self.start


EVERYWHERE: t.At = (0, 0, _LAST_ROW, 0)
"""Where the block of a module's own statements stands."""

NOWHERE: t.At = (_LAST_ROW, 0, 0, 0)
"""Where an empty block stands."""


class Binding(Struct, eq=False, gc=False):
    """One way a name gets its value.

    `kind`: "assign" (from `value`), "element" (an item of iterating `value`), "enter" (what a
    context manager `value` yields), "augmented", "import", "function", "class", "param", "other".
    `unpack` leads from the value to this name through tuple targets, by index; a slice is what
    a starred target takes.
    """

    name: str
    kind: str
    node: t.Node
    position: t.Position
    block: Block
    value: t.Expr | None = None
    unpack: Unpack = ()
    annotation: t.Expr | None = None
    is_async: bool = False


class CallSite(Struct, eq=False):
    """One call of the frame `scope`; `enclosing` are the statements around it, outermost first.

    `handed` where its result, a coroutine, is given to `asyncio.gather()` or the like: the call
    itself runs nothing. `is_dead` where it stands in the branch of an `if` that never runs.
    `entered` where an `async with` enters what it gives, or an `async for` iterates it.
    """

    node: t.Call
    scope: Scope
    awaited: bool
    enclosing: tuple[t.Node, ...]
    handed: bool = False
    is_dead: bool = False
    entered: bool = False

    @property
    def is_asynchronous(self) -> bool:
        """Whether what the call gives is waited for without holding the loop."""
        return self.is_coroutine or self.entered

    @property
    def is_coroutine(self) -> bool:
        """Whether the call makes a coroutine that is awaited, here or elsewhere."""
        return self.awaited or self.handed


class Scope(Struct, eq=False):
    """A frame's names: base of Function, Class and Module."""

    module: Module
    parent: Scope | None
    qualname: str
    bindings: Mapping[str, tuple[Binding, ...]] = _NONE
    declared: Mapping[str, str] = _NONE
    blocks: tuple[Block, ...] = ()
    loop_blocks: tuple[Block, ...] = ()
    calls: tuple[CallSite, ...] = ()
    returns: tuple[t.Return, ...] = ()
    yields: tuple[t.Yield, ...] = ()
    iterations: tuple[Iteration, ...] = ()
    withs: tuple[t.With, ...] = ()
    loops: tuple[t.For | t.While, ...] = ()
    item_writes: tuple[ItemWrite, ...] = ()
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    has_tests: bool = False


class Iteration(Struct, eq=False, gc=False):
    """A place that iterates `iterable`; `node` is the `for`, comprehension or draining call.

    `is_dead` where it stands in the branch of an `if` that never runs.
    """

    iterable: t.Expr
    node: t.Node
    is_async: bool
    enclosing: tuple[t.Node, ...]
    is_dead: bool = False


class ItemWrite(Struct, eq=False, gc=False):
    """`container[key] = value`."""

    container: t.Expr
    key: t.Expr
    value: t.Expr


class Addition(Struct, eq=False, gc=False):
    """What a call adds to a container: under a key, as an item, or, where `is_all`, its items."""

    container: t.Expr
    key: t.Expr | None
    value: t.Expr
    is_all: bool = False


class Function(Scope, eq=False):
    """The scope of a `def` or a lambda; `cls` is the class whose body holds it."""

    node: t.FunctionDef | t.Lambda = None  # type: ignore[assignment]
    cls: Class | None = None

    @property
    def name(self) -> str:
        """The name, or "<lambda>"."""
        return self.node.name if isinstance(self.node, t.FunctionDef) else "<lambda>"

    @property
    def params(self) -> tuple[t.Param, ...]:
        """The parameters in source order, with `self`."""
        return self.node.params

    @property
    def decorators(self) -> tuple[t.Expr, ...]:
        """The decorators, the outer ones first."""
        return self.node.decorators if isinstance(self.node, t.FunctionDef) else ()

    @property
    def is_async(self) -> bool:
        """Whether it is an `async def`."""
        return isinstance(self.node, t.FunctionDef) and self.node.is_async

    @property
    def is_generator(self) -> bool:
        """Whether it yields, async or not."""
        return bool(self.yields)

    @property
    def name_span(self) -> t.Span:
        """(row, column, end row, end column) of the name; of a lambda, of all of it."""
        return self.node.name_span if isinstance(self.node, t.FunctionDef) else self.node.span

    def result_exprs(self) -> Iterator[t.Expr]:
        """What the function returns: its lambda body, or the values of its return statements."""
        if isinstance(self.node, t.Lambda):
            yield self.node.body
        for statement in self.returns:
            if statement.value is not None:
                yield statement.value

    @property
    def accessor(self) -> str | None:
        """What `@name.setter` or `@name.deleter` makes of a function: no method of its own."""
        for item in self.decorators:
            if not isinstance(item, t.Attribute) or item.attr not in ("setter", "deleter"):
                continue
            if isinstance(item.value, t.Name) and item.value.id == self.name:
                return item.attr
        return None

    @property
    def is_static(self) -> bool:
        """Whether it is decorated as a static method."""
        return any(
            isinstance(decorator, t.Name) and decorator.id == "staticmethod"
            for decorator in self.decorators
        )

    @property
    def takes_receiver(self) -> bool:
        """Whether its first parameter is filled where it is bound to an object.

        That of a method is, and that of a function that a decorator put in a method's place.
        """
        is_plain = self.cls is None and bool(self.params) and self.params[0].kind == "positional"
        return is_plain or self.self_name is not None

    @property
    def self_name(self) -> str | None:
        """The first parameter of a method that is bound to its receiver."""
        if self.cls is None or self.is_static or not self.params:
            return None
        first = self.params[0]
        return first.name if first.kind == "positional" else None


class Class(Scope, eq=False):
    """The scope of a `class` statement."""

    node: t.ClassDef = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        """The name in the statement."""
        return self.node.name

    def method(self, name: str) -> Function | None:
        """The method defined last under this name in the class body: of a property, its getter."""
        for function in reversed(self.functions):
            if function.name == name and function.cls is self and function.accessor is None:
                return function
        return None


class Module(Scope, eq=False):
    """One file. `path` is absolute; `is_package` for an `__init__`; `named` when it is reported.

    `names` holds every name and attribute that its code speaks of, `writers` the functions that
    declare a name as global, `imported` the first names of what its own statements import,
    `renamed` the names that `from` imports of any scope, and assignments of modules and classes,
    give another name, with that, `additions` what calls such as `x.update(...)` put into `x`,
    `nonlocals` the functions that declare a name of one around them, `aliases` what is assigned or
    returned, with where it goes: a target, or None for the result of the scope's function.
    """

    path: str = ""
    is_package: bool = False
    is_notebook: bool = False
    is_test: bool = False
    body: t.Block = ()
    all_functions: list[Function] = field(default_factory=list)
    all_classes: list[Class] = field(default_factory=list)
    attribute_writes: list[AttributeWrite] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    writers: dict[str, list[Function]] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    additions: list[tuple[Addition, Scope]] = field(default_factory=list)
    nonlocals: dict[str, list[Function]] = field(default_factory=dict)
    aliases: list[tuple[Scope, t.Expr, t.Expr | None]] = field(default_factory=list)

    def imported_as(self, name: str) -> str | None:
        """The name under which the file imports a module as a whole; None where it does not."""
        for bindings in self.bindings.values():
            for binding in bindings:
                if isinstance(binding.node, t.Alias) and binding.node.name == name:
                    return binding.name
        return None


class AttributeWrite(Struct, eq=False):
    """`target.attr = value` (or an annotated one), with the scope that it stands in.

    `added` is what `target.attr += added` adds.
    """

    target: t.Attribute
    value: t.Expr | None
    annotation: t.Expr | None
    unpack: Unpack
    scope: Scope
    kind: str = "assign"
    added: t.Expr | None = None


def reaching(scope: Scope, name: str, at: t.Position) -> Sequence[Binding]:
    """The bindings of `name` in `scope` that may hold at a position, latest first.

    Approximates reaching definitions by block structure: later bindings hide earlier ones whose
    place they dominate, rival branches do not see each other, loops carry values backwards.
    """
    bindings = scope.bindings.get(name, ())
    if len(bindings) == 1 and bindings[0].position < at and bindings[0].block.rivals is None:
        return bindings
    first_behind = bisect_left(bindings, at, key=_position)
    found: list[Binding] = []
    if first_behind < len(bindings):
        found += _carried_back(scope, bindings[first_behind:], at)
    for binding in reversed(bindings[:first_behind]):
        if binding.block.excludes(at):
            continue
        found.append(binding)
        if binding.block.holds(at) and binding.kind != "augmented":
            break
    return found


def _position(binding: Binding) -> t.Position:
    return binding.position


def _carried_back(scope: Scope, behind: Sequence[Binding], at: t.Position) -> list[Binding]:
    """The bindings behind a place that a loop around both brings back to it, latest first."""
    end = max((block.end for block in scope.loop_blocks if block.holds(at)), default=at - 1)
    return list(reversed(behind[: bisect_right(behind, end, key=_position)]))


def owner(scope: Scope, name: str) -> Scope:
    """The frame whose variable a name is."""
    current: Scope | None = scope if scope.declared.get(name) != "global" else None
    while current is not None:
        visible = current is scope or not isinstance(current, Class)
        if visible and name in current.bindings and name not in current.declared:
            return current
        current = current.parent
    return scope.module


def sites_of(function: Function) -> dict[t.Node, CallSite]:
    """The calls of a function by their nodes."""
    return {site.node: site for site in function.calls}


def enclosing_function(scope: Scope | None) -> Function | None:
    """The nearest function that is or holds a scope; None in the code of a module or class."""
    while scope is not None and not isinstance(scope, Function):
        scope = scope.parent
    return scope
