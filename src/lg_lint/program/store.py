"""The program: its modules, loaded on demand, and the indexes over all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from lg_lint.base.budget import whole
from lg_lint.facts import tree as t
from lg_lint.program import index
from lg_lint.program.additions import Additions
from lg_lint.program.aliases import spoken
from lg_lint.program.memo import Memo
from lg_lint.program.modules import ModuleFinder
from lg_lint.program.scopes import (
    AttributeWrite,
    CallSite,
    Class,
    Function,
    ItemWrite,
    Module,
    Scope,
)
from lg_lint.program.types import TypeTable
from lg_lint.program.values import CallContext, Env, Value, Values
from lg_lint.program.written import Written

T = TypeVar("T")
ParameterHook = Callable[["Program", Function, t.Param, Env], "Values | None"]


NAMELESS = ""
"""The name of the calls of what has none: of an item, of what a call gives, of a lambda."""


class Program:
    """All modules of a project.

    `load` gives a file's facts; it is asked once a file, when a name first leads there.
    `types` says what outside names mean; `parameter_hook` may say where the value of a parameter
    comes from (dependency injection) before its callers are asked. `additions` are rows that the
    settings add to the tables, `importers` the files that import some, directly or through others,
    with these, `components` the part of the graph of imports that each file belongs to, `declared`
    the functions and classes of the project that the settings name, by the identity of their
    definitions. `consulted` is told of files beside the code that have a
    say, `read_data` says what a file of data in a language holds. `indexes` are kept by those who
    answer from them. `method_names` and `property_names` are the names that classes of the project
    define. `loads` are the files that each file loads by a text, which no import says.
    """

    def __init__(
        self,
        finder: ModuleFinder,
        load: Callable[[str], t.ModuleFacts | None],
        types: TypeTable,
        is_test: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self.finder = finder
        self.types = types
        self.parameter_hook: ParameterHook | None = None
        self.additions = Additions()
        self.consulted: Callable[[str], object] = lambda path: None
        self.read_data: Callable[[str, str], object] = lambda path, language: None
        self.importers: Callable[[Iterable[str]], Iterable[str]] = iter
        self.components: Mapping[str, int] = {}
        self.declared: dict[int, str] = {}
        self.memo = Memo()
        self.builtins: dict[str, Values] = {}
        self.made: dict[tuple[object, ...], t.Node] = {}
        self._load = load
        self._is_test = is_test
        self._modules: dict[str, Module | None] = {}
        self._used: dict[str, bool] = {}
        self._users: dict[str, frozenset[str]] = {}
        self._frames: dict[tuple[object, ...], CallContext] = {}
        self._envs: dict[object, Env] = {}
        self._calls: dict[str, list[CallSite]] = {}
        self._writes: dict[str, list[AttributeWrite]] = {}
        self._forwarded: dict[str, list[tuple[CallSite, int]]] = {}
        self._renamed: dict[str, set[str]] = {}
        self._decorations: dict[str, list[tuple[Function | Class, t.Expr]]] = {}
        self._functions: dict[t.Node, Function] = {}
        self._subclasses: dict[str, list[Class]] = {}
        self._once: dict[str, dict[Hashable, Any]] = {}
        self.written = Written(self.calls_spoken, self.forwarded)
        self.indexes: dict[tuple[str, str, int | None], Any] = {}
        self.loads: dict[str, set[str]] = {}
        self.method_names: set[str] = set()
        self.property_names: set[str] = set()

    # --- modules ---------------------------------------------------------------------------

    def module(self, path: str) -> Module | None:
        """The module of a file; None where it does not parse or is no file of the project."""
        if path not in self._modules:
            is_known = path in self.finder.files or path in self.finder.programs
            facts = self._load(path) if is_known else None
            with whole():
                self._modules[path] = None
                if facts is not None and facts.error is None:
                    module = self._built(path, facts)
                    self._modules[path] = module
                    self._register(module)
        return self._modules[path]

    def _built(self, path: str, facts: t.ModuleFacts) -> Module:
        types = self.types
        is_test = self._is_test(path)
        return index.build(path, facts, types.drainers, is_test, types.containers)

    @property
    def modules(self) -> Iterator[Module]:
        """The modules loaded until now."""
        return (module for module in list(self._modules.values()) if module is not None)

    def users_of(self, module: Module) -> frozenset[str]:
        """The files that import a module, directly or through others, with its own."""
        if module.path not in self._users:
            self._users[module.path] = frozenset(self.importers([module.path]))
        return self._users[module.path]

    def may_meet(self, first: Module, second: Module) -> bool:
        """Whether code of two modules may run together, as far as is known."""
        found = {self.components.get(module.path) for module in (first, second)}
        return len(found) == 1 or None in found

    def has_users_of(self, module: Module) -> bool:
        """Whether all files that may use a module's names are read."""
        if module.path not in self._used:
            self._used[module.path] = all(path in self._modules for path in self.users_of(module))
        return self._used[module.path]

    def _register(self, module: Module) -> None:
        for scope in scopes(module):
            for site in scope.calls:
                func = site.node.func
                name = spoken(func) if isinstance(func, t.Call) else terminal_name(func)
                if not isinstance(func, (t.Name, t.Attribute)):
                    self._calls.setdefault(NAMELESS, []).append(site)
                if name is not None:
                    self._calls.setdefault(name, []).append(site)
                    if name in self.types.forwarders:
                        self._note_forwarded(self.types.forwarders[name], site)
        self.written.note(module)
        for name, given in module.renamed:
            self._renamed.setdefault(name, set()).add(given)
        for function in module.all_functions:
            self._functions[function.node] = function
            if function.cls is not None:
                self.method_names.add(function.name)
                if self.is_property(function):
                    self.property_names.add(function.name)
        for cls in module.all_classes:
            for name, bindings in cls.bindings.items():
                if any(self._makes_property(binding.value) for binding in bindings):
                    self.property_names.add(name)
            for base in cls.node.bases:
                generic = base.value.value if isinstance(base.value, t.Subscript) else base.value
                name = terminal_name(generic)
                if name is not None and base.keyword is None:
                    self._subclasses.setdefault(name, []).append(cls)
        for item in module.all_functions:
            self._note_decorators(item, item.decorators)
        for cls in module.all_classes:
            self._note_decorators(cls, cls.node.decorators)
        for attribute in module.attribute_writes:
            self._writes.setdefault(attribute.target.attr, []).append(attribute)

    def _note_decorators(self, item: Function | Class, decorators: Sequence[t.Expr]) -> None:
        for decorator in decorators:
            name = terminal_name(decorator.func if isinstance(decorator, t.Call) else decorator)
            if name is not None:
                self._decorations.setdefault(name, []).append((item, decorator))

    def _makes_property(self, value: t.Expr | None) -> bool:
        return isinstance(value, t.Call) and terminal_name(value.func) in self.types.properties

    def is_property(self, function: Function) -> bool:
        """Whether a method is read as an attribute."""
        names = self.types.properties
        return any(terminal_name(decorator) in names for decorator in function.decorators)

    def _note_forwarded(self, position: int, site: CallSite) -> None:
        args = [arg.value for arg in site.node.args if arg.keyword is None and not arg.star]
        if position < len(args):
            forwarded = terminal_name(args[position])
            if forwarded is not None:
                self._forwarded.setdefault(forwarded, []).append((site, position))

    # --- indexes ---------------------------------------------------------------------------

    def calls_named(self, name: str) -> list[tuple[CallSite, Scope]]:
        """The calls whose callee ends in `name`, or in another name for it."""
        return [
            (site, site.scope)
            for spoken in self.names_of(name)
            for site in self._calls.get(spoken, ())
        ]

    def names_of(self, name: str) -> list[str]:
        """A name, and those that imports and assignments give it."""
        return [name, *sorted(self._renamed.get(name, set()) - {name})]

    def calls_spoken(self, name: str) -> list[CallSite]:
        """The calls whose callee ends in just this name; the list grows with further modules."""
        return self._calls.setdefault(name, [])

    def forwarded(self, name: str) -> list[tuple[CallSite, int]]:
        """The calls that hand a function of this name on, with its position: `partial(f, x)`.

        The list grows with further modules.
        """
        return self._forwarded.setdefault(name, [])

    def decorations(self, name: str) -> list[tuple[Function | Class, t.Expr]]:
        """What is decorated by something of this name, or by what that returns, with the place.

        The list grows with further modules.
        """
        return self._decorations.setdefault(name, [])

    def function_of(self, node: t.FunctionDef | t.Lambda) -> Function:
        """The scope of a function's node. Raises KeyError where its module is not loaded."""
        return self._functions[node]

    def classes_with_base(self, name: str) -> list[Class]:
        """The classes one of whose bases ends in `name`."""
        return self._subclasses.get(name, [])

    def writes_of(self, attribute: str) -> list[AttributeWrite]:
        """The assignments to an attribute of this name, in all loaded modules."""
        return self._writes.get(attribute, [])

    def item_writes(self, name: str) -> list[tuple[ItemWrite, Scope]]:
        """What is written into containers of this last name under keys, in loaded modules."""
        return list(self.written.items(name))

    def once(self, what: str, subject: Hashable, compute: Callable[[], T]) -> T:
        """`compute()`, which says `what` of a function, class or graph, computed once."""
        known = self._once.setdefault(what, {})
        if subject not in known:
            known[subject] = compute()
        found: T = known[subject]
        return found

    def forget(self) -> None:
        """Drop what was inferred, as names have come to mean something else."""
        self.memo = Memo()
        self._once = {}
        self.indexes = {}
        self._used, self._users = {}, {}
        for env in self._envs.values():
            env.known.clear()

    # --- interning -------------------------------------------------------------------------

    def env(
        self,
        scope: Scope,
        frame: CallContext | None = None,
        names: tuple[tuple[str, Values], ...] = (),
    ) -> Env:
        """The environment of a scope, the same object for the same parts."""
        key = (scope, frame, names) if frame is not None or names else scope
        found = self._envs.get(key)
        if found is None:
            found = self._envs[key] = Env(scope, frame, names)
        return found

    def frame(
        self,
        function: Function,
        *,
        call: t.Call | None = None,
        caller: Env | None = None,
        bound: Value | None = None,
        closure: CallContext | None = None,
        given: tuple[tuple[str, Values], ...] = (),
    ) -> CallContext:
        """The context of a call, the same object for the same parts."""
        key = (id(function), id(call), caller, bound, closure, given)
        if key not in self._frames:
            above = [caller.frame.depth if caller is not None and caller.frame else 0]
            above.append(closure.depth if closure is not None else 0)
            depth = 1 + max(above)
            self._frames[key] = CallContext(function, call, caller, bound, closure, given, depth)
        return self._frames[key]


def scopes(module: Module) -> Iterator[Scope]:
    """The module's own scope, then those of its classes and functions."""
    yield module
    yield from module.all_classes
    yield from module.all_functions


def terminal_name(expr: t.Expr) -> str | None:
    """The last name of a dotted expression, e.g. "stream" for `self.graph.stream`."""
    kind = type(expr)
    if kind is t.Name:
        return expr.id  # type: ignore[union-attr]
    return expr.attr if kind is t.Attribute else None  # type: ignore[union-attr]


def code_modules(program: Program) -> Iterator[Module]:
    """All modules but tests, those that inference loads meanwhile included."""
    seen: set[int] = set()
    while True:
        fresh = [module for module in program.modules if id(module) not in seen]
        if not fresh:
            return
        for module in fresh:
            seen.add(id(module))
            if not module.is_test:
                yield module
