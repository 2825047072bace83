"""What the settings add to the tables of `knowledge/`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Additions(Struct, frozen=True):
    """Dotted names, as given or, once they are resolved, canonical.

    `savers` maps classes to "sync", "async" or "both". A function or class of the project that is
    named here counts as one from outside: the settings are taken at their word.
    """

    blocking_calls: tuple[str, ...] = ()
    graph_factories: tuple[str, ...] = ()
    graph_types: tuple[str, ...] = ()
    offloaders: tuple[str, ...] = ()
    retry_decorators: tuple[str, ...] = ()
    reducers: tuple[str, ...] = ()
    savers: Mapping[str, str] = field(default_factory=dict)
