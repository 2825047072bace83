"""Whether something runs a function: a framework, a module's own statements, a caller that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Class, Function, Module, Scope, enclosing_function
from lg_lint.program.store import Program, code_modules, scopes, terminal_name
from lg_lint.program.values import (
    ClassRef,
    FunctionRef,
    Instance,
    Unknown,
    behind_partials,
)

_SAME_FUNCTION = names("same_function")
"""Decorators that hand the function to nobody."""

_NO_CALLER = tuple([f"{package}." for package in names("no_caller")])
"""Modules whose classes call no method that a subclass adds."""

_NAMING = (t.Attribute, t.Name, t.Sequence, t.Dict, t.IfExp)
"""The forms of expressions that may stand for functions, or hold what does."""


_OWN = {"coroutine", "script"}
"""Entry points that no framework calls."""


class Callers(Struct):
    """Answers by asking for callers, and for theirs, until one is known to run.

    `entries` are the functions that a framework calls, `dropped` says of a call that makes a
    coroutine whether nothing runs that. A call counts where it may lead to the
    function: its receiver is one of the function's class, or nothing is known of it.
    """

    program: Program
    modules: tuple[Module, ...]
    entries: frozenset[int]
    dropped: Callable[[t.Call, Scope], bool] | None = None
    _handed_on: dict[str, list[tuple[t.Expr, Scope]]] | None = None
    _known: dict[int, bool] = field(default_factory=dict)
    _calls: dict[str, _Calls] = field(default_factory=dict)

    def runs(self, function: Function) -> bool:
        """Whether a function runs; True where something unseen may run it."""
        seen = {id(function): function}
        queue = [function]
        while queue:
            current = queue.pop()
            runs = self._known.get(id(current))
            if runs is None:
                runs = self._starts(current)
            if runs:
                self._known[id(function)] = True
                return True
            if id(current) in self._known:
                continue
            for scope in self._calling(current):
                caller = enclosing_function(scope)
                if caller is None:
                    self._known[id(function)] = True
                    return True
                if id(caller) not in seen:
                    seen[id(caller)] = caller
                    queue.append(caller)
        self._known.update(dict.fromkeys(seen, False))
        return False

    def sees(self, function: Function) -> bool:
        """Whether all that runs a function, or makes an object with it, is calls in the code."""
        cls = function.cls
        if function.name != "__init__" or cls is None:
            return not self._starts(function)
        owners = (cls, *inference.subclasses(self.program, cls))
        return id(function) not in self.entries and not any(map(self._is_given_away, owners))

    def _is_given_away(self, cls: Class) -> bool:
        """Whether something is handed a class itself, which it may call."""
        return any(
            isinstance(value, Unknown) or (isinstance(value, ClassRef) and value.cls is cls)
            for expr, scope in self._handed(cls.name)
            for value in inference.infer(self.program, expr, self.program.env(scope))
        )

    def _handed(self, name: str) -> Iterable[tuple[t.Expr, Scope]]:
        if self._handed_on is None:
            self._handed_on = _handed_on(self.modules)
        return self._handed_on.get(name, ())

    def handed(self, function: Function) -> list[Scope]:
        """The scopes whose code hands the function on, as an argument or otherwise."""
        given = self._handed(function.name)
        return [scope for expr, scope in given if self._may_mean(expr, scope, function)]

    def _starts(self, function: Function) -> bool:
        """Whether it runs without a call that could be seen."""
        if id(function) in self.entries or any(map(_registers, function.decorators)):
            return True
        if enclosing_function(function.parent) is not None:
            return False
        if function.name.startswith("__") and function.name.endswith("__"):
            return True
        given = self._handed(function.name)
        if any(self._may_mean(expr, scope, function) for expr, scope in given):
            return True
        return function.cls is not None and any(
            not base.startswith(_NO_CALLER)
            for base in inference.external_bases(self.program, function.cls)
        )

    def _calling(self, function: Function) -> Iterator[Scope]:
        """The scopes whose code may call a function; what defines a nested one."""
        outer = enclosing_function(function.parent)
        if outer is not None:
            yield outer
            return
        for spoken in self.program.names_of(function.name):
            if spoken not in self._calls:
                self._calls[spoken] = _Calls(self.program.calls_spoken(spoken))
            for site, meant in self._calls[spoken].live(self.program):
                if self._is_among(function, meant) and not self._is_dropped(function, site, meant):
                    yield site.scope
        for site, _ in self.program.forwarded(function.name):
            if not site.scope.module.is_test:
                yield site.scope

    def _is_dropped(
        self, function: Function, site: CallSite, meant: list[FunctionRef] | None
    ) -> bool:
        """Whether a call makes no more of the function than a coroutine that nothing awaits."""
        makes = function.is_async and not function.decorators and bool(meant)
        return makes and self.dropped is not None and self.dropped(site.node, site.scope)

    def _may_mean(self, expr: t.Expr, scope: Scope, function: Function) -> bool:
        return self._is_among(function, _functions(self.program, expr, scope))

    def _is_among(self, function: Function, meant: list[FunctionRef] | None) -> bool:
        return meant is None or any(self._may_be(ref, function) for ref in meant)

    def _may_be(self, ref: FunctionRef, function: Function) -> bool:
        other = ref.function
        if other is function or function.cls is None or other.cls is None:
            return other is function
        owner = ref.bound.cls if isinstance(ref.bound, Instance) else other.cls
        return self._are_related(owner, function.cls)

    def _are_related(self, one: Class, other: Class) -> bool:
        lineage = inference.lineage
        return one in lineage(self.program, other) or other in lineage(self.program, one)


class _Calls(Struct):
    """The calls of one name that may run a function of the project, with what they may mean.

    `sites` is the program's own list of them, which grows with every module that is read.
    """

    sites: list[CallSite]
    _read: int = 0
    _live: list[tuple[CallSite, list[FunctionRef] | None]] = field(default_factory=list)

    def live(self, program: Program) -> list[tuple[CallSite, list[FunctionRef] | None]]:
        while self._read < len(self.sites):
            site = self.sites[self._read]
            self._read += 1
            if site.scope.module.is_test or site.is_dead:
                continue
            meant = _functions(program, site.node.func, site.scope)
            if meant is None or meant:
                self._live.append((site, meant))
        return self._live


def _functions(program: Program, expr: t.Expr, scope: Scope) -> list[FunctionRef] | None:
    """The functions of the project that an expression may mean; None where it may be any."""
    values = inference.infer(program, expr, program.env(scope))
    found: list[FunctionRef] = []
    for value in values:
        meant = behind_partials(value)
        if isinstance(meant, Unknown):
            return None
        if isinstance(meant, FunctionRef):
            found.append(meant)
    return found if values else None


def _registers(decorator: t.Expr) -> bool:
    name = terminal_name(decorator.func if isinstance(decorator, t.Call) else decorator)
    return name not in _SAME_FUNCTION


def _handed_on(modules: Iterable[Module]) -> dict[str, list[tuple[t.Expr, Scope]]]:
    """All that is passed, stored or returned somewhere, by the name of what it may be."""
    found: dict[str, list[tuple[t.Expr, Scope]]] = {}
    for module in modules:
        for expr, scope in given_away(module):
            for name, part in named(expr, scope):
                found.setdefault(name, []).append((part, scope))
    return found


def given_away(module: Module) -> Iterator[tuple[t.Expr, Scope]]:
    """All that is passed, stored or returned somewhere in a module."""
    for scope in scopes(module):
        for site in scope.calls:
            yield from ((arg.value, scope) for arg in site.node.args)
        for bindings in scope.bindings.values():
            yield from ((item.value, scope) for item in bindings if item.value is not None)
        yield from ((write.value, scope) for write in scope.item_writes)
        yield from ((item.value, scope) for item in scope.returns if item.value is not None)
    for attribute in module.attribute_writes:
        if attribute.value is not None:
            yield attribute.value, attribute.scope


def named(expr: t.Expr, scope: Scope) -> Iterator[tuple[str, t.Expr]]:
    """The names of the functions that an expression may stand for or hold, with the part."""
    return _names(expr, scope) if type(expr) in _NAMING else iter(())


def _names(expr: t.Expr, scope: Scope) -> Iterator[tuple[str, t.Expr]]:
    if isinstance(expr, t.Attribute):
        yield expr.attr, expr
    elif isinstance(expr, t.Name):
        yield from ((name, expr) for name in _functions_named(expr.id, scope))
    elif isinstance(expr, t.Sequence):
        for item in expr.items:
            yield from _names(item, scope)
    elif isinstance(expr, t.Dict):
        for _, value in expr.items:
            yield from _names(value, scope)
    elif isinstance(expr, t.IfExp):
        yield from _names(expr.body, scope)
        yield from _names(expr.orelse, scope)


def _functions_named(name: str, scope: Scope | None) -> Iterator[str]:
    """The names of the functions and classes that a name may stand for, not those of variables."""
    while scope is not None and name not in scope.bindings:
        scope = scope.parent
    if scope is None:
        yield name  # from a star import, if it is one at all
        return
    for binding in scope.bindings[name]:
        if binding.kind in ("function", "class"):
            yield name
        elif isinstance(binding.node, t.ImportFrom):
            aliases = binding.node.names
            yield from (alias.name for alias in aliases if name == (alias.asname or alias.name))


def callers_of(project: Project) -> Callers:
    """Tells which functions only the code itself calls."""
    return _but(project, _OWN)


def makers_of(project: Project) -> Callers:
    """Tells which functions only the code itself calls, be it for a response to iterate."""
    return _but(project, _OWN | {"response"})


def _but(project: Project, own: set[str]) -> Callers:
    program = project.program
    given = {id(entry.ref.function) for entry in project.entries if entry.kind not in own}
    return Callers(program, tuple(code_modules(program)), frozenset(given))
