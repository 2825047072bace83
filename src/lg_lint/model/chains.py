"""A chain of runnables: what runs in which order, and what the next one is given."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef, Value


class Chain(Struct, frozen=True, eq=False):
    """One runnable. `kind`: "function"; "sequence", each part gets the result of the one before;
    "parallel", a dict of what the parts give; "assign", the same over the dict that comes in;
    "same", what comes in; "any", one of the parts; "unknown", something made of what comes in.

    `parts` stand under their keys, `keys` are the places of these. `value` is what is not known.
    """

    kind: str
    site: Site | None = None
    function: FunctionRef | None = None
    parts: tuple[tuple[str, Chain], ...] = ()
    keys: tuple[Site, ...] = ()
    value: Value | None = None

    def functions(self) -> Iterator[FunctionRef]:
        """All functions that may run."""
        if self.function is not None:
            yield self.function
        for _, part in self.parts:
            yield from part.functions()

    def last(self) -> Iterator[FunctionRef]:
        """The functions whose result is that of the whole."""
        if self.function is not None:
            yield self.function
        if self.kind == "sequence" and self.parts:
            yield from self.parts[-1][1].last()
        if self.kind == "any":
            for _, part in self.parts:
                yield from part.last()

    def unknown(self) -> Iterator[Value]:
        """The values that are no chain, function or dict."""
        if self.value is not None:
            yield self.value
        for _, part in self.parts:
            yield from part.unknown()
