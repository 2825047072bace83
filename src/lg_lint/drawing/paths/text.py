"""Paths as text, for terminals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.base.finding import Place
from lg_lint.drawing.picture import codes
from lg_lint.model.paths.records import PathHop, StreamPath

NONE = "No streaming route found.\n"
_WIDEST = 68


def render(paths: Sequence[StreamPath]) -> str:
    """A block of lines for each path; a line that says so where there is none."""
    if not paths:
        return NONE
    drawn = []
    for at_index, path in enumerate(paths):
        before = paths[at_index - 1] if at_index else None
        drawn.append("".join(f"{line}\n" for line in _lines(path, _shared(path, before))))
    return "\n".join(drawn)


def _shared(path: StreamPath, before: StreamPath | None) -> int:
    """How many hops a path begins with that the one above it, of the same route, has as well."""
    if before is None or (path.route, path.place) != (before.route, before.place):
        return 0
    pairs = enumerate(zip(path.hops, before.hops, strict=False))
    return next((number for number, (one, other) in pairs if one != other), 0)


def _lines(path: StreamPath, shared: int) -> Iterator[str]:
    """The lines of a path; the first hops, as many as are `shared`, stand above."""
    where = f"  ({path.deployment})" if path.deployment else ""
    yield f"{path.route}{where}  {at(path.place)}"
    yield f"  {verdict(path)}"
    if len(path.addresses) > 1:
        yield f"  also {', '.join(path.addresses[1:])}"
    if shared:
        yield f"  {path.hops[0].hop.value} to {path.hops[shared - 1].hop.value} as above"
    rows = [(_mark(path, index), hop, description(hop)) for index, hop in enumerate(path.hops)][
        shared:
    ]
    with_place = [text for _, hop, text in rows if hop.place is not None]
    width = max((min(len(text), _WIDEST) for text in with_place), default=0)
    for mark, hop, text in rows:
        place = at(hop.place) if hop.place is not None else ""
        found = f"  ! {codes(hop.findings)}" if hop.findings else ""
        yield f"{mark} {hop.hop.value:<10}  {text:<{width}}  {place}{found}".rstrip()
        if hop.is_known and hop.question:
            yield f"              ? {hop.question}"


def verdict(path: StreamPath) -> str:
    """The one sentence that says where the stream breaks."""
    hop = path.weakest_hop
    if hop is not None:
        return f"weakest hop: {hop.hop.value}: {path.why}"
    unknown = [each.hop.value for each in path.hops if not each.is_known]
    if unknown:
        return f"no weak hop was found; not known: {', '.join(unknown)}"
    return "no weak hop was found"


def description(hop: PathHop) -> str:
    """What is known of a hop, or what to ask."""
    if not hop.is_known:
        return f"? {hop.question}"
    return ": ".join(filter(None, (hop.title, ", ".join(hop.facts))))


def at(place: Place) -> str:
    """A place as terminals link it: path:row."""
    return f"{place.path}:{place.row}"


def _mark(path: StreamPath, index: int) -> str:
    return ">" if index == path.weakest else " "
