"""Paths as a few lines for the end of a run: where the streams break first."""

from __future__ import annotations

from collections.abc import Sequence

from lg_lint.base.counted import plural
from lg_lint.drawing.paths.text import at
from lg_lint.model.paths.records import StreamPath

_MOST = 3


def lines(paths: Sequence[StreamPath]) -> list[str]:
    """A line for each weakest hop of routes whose server is known, in the order of the paths.

    A route that several deployments serve counts once, with the first of them.
    """
    first: dict[tuple[str, str], StreamPath] = {}
    for path in paths:
        if path.deployment and path.weakest is not None:
            first.setdefault((path.route, path.function), path)
    weak: dict[str, list[StreamPath]] = {}
    for path in first.values():
        weak.setdefault(_weakness(path), []).append(path)
    told = [f"Weakest hop of {_routes(found)}: {what}" for what, found in weak.items()]
    more = sum(map(len, list(weak.values())[_MOST:]))
    rest = [f"... and of {plural(more, 'more route')}: lg-lint path"] if more else []
    return [*told[:_MOST], *rest]


def _weakness(path: StreamPath) -> str:
    hop, worst = path.weakest_hop, path.worst
    assert hop is not None
    assert worst is not None
    return f"{hop.hop.value}, {worst.code} at {at(worst.place)}"


def _routes(paths: Sequence[StreamPath]) -> str:
    named = f"{paths[0].route} ({paths[0].deployment})"
    return f"{named} and {plural(len(paths) - 1, 'more route')}" if len(paths) > 1 else named
