"""Graphs as indented text, for terminals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.base.finding import Finding, Place
from lg_lint.drawing.picture import UNRESOLVED, Picture, PictureEdge, PictureNode, codes, title
from lg_lint.model.graph import START

_ARROWS = {"static": "→", "conditional": "⇢", "command": "⇢", "send": "⇉", "error": "⇢"}
_NOTES = {"conditional": "conditional", "command": "Command", "send": "Send", "error": "on error"}


def render(drawn: Sequence[Picture]) -> str:
    """A block of lines for each graph; a line that says so where there is none."""
    if not drawn:
        return "No graph found.\n"
    return "\n".join("".join(f"{line}\n" for line in _lines(picture)) for picture in drawn)


def _lines(picture: Picture) -> Iterator[str]:
    saver = f", saver {picture.saver}" if picture.saver else ""
    yield f"{picture.name} ({picture.kind}{saver})  {_at(picture.place)}{_marks(picture.findings)}"
    if not picture.complete:
        yield f"  {UNRESOLVED} some nodes or edges could not be read"
    reducers = {channel.key: channel.reducer for channel in picture.channels}
    yield from _way_on(picture, START, "  START")
    for node in picture.nodes:
        yield from _way_on(picture, node.name, f"  {_node(node, reducers)}")
    if picture.channels:
        yield "  channels"
        width = max(len(channel.key) for channel in picture.channels)
        for channel in picture.channels:
            yield f"    {channel.key:<{width}}  {channel.reducer}  {_at(channel.place)}"


def _node(node: PictureNode, reducers: dict[str, str]) -> str:
    parts = [node.runs]
    if node.subgraph:
        parts.append(node.subgraph)
    if node.deferred:
        parts.append("deferred")
    if node.emits:
        parts.append(f"emits {', '.join(node.emits)}")
    if node.writes:
        keys = [f"{key} ({reducers[key]})" for key in node.writes]
        parts.append(f"writes {', '.join(keys)}")
    unread = "" if node.resolved else f" {UNRESOLVED} name not known"
    shown = "; ".join(parts)
    return f"{node.name}{unread}  {shown}  {_at(node.place)}{_marks(node.findings)}"


def _way_on(picture: Picture, name: str, line: str) -> Iterator[str]:
    out = [edge for edge in picture.edges if edge.source == name]
    if name == START and not out:
        return
    yield line
    for edge in out:
        yield f"    {_edge(edge)}"


def _edge(edge: PictureEdge) -> str:
    if edge.target == UNRESOLVED:
        return f"⇢ {UNRESOLVED} any node may follow  {_at(edge.place)}{_marks(edge.findings)}"
    note = _NOTES.get(edge.kind, "")
    if edge.waits:
        note = "waits for all"
    shown = f" ({note})" if note else ""
    return f"{_ARROWS.get(edge.kind, '→')} {title(edge.target)}{shown}{_marks(edge.findings)}"


def _at(place: Place) -> str:
    return f"{place.path}:{place.row}"


def _marks(findings: Sequence[Finding]) -> str:
    return f"  ! {codes(findings)}" if findings else ""
