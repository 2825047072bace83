"""The names by which code speaks of one container or function, and what it adds to containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.aliases import name_in, plain, result_of, spoken, variable
from lg_lint.program.scopes import Addition, CallSite, Function, ItemWrite, Module, Scope

Adding = tuple[Addition, Scope]

_MAX_NAMES = 200
"""Names that one thing is followed through."""


class Written(Struct):
    """Additions of all modules that are read, and the further names of what has one.

    A name is that of a variable of one function, or of anything else that has the name: of an
    attribute, of what is defined in a module. With "()" it is what a call gives. Parameters that
    functions call or add to are followed to what they are given. `calls_of` gives the calls whose
    callee has a last name, `handed` those that hand a function of it on with arguments behind it.
    """

    calls_of: Callable[[str], Sequence[CallSite]]
    handed: Callable[[str], Sequence[tuple[CallSite, int]]]
    _additions: dict[str, list[Adding]] = field(default_factory=dict)
    _by_last_name: dict[str, list[Adding]] = field(default_factory=dict)
    _aliases: dict[str, dict[str, None]] = field(default_factory=dict)
    _params: dict[tuple[int, str], tuple[Function, t.Param]] = field(default_factory=dict)
    _closures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _grown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _asked: dict[tuple[tuple[int, str], str], tuple[int, int]] = field(default_factory=dict)
    _given: dict[int, dict[str, None]] = field(default_factory=dict)
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
        for scope, value, target in module.aliases:
            given = name_in(scope, value)
            if target is not None:
                name = name_in(scope, target)
            else:
                name = result_of(scope) if isinstance(scope, Function) else None
            if name is not None and given is not None and given != name:
                self._aliases.setdefault(given, {})[name] = None
        for function in module.all_functions:
            if function.name == "__init__":
                for param in function.params[1:]:
                    self._params[id(function), param.name] = (function, param)
        self._is_fresh = False

    def _add(self, addition: Addition, scope: Scope) -> None:
        last, name = spoken(addition.container), name_in(scope, addition.container)
        if last is not None and name is not None:
            self._by_last_name.setdefault(last, []).append((addition, scope))
            self._additions.setdefault(name, []).append((addition, scope))
            self._note_param(last, scope)

    def _note_param(self, name: str, scope: Scope | None) -> None:
        while isinstance(scope, Function):
            for param in scope.params:
                if param.name == name and name != scope.self_name:
                    self._params[id(scope), name] = (scope, param)
            if name in scope.bindings:
                return
            scope = scope.parent

    def under(self, name: str) -> list[Adding]:
        """The additions to what goes by a name; the list grows with further modules."""
        return self._additions.get(name, [])

    def items(self, last: str) -> Iterator[tuple[ItemWrite, Scope]]:
        """What is written under a key that is known, or that an expression names.

        Into what goes by a last name, whosever variable it is.
        """
        for addition, scope in self._by_last_name.get(last, []):
            pairs: Sequence[tuple[t.Expr | None, t.Expr]] = ((addition.key, addition.value),)
            if addition.is_all:
                pairs = addition.value.items if isinstance(addition.value, t.Dict) else ()
            for key, value in pairs:
                if key is not None:
                    yield ItemWrite(addition.container, key, value), scope

    def grown(self, origin: str) -> tuple[str, ...]:
        """The names under which something is added to what is first called `origin`."""
        names = self.names(origin)
        if origin not in self._grown:
            self._grown[origin] = tuple(name for name in names if name in self._additions)
        return self._grown[origin]

    def names(self, origin: str) -> tuple[str, ...]:
        """The names that what is first called `origin` may go by, with that."""
        self._refresh()
        if origin not in self._closures:
            self._closures[origin] = self._reached(origin)
        return self._closures[origin]

    def given(self, node: t.Node) -> tuple[str, ...]:
        """The parameters that a display or a lambda is given to where it stands."""
        self._refresh()
        return tuple(self._given.get(id(node), ()))

    def _refresh(self) -> None:
        if not self._is_fresh:
            self._closures.clear()
            self._grown.clear()
            self._follow()
            self._is_fresh = True

    def _reached(self, origin: str) -> tuple[str, ...]:
        queue = {origin: None}
        rest = [origin]
        for name in rest:
            for other in self._aliases.get(name, ()):
                if len(queue) < _MAX_NAMES and other not in queue:
                    queue[other] = None
                    rest.append(other)
        return tuple(queue)

    def _follow(self) -> None:
        """Notes the names of what is handed to parameters that functions call or add to."""
        queue = list(self._params)
        for key in queue:
            function, param = self._params[key]
            before = len(self._params)
            is_method = function.self_name is not None
            names = [item.name for item in function.params if item.kind == "positional"]
            position = names.index(param.name) - is_method if param.name in names else None
            for called in self._called(function):
                sites, handed = self.calls_of(called), self.handed(called)
                read, read_handed = self._asked.get((key, called), (0, 0))
                for site in sites[read:]:
                    given = site.node.argument(param.name, position)
                    self._note_given(site, given, function, param)
                for site, at in handed[read_handed:]:
                    behind = position + at + 1 if position is not None else None
                    given = site.node.argument(param.name, behind)
                    self._note_given(site, given, function, param)
                self._asked[key, called] = (len(sites), len(handed))
            queue += list(self._params)[before:]

    def _called(self, function: Function) -> list[str]:
        """The last names by which a function is called."""
        owner = function.cls if function.name == "__init__" else None
        if owner is not None:
            return [owner.name]
        origin = variable(function.name, function.parent)
        return list(dict.fromkeys(plain(name) for name in self._reached(origin)))

    def _note_given(
        self, site: CallSite, given: t.Expr | None, function: Function, param: t.Param
    ) -> None:
        if given is None:
            return
        name, taken = name_in(site.scope, given), variable(param.name, function)
        if name is None or isinstance(given, t.Call):
            self._given.setdefault(id(given), {})[taken] = None
        if name is not None and name != taken:
            self._aliases.setdefault(name, {})[taken] = None
        if isinstance(given, t.Name):
            self._note_param(given.id, site.scope)
