"""What a compiled graph says of itself, for every graph that importing code makes."""

from __future__ import annotations

import functools
import importlib
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Wiring:
    """The part of a graph that both sides are compared by.

    `joins`: targets that wait for several sources. `maps`: by source, the sets of targets that
    its routers declare; None for a router that declares none. `ends`: what nodes declare as the
    destinations of their Commands.
    """

    nodes: set[str] = field(default_factory=set)
    edges: set[tuple[str, str]] = field(default_factory=set)
    joins: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    maps: dict[str, list[tuple[str, ...] | None]] = field(default_factory=dict)
    ends: dict[str, tuple[str, ...]] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    managed: set[str] = field(default_factory=set)

    def merge(self, other: Wiring) -> None:
        """Adds a second graph made by the same call: one factory, called twice."""
        self.nodes |= other.nodes
        self.edges |= other.edges
        self.joins |= other.joins
        self.maps.update(other.maps)
        self.ends.update(other.ends)
        self.channels.update(other.channels)
        self.managed |= other.managed


@dataclass(frozen=True)
class Made:
    """A builder, and the line of the code under test that made it."""

    path: Path
    row: int
    builder: Any


def of_builder(builder: Any) -> Wiring:
    found = Wiring(
        nodes=set(builder.nodes),
        edges=set(builder.edges),
        joins={(tuple(sorted(starts)), end) for starts, end in builder.waiting_edges},
        managed=set(builder.managed),
    )
    for source, branches in builder.branches.items():
        declared = [
            None if branch.ends is None else tuple(sorted(set(map(_text, branch.ends.values()))))
            for branch in branches.values()
        ]
        if declared:
            found.maps[source] = sorted(declared, key=str)
    for name, spec in builder.nodes.items():
        ends = getattr(spec, "ends", None)
        if ends:
            found.ends[name] = tuple(sorted(set(map(_text, ends))))
    found.channels = {key: kind_of(channel) for key, channel in builder.channels.items()}
    return found


def _text(name: Any) -> str:
    """An enum member that is a string is the string."""
    return str(getattr(name, "value", name))


def kind_of(channel: Any) -> str:
    """A channel as its class and, where it has one, its reducer's name."""
    kind = type(channel).__name__
    operator = getattr(channel, "operator", None)
    if operator is None:
        return kind
    if isinstance(operator, functools.partial):
        operator = operator.func
    name = getattr(operator, "__name__", type(operator).__name__)
    return f"{kind}({name.removeprefix('_')})"


@contextmanager
def recorded(root: Path) -> Iterator[list[Made]]:
    """Notes every StateGraph that is made, with the nearest line of a file below `root`."""
    from langgraph.graph.state import StateGraph

    made: list[Made] = []
    original = StateGraph.__init__

    def noting(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        frame = sys._getframe(1)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(root):
                made.append(Made(path, frame.f_lineno, self))
                return
            frame = frame.f_back  # type: ignore[assignment]

    StateGraph.__init__ = noting  # type: ignore[method-assign]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield made
    finally:
        StateGraph.__init__ = original  # type: ignore[method-assign]


def record(
    root: Path,
    modules: list[str],
    load: Callable[[str], object] = importlib.import_module,
    then: Callable[[], None] = lambda: None,
) -> list[Made]:
    """Imports modules that lie below `root`; the graphs that this, and `then`, makes."""
    with recorded(root) as made:
        for name in modules:
            load(name)
        then()
    return made


def by_site(made: list[Made]) -> dict[tuple[Path, int], Wiring]:
    """The wiring by the line that makes it."""
    found: dict[tuple[Path, int], Wiring] = defaultdict(Wiring)
    for item in made:
        found[(item.path, item.row)].merge(of_builder(item.builder))
    return dict(found)
