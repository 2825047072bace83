"""What calls on outside objects return, as far as the tables of `knowledge/` say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, field

from lg_lint.program.container_methods import ContainerMethods


class OperatorRow(Struct, frozen=True):
    """An operator of outside classes: what it gives where an operand's class matches `operand`."""

    operator: str
    operand: str
    gives: str


class TypeTable(Struct, frozen=True):
    """Outside names.

    `aliases`: public dotted name to canonical one. `returns`: canonical name of a function, class
    or `Class.method` to the canonical class of what a call gives; "self" keeps the receiver,
    "copy" gives an object of its class made from it, "argument" gives the first argument back,
    "base" calls the wrapped function.
    `attributes`: `Class.attribute` to a class, "$0" to the first type argument. `offloaders`:
    functions that run their argument in a worker thread, with its position; -1 where they return a
    callable that does. `own_loops`:
    functions that run their argument on an event loop of its own, likewise. `decorators`: a
    decorator to the class of what it makes of a function. `parents`: a class to its base.
    `members`: methods of a class of which nothing else is told. `forwarders`: last names of
    functions that take a function and then its arguments, with the function's position. `bags`:
    attributes that stand for an object to which a project assigns what it likes. `operators`: what
    an operator makes where the class of an operand matches.
    `readers`: functions that read a file of data, with its language. `loaders`: functions that
    give what a dotted text names.
    `properties`: last names of decorators that make an attribute of a method. `constructors`: how
    the names of class methods begin that give an object of their class.
    `drainers`: last names of what iterates its first argument to its end. `containers`: what the
    methods of containers do.
    """

    aliases: dict[str, str] = field(default_factory=dict)
    returns: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    offloaders: dict[str, int] = field(default_factory=dict)
    own_loops: dict[str, int] = field(default_factory=dict)
    decorators: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    families: tuple[tuple[str, str], ...] = ()
    members: dict[str, set[str]] = field(default_factory=dict)
    forwarders: dict[str, int] = field(default_factory=dict)
    bags: dict[str, str] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    loaders: frozenset[str] = frozenset()
    operators: tuple[OperatorRow, ...] = ()
    properties: frozenset[str] = frozenset()
    constructors: tuple[str, ...] = ()
    drainers: frozenset[str] = frozenset()
    containers: ContainerMethods = ContainerMethods()
    _lineages: dict[str, list[str]] = field(default_factory=dict)
    _generics: dict[str, bool] = field(default_factory=dict)

    def canonical(self, name: str) -> str:
        """The canonical form of a dotted name, also where only a leading part has an alias."""
        if name in self.aliases:
            return self.aliases[name]
        head, _, tail = name.rpartition(".")
        if head and head in self.aliases:
            return f"{self.aliases[head]}.{tail}"
        return name

    def knows(self, name: str) -> bool:
        """Whether a row speaks of a dotted name."""
        return self.canonical(name) != name or name in self.returns

    def result(self, name: str) -> str | None:
        """What a call of a function, class or `Class.method` gives; None where no row says it."""
        return self.returns.get(name)

    def method(self, type_name: str, method: str) -> str | None:
        """What `method` of an outside class returns, looked up along its parents."""
        for owner in self.lineage(type_name):
            found = self.returns.get(f"{owner}.{method}")
            if found is not None:
                return found
        return None

    def has_member(self, type_name: str, name: str) -> bool:
        """Whether an outside class is known to have a method; False where nothing is known."""
        return any(
            name in self.members.get(owner, ()) or f"{owner}.{name}" in self.returns
            for owner in self.lineage(type_name)
        )

    def own_loop_method(self, type_name: str, method: str) -> bool:
        """Whether a method of an outside class runs its argument on a loop of its own."""
        return any(f"{owner}.{method}" in self.own_loops for owner in self.lineage(type_name))

    def operated(self, operator: str, types: Iterable[str]) -> str | None:
        """What an operator gives where one of its operands is of an outside class that has it."""
        rows = [row for row in self.operators if row.operator == operator]
        return next(
            (
                row.gives
                for name in types
                for row in rows
                if any(re.match(row.operand, owner) for owner in self.lineage(name))
            ),
            None,
        )

    def attribute(self, type_name: str, name: str) -> str | None:
        """The class of an attribute of a class or its bases; None where no row says it."""
        for owner in self.lineage(type_name):
            found = self.attributes.get(f"{owner}.{name}")
            if found is not None:
                return found
        return None

    def is_generic(self, type_name: str) -> bool:
        """Whether an attribute of a class is an object of a type argument: `"$0"` in its row."""
        if type_name not in self._generics:
            self._generics[type_name] = any(
                kind.startswith("$") and name.rpartition(".")[0] == type_name
                for name, kind in self.attributes.items()
            )
        return self._generics[type_name]

    def lineage(self, type_name: str) -> list[str]:
        """The class and its parents, as far as the table knows them."""
        if type_name not in self._lineages:
            chain = [type_name]
            while len(chain) < 8:
                parent = self.parents.get(chain[-1]) or self._family(chain[-1])
                if parent is None or parent in chain:
                    break
                chain.append(parent)
            self._lineages[type_name] = chain
        return self._lineages[type_name]

    def _family(self, type_name: str) -> str | None:
        if type_name.endswith(")"):
            return None
        return next((base for pattern, base in self.families if re.match(pattern, type_name)), None)

    @property
    def packages(self) -> frozenset[str]:
        """Top-level packages that the table speaks of."""
        return frozenset(name.partition(".")[0] for name in (*self.aliases, *self.returns))
