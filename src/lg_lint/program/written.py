"""The names by which code speaks of one container or function, and what it adds to containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.aliases import spoken
from lg_lint.program.scopes import Addition, CallSite, Function, ItemWrite, Module, Scope

Adding = tuple[Addition, Scope]
CallsOf = Callable[[str], Sequence[CallSite]]

_MAX_NAMES = 40
"""Names that one thing is followed through."""


class Written(Struct):
    """Additions of all modules that are read, and the further names of what has one.

    A name with "()" is what a call of it gives. Parameters that functions call or add to are
    followed to what they are given.
    """

    _additions: dict[str, list[Adding]] = field(default_factory=dict)
    _aliases: dict[str, dict[str, None]] = field(default_factory=dict)
    _params: dict[tuple[int, str], tuple[Function, t.Param]] = field(default_factory=dict)
    _closures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _grown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _asked: dict[tuple[int, str], int] = field(default_factory=dict)
    _lambdas: dict[int, str] = field(default_factory=dict)
    _is_fresh: bool = False

    def note(self, module: Module) -> None:
        """Adds what a module writes."""
        for scope in (module, *module.all_classes, *module.all_functions):
            for write in scope.item_writes:
                self._add(Addition(write.container, write.key, write.value), scope)
            for site in scope.calls:
                if isinstance(site.node.func, t.Name):
                    self._note_param(site.node.func.id, scope)
        for addition, scope in module.additions:
            self._add(addition, scope)
        for given, name in module.aliases:
            self._aliases.setdefault(given, {})[name] = None
        for function in module.all_functions:
            if function.name == "__init__":
                for param in function.params[1:]:
                    self._params[id(function), param.name] = (function, param)
        self._is_fresh = False

    def _add(self, addition: Addition, scope: Scope) -> None:
        name = spoken(addition.container)
        if name is not None:
            self._additions.setdefault(name, []).append((addition, scope))
            self._note_param(name, scope)

    def _note_param(self, name: str, scope: Scope | None) -> None:
        while isinstance(scope, Function):
            for param in scope.params:
                if param.name == name and name != scope.self_name:
                    self._params[id(scope), name] = (scope, param)
            if name in scope.bindings:
                return
            scope = scope.parent

    def under(self, name: str) -> list[Adding]:
        """The additions to what goes by a last name; the list grows with further modules."""
        return self._additions.get(name, [])

    def items(self, name: str) -> Iterator[tuple[ItemWrite, Scope]]:
        """What is written under a key that is known, or that an expression names."""
        for addition, scope in self.under(name):
            pairs: Sequence[tuple[t.Expr | None, t.Expr]] = ((addition.key, addition.value),)
            if addition.is_all:
                pairs = addition.value.items if isinstance(addition.value, t.Dict) else ()
            for key, value in pairs:
                if key is not None:
                    yield ItemWrite(addition.container, key, value), scope

    def grown(self, origin: str, calls_of: CallsOf) -> tuple[str, ...]:
        """The names under which something is added to what is first called `origin`."""
        names = self.names(origin, calls_of)
        if origin not in self._grown:
            self._grown[origin] = tuple(name for name in names if name in self._additions)
        return self._grown[origin]

    def names(self, origin: str, calls_of: CallsOf) -> tuple[str, ...]:
        """The names that what is first called `origin` may go by, with that."""
        if not self._is_fresh:
            self._closures.clear()
            self._grown.clear()
            self._follow(calls_of)
            self._is_fresh = True
        if origin not in self._closures:
            self._closures[origin] = self._reached(origin)
        return self._closures[origin]

    def of_lambda(self, node: t.Lambda, calls_of: CallsOf) -> str | None:
        """The parameter that a lambda is given to where it stands."""
        self.names("", calls_of)
        return self._lambdas.get(id(node))

    def _reached(self, origin: str) -> tuple[str, ...]:
        queue = [origin]
        for name in queue:
            for other in self._aliases.get(name, ()):
                if len(queue) < _MAX_NAMES and other not in queue:
                    queue.append(other)
        return tuple(queue)

    def _follow(self, calls_of: CallsOf) -> None:
        """Notes the names of what is handed to parameters that functions call or add to."""
        queue = list(self._params)
        for key in queue:
            function, param = self._params[key]
            is_method = function.self_name is not None
            names = [item.name for item in function.params if item.kind == "positional"]
            position = names.index(param.name) - is_method if param.name in names else None
            owner = function.cls if function.name == "__init__" else None
            sites = calls_of(owner.name if owner is not None else function.name)
            for site in sites[self._asked.get(key, 0) :]:
                given = site.node.argument(param.name, position)
                name = spoken(given)
                if isinstance(given, t.Lambda):
                    self._lambdas[id(given)] = param.name
                if name is not None and name != param.name:
                    self._aliases.setdefault(name, {})[param.name] = None
                if isinstance(given, t.Name):
                    before = len(self._params)
                    self._note_param(given.id, site.scope)
                    queue += list(self._params)[before:]
            self._asked[key] = len(sites)
