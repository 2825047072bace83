"""What the methods of containers do: one table for every room that asks."""

from __future__ import annotations

from msgspec import Struct, field

from lg_lint.facts import tree as t


class ContainerMethod(Struct, frozen=True):
    """One name of a method, on all the kinds that have it.

    `of`: these kinds: "list", "deque", "dict", "set", "str", "counter", and "model" for what
    pydantic and `typing.NamedTuple` make. `adds`: "one" puts the argument at the position `at` in,
    "all" the items of each argument. `drops`: "some" may take items out, "all" leaves none.
    `orders`: the items stand elsewhere afterwards. `keyed`: the first argument is a key. `drains`:
    the first argument is iterated to its end. `gives`: "item", "items", "keys", "values", "whole"
    for a copy of all, "joined" for one with the arguments' items, "text"; empty for nothing that
    is held.
    """

    of: frozenset[str]
    adds: str = ""
    at: int = 0
    drops: str = ""
    orders: bool = False
    keyed: bool = False
    drains: bool = False
    gives: str = ""

    @property
    def changes(self) -> bool:
        """Whether it changes the container that it is called on."""
        return bool(self.adds or self.drops or self.orders)

    @property
    def reads_key(self) -> bool:
        """Whether it gives what is held under a key: `get`, `pop`, `setdefault`."""
        return self.keyed and self.gives == "item"


_OTHER = ContainerMethod(frozenset())


class ContainerMethods(Struct, frozen=True):
    """The rows by the methods' names; a name without a row does and gives nothing that is known."""

    rows: dict[str, ContainerMethod] = field(default_factory=dict)

    def named(self, name: str | None) -> ContainerMethod:
        """The row of a method; one that does nothing where there is none."""
        return self.rows.get(name or "", _OTHER)

    def of(self, call: t.Call) -> ContainerMethod:
        """The row for `x.name(...)`, whatever `x` is."""
        return self.named(call.func.attr if isinstance(call.func, t.Attribute) else None)

    def added(self, call: t.Call) -> tuple[t.Expr, ...]:
        """The arguments that `x.name(...)` adds to `x`, or whose items it adds."""
        row = self.of(call)
        given = tuple([arg.value for arg in call.args])
        return given[row.at : row.at + 1] if row.adds == "one" else given if row.adds else ()

    @property
    def drainers(self) -> frozenset[str]:
        """The methods that iterate their argument to its end."""
        return frozenset([name for name, row in self.rows.items() if row.drains])
