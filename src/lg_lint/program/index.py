"""From a module's facts to its scopes."""

from __future__ import annotations

from collections.abc import Callable, Set
from sys import intern
from typing import Any

from lg_lint.facts import tree as t
from lg_lint.program.aliases import spoken, unpacking
from lg_lint.program.blocks import drained, exclusive_blocks, never_holds, takes_coroutines
from lg_lint.program.container_methods import ContainerMethods
from lg_lint.program.scope_builder import ScopeBuilder
from lg_lint.program.scopes import (
    EVERYWHERE,
    Addition,
    AttributeWrite,
    Binding,
    Block,
    CallSite,
    Class,
    Function,
    ItemWrite,
    Iteration,
    Module,
    Scope,
    Unpack,
)


def build(
    path: str,
    facts: t.ModuleFacts,
    drainers: Set[str],
    is_test: bool,
    methods: ContainerMethods = ContainerMethods(),  # noqa: B008
) -> Module:
    """The scopes of one file; `drainers` are the last names of what iterates its argument.

    `methods` are those of containers.
    """
    module = Module(module=None, parent=None, qualname="", path=path)  # type: ignore[arg-type]
    module.module = module
    module.is_package = path.endswith(("__init__.py", "__init__.pyi"))
    module.is_notebook = path.endswith(".ipynb")
    module.is_test = is_test
    module.body = facts.body
    _Builder(module, module, drainers, methods).run(facts.body, EVERYWHERE)
    return module


class _Builder:
    """Fills one scope from the statements of its frame; nested frames get builders of their own."""

    def __init__(
        self, module: Module, scope: Scope, drainers: Set[str], methods: ContainerMethods
    ) -> None:
        self.module = module
        self.methods = methods
        self.drainers = drainers
        self.scope = scope
        self.enclosing: tuple[t.Node, ...] = ()
        self.dead = False
        self.block = Block(EVERYWHERE)
        self.found = ScopeBuilder()

    def run(self, body: t.Block, at: t.At) -> None:
        self.block = Block(at)
        self.found.blocks.append(self.block)
        self.statements(body)
        self.found.freeze(self.scope)

    # --- statements ------------------------------------------------------------------------

    def statements(self, body: t.Block) -> None:
        for statement in body:
            _STATEMENTS.get(type(statement), _Builder._plain)(self, statement)

    def _plain(self, node: t.Node) -> None:
        for child in t.children(node):
            self.expression(child)

    def _assign(self, node: t.Assign) -> None:
        if node.value is not None:
            self.expression(node.value)
        if node.annotation is not None:
            self.expression(node.annotation)
        for target in node.targets:
            self.bind(target, "assign", node, node.value, annotation=node.annotation)
            self.alias(node.value, target)
            if not isinstance(self.scope, Function):
                self._rename(target, node.value)

    def _rename(self, target: t.Expr, value: t.Expr | None) -> None:
        """Notes that a module or a class gives something another name: `resume = stream`."""
        last = value.attr if isinstance(value, t.Attribute) else getattr(value, "id", None)
        if isinstance(target, t.Name) and last not in (None, target.id):
            self.module.renamed.append((last, target.id))

    def _augassign(self, node: t.AugAssign) -> None:
        self.expression(node.value)
        self.expression(node.target)
        if isinstance(node.target, t.Name):
            self.add(Binding(node.target.id, "augmented", node, node.end, self.block, node.value))
            if node.op in ("+", "|"):
                self.adds(node.target, None, node.value, is_all=True)
        elif isinstance(node.target, t.Attribute):
            self.adds(node.target, None, node.value, is_all=True)
            write = AttributeWrite(node.target, None, None, (), self.scope, "augmented", node.value)
            self.module.attribute_writes.append(write)

    def alias(self, value: t.Expr | None, target: t.Expr | None) -> None:
        """Notes that what goes by one name goes by another, too; None is what a function gives."""
        if isinstance(value, _SPOKEN) and spoken(value) is not None:
            self.module.aliases.append((self.scope, value, target))

    def _return(self, node: t.Return) -> None:
        self.found.returns.append(node)
        if isinstance(self.scope, Function):
            self.alias(node.value, None)
        self._plain(node)

    def _scopedeclaration(self, node: t.ScopeDeclaration) -> None:
        for name in node.names:
            self.found.declared[name] = node.kind
            if isinstance(self.scope, Function):
                module = self.module
                writers = module.writers if node.kind == "global" else module.nonlocals
                functions = writers.setdefault(name, [])
                if self.scope not in functions:
                    functions.append(self.scope)

    def _import(self, node: t.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.imports(alias.name)
            self.add(Binding(name, "import", alias, node.end, self.block))

    def _importfrom(self, node: t.ImportFrom) -> None:
        self.imports(node.module)
        for alias in node.names:
            if alias.asname is not None:
                self.module.renamed.append((alias.name, alias.asname))
            self.add(Binding(alias.asname or alias.name, "import", node, node.end, self.block))

    def _if(self, node: t.If) -> None:
        self.found.kinds.add(t.If)
        self.expression(node.test)
        outer, self.dead = self.dead, self.dead or never_holds(node.test)
        body, orelse = exclusive_blocks((node.body, node.orelse))
        self.branch(node, node.body, body)
        self.dead = outer
        self.branch(node, node.orelse, orelse)

    def _while(self, node: t.While) -> None:
        self.found.loops.append(node)
        self.nested(node, (node.test,), loop=True)
        self.branches(node, node.body, loop=True)
        self.branches(node, node.orelse)

    def _for(self, node: t.For) -> None:
        self.found.loops.append(node)
        self.expression(node.iterable, node.iterable if node.is_async else None)
        self.iterate(node.iterable, node, node.is_async)
        before = self.enter(node, Block(node.at, is_loop=True))
        self.bind(node.target, "element", node, node.iterable, is_async=node.is_async)
        self.statements(node.body)
        self.leave(before)
        self.branches(node, node.orelse)

    def _with(self, node: t.With) -> None:
        self.found.withs.append(node)
        for item in node.items:
            self.expression(item.context, item.context if node.is_async else None)
            if item.target is not None:
                self.bind(item.target, "enter", item, item.context, is_async=node.is_async)
        outer, self.enclosing = self.enclosing, (*self.enclosing, node)
        self.statements(node.body)
        self.enclosing = outer

    def _try(self, node: t.Try) -> None:
        self.branches(node, node.body)
        outer = self.enclosing
        for handler in node.handlers:
            before = self.enter(handler, Block(handler.at))
            self.enclosing = (*outer, node, handler)
            if handler.type is not None:
                self.expression(handler.type)
            if handler.name is not None:
                self.add(Binding(handler.name, "other", handler, handler.start, self.block))
            self.statements(handler.body)
            self.leave(before)
        self.branches(node, node.orelse)
        self.statements(node.final)

    def _match(self, node: t.Match) -> None:
        self.expression(node.subject)
        bodies = [case.body for case in node.cases]
        blocks = exclusive_blocks(bodies)
        for case, block in zip(node.cases, blocks, strict=True):
            before = self.enter(node, block)
            for pattern in case.patterns:
                self.expression(pattern)
            if case.guard is not None:
                self.expression(case.guard)
            self.module.names.update(name.id for name in case.bound)
            for name in case.bound:
                self.add(Binding(name.id, "other", name, name.end, self.block))
            self.statements(case.body)
            self.leave(before)

    def _functiondef(self, node: t.FunctionDef) -> None:
        for part in t.outer_parts(node):
            self.expression(part)
        function = self.function(node, node.name)
        self.add(Binding(node.name, "function", function.node, node.end, self.block))

    def _classdef(self, node: t.ClassDef) -> None:
        for part in (*node.decorators, *(base.value for base in node.bases)):
            self.expression(part)
        cls = Class(self.module, self.scope, self.qualname(node.name), node=node)
        self.module.all_classes.append(cls)
        self.found.classes.append(cls)
        _Builder(self.module, cls, self.drainers, self.methods).run(node.body, node.at)
        self.add(Binding(node.name, "class", node, node.end, self.block))

    # --- blocks ----------------------------------------------------------------------------

    def branches(self, node: t.Node, *bodies: t.Block, loop: bool = False) -> None:
        for body, block in zip(bodies, exclusive_blocks(bodies), strict=True):
            block.is_loop = loop
            self.branch(node, body, block)

    def branch(self, node: t.Node, body: t.Block, block: Block) -> None:
        before = self.enter(node, block)
        self.statements(body)
        self.leave(before)

    def nested(self, node: t.Node, parts: tuple[t.Expr, ...], *, loop: bool) -> None:
        before = self.enter(node, Block(node.at, is_loop=loop))
        for part in parts:
            self.expression(part)
        self.leave(before)

    def enter(self, node: t.Node, block: Block) -> tuple[Block, tuple[t.Node, ...]]:
        before = (self.block, self.enclosing)
        self.found.blocks.append(block)
        self.block = block
        self.enclosing = (*self.enclosing, node)
        return before

    def leave(self, before: tuple[Block, tuple[t.Node, ...]]) -> None:
        self.block, self.enclosing = before

    # --- names -----------------------------------------------------------------------------

    def imports(self, module: str) -> None:
        if self.scope is self.module:
            self.module.imported.add(module.partition(".")[0])

    def add(self, binding: Binding) -> None:
        self.found.bindings.setdefault(binding.name, []).append(binding)

    def bind(
        self,
        target: t.Node,
        kind: str,
        node: t.Node,
        value: t.Expr | None,
        unpack: Unpack = (),
        annotation: t.Expr | None = None,
        is_async: bool = False,
        position: t.Position | None = None,
    ) -> None:
        if isinstance(target, t.Name):
            target.id = intern(target.id)
            self.module.names.add(target.id)
            position = position or (node.end if kind == "assign" else target.end)
            self.add(
                Binding(
                    target.id, kind, node, position, self.block, value, unpack, annotation, is_async
                )
            )
        elif isinstance(target, t.Sequence):
            for item, step in unpacking(target.items):
                self.bind(
                    item, kind, node, value, (*unpack, step), is_async=is_async, position=position
                )
        elif isinstance(target, t.Attribute):
            self.module.names.add(target.attr)
            self.expression(target.value)
            self.module.attribute_writes.append(
                AttributeWrite(target, value, annotation, unpack, self.scope, kind)
            )
        elif isinstance(target, t.Subscript):
            self.expression(target)
            if value is not None and not unpack:
                self.found.item_writes.append(ItemWrite(target.value, target.index, value))
                if isinstance(target.value, (t.Call, t.Subscript)):
                    self.adds(target.value, target.index, value)
                if isinstance(target.value, t.Call):
                    self.named_write(target.value, target.index, value)

    def named_write(self, owner: t.Expr, name: t.Expr, value: t.Expr) -> None:
        """What `setattr(owner, "name", value)` and `globals()["name"] = value` write."""
        if isinstance(name, t.Constant) and isinstance(name.value, str):
            target = t.Attribute(name.at, owner, intern(name.value))
            self.module.names.add(target.attr)
            write = AttributeWrite(target, value, None, (), self.scope)
            self.module.attribute_writes.append(write)

    def adds(
        self, owner: t.Expr, key: t.Expr | None, value: t.Expr, *, is_all: bool = False
    ) -> None:
        self.module.additions.append((Addition(owner, key, value, is_all), self.scope))

    def written(self, node: t.Call, name: str) -> None:
        """Notes what `setattr(x, "name", value)`, `x.update(...)` or `x.append(...)` writes."""
        plain = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        func = node.func
        if not isinstance(func, t.Attribute):
            if len(plain) == 3:
                self.named_write(*plain)
            return
        row = self.methods.named(name)
        if row.adds == "one" and len(plain) > row.at:
            self.adds(func.value, plain[0] if row.keyed else None, plain[row.at])
        elif row.adds == "all":
            for arg in node.args:
                if arg.keyword is not None:
                    self.adds(func.value, t.Constant(arg.at, arg.keyword), arg.value)
                else:
                    self.adds(func.value, None, arg.value, is_all=True)

    def qualname(self, name: str) -> str:
        return f"{self.scope.qualname}.{name}" if self.scope.qualname else name

    def function(self, node: t.FunctionDef | t.Lambda, name: str) -> Function:
        cls = self.scope if isinstance(self.scope, Class) else None
        function = Function(self.module, self.scope, self.qualname(name), node=node, cls=cls)
        self.module.all_functions.append(function)
        self.found.functions.append(function)
        builder = _Builder(self.module, function, self.drainers, self.methods)
        start = node.start
        builder.block = Block(node.at)
        for param in node.params:
            builder.add(Binding(param.name, "param", param, start, builder.block))
            if param.annotation is not None:
                self.expression(param.annotation)
        if isinstance(node, t.Lambda):
            builder.expression(node.body)
        builder.run(() if isinstance(node, t.Lambda) else node.body, node.at)
        return function

    # --- expressions -----------------------------------------------------------------------

    def expression(self, root: t.Node, entered: t.Node | None = None) -> None:
        """Notes the names, calls, bindings and iterations of an expression, parents first.

        `entered` is what an `async with` enters or an `async for` iterates. What comes from another
        process is many copies: one of each name is kept, one place for an argument and its value.
        """
        names = self.module.names
        coroutine: t.Node | None = None
        handed: set[int] = set()
        asked = {id(entered)}
        stack = [root]
        while stack:
            node: Any = stack.pop()
            kind = type(node)
            if kind is t.Name:
                node.id = intern(node.id)
                names.add(node.id)
            elif kind is t.Constant:
                pass
            elif kind is t.Attribute:
                node.attr = intern(node.attr)
                names.add(node.attr)
                stack.append(node.value)
            elif kind is t.Await:
                coroutine = node.value
                stack.append(coroutine)
            elif kind is t.Call:
                self.call(node, node is coroutine, id(node) in handed, id(node) in asked)
                given = []
                for arg in reversed(node.args):
                    given.append(arg.value)
                    if arg.at == arg.value.at:
                        arg.at = arg.value.at
                if takes_coroutines(node):
                    handed.update(map(id, given))
                stack += given
                stack.append(node.func)
            elif kind is t.Lambda:
                stack += t.outer_parts(node)
                self.function(node, "<lambda>")
            else:
                self.found.kinds.add(kind)
                if kind in _NOTED:
                    _NOTED[kind](self, node)
                elif kind is t.Generator and node.is_async:
                    asked.add(id(node.iterable))
                stack += t.children(node)[::-1]

    def call(self, node: t.Call, awaited: bool, handed: bool, entered: bool) -> None:
        site = CallSite(node, self.scope, awaited, self.enclosing, handed, self.dead, entered)
        self.found.calls.append(site)
        func = node.func
        name = func.id if type(func) is t.Name else getattr(func, "attr", "")
        if name == "setattr" or (name in self.methods.rows and type(func) is t.Attribute):
            self.written(node, name)
        for iterable in drained(node, self.drainers):
            self.iterate(iterable, node, False)

    def generated(self, node: t.Yield) -> None:
        self.found.yields.append(node)
        if node.delegates and node.value is not None:
            self.iterate(node.value, node, False)

    def starred(self, node: t.Starred) -> None:
        self.iterate(node.value, node, False)

    def named(self, node: t.NamedExpr) -> None:
        self.bind(node.target, "assign", node, node.value)

    def comprehension(self, node: t.Comprehension) -> None:
        outer = self.block
        self.block = Block(node.at, is_loop=True)
        for generator in node.generators:
            if node.kind != "generator":
                self.iterate(generator.iterable, node, generator.is_async)
            self.bind(
                generator.target,
                "element",
                node,
                generator.iterable,
                is_async=generator.is_async,
                position=node.start,
            )
        self.block = outer

    def iterate(self, iterable: t.Expr, node: t.Node, is_async: bool) -> None:
        self.found.iterations.append(Iteration(iterable, node, is_async, self.enclosing, self.dead))
        if (
            isinstance(iterable, t.Comprehension)
            and iterable.kind == "generator"
            and not isinstance(node, t.For)
        ):
            for generator in iterable.generators:
                self.iterate(generator.iterable, node, generator.is_async)


_STATEMENTS: dict[type[t.Node], Callable[[_Builder, Any], None]] = {
    t.Assign: _Builder._assign,
    t.AugAssign: _Builder._augassign,
    t.Return: _Builder._return,
    t.ScopeDeclaration: _Builder._scopedeclaration,
    t.Import: _Builder._import,
    t.ImportFrom: _Builder._importfrom,
    t.If: _Builder._if,
    t.While: _Builder._while,
    t.For: _Builder._for,
    t.With: _Builder._with,
    t.Try: _Builder._try,
    t.Match: _Builder._match,
    t.FunctionDef: _Builder._functiondef,
    t.ClassDef: _Builder._classdef,
}
_SPOKEN = (t.Name, t.Attribute, t.Call, t.Subscript)

_NOTED: dict[type[t.Node], Callable[[_Builder, Any], None]] = {
    t.Yield: _Builder.generated,
    t.Comprehension: _Builder.comprehension,
    t.Starred: _Builder.starred,
    t.NamedExpr: _Builder.named,
}
