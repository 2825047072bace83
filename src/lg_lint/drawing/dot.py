"""Graphs in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.drawing.picture import Picture, PictureEdge, PictureNode, codes, title
from lg_lint.model.graph import END, START

_STYLES = {"static": "solid", "send": "bold"}


def render(drawn: Sequence[Picture]) -> str:
    """A digraph for each graph."""
    return "\n".join("".join(f"{line}\n" for line in _lines(picture)) for picture in drawn)


def _lines(picture: Picture) -> Iterator[str]:
    yield f"digraph {_quoted(picture.name)} {{"
    unread = "" if picture.complete else "\\nsome nodes or edges could not be read"
    place = f"{picture.place.path}:{picture.place.row}"
    yield f'    label="{_escaped(picture.name)} {_escaped(place)}{unread}";'
    yield "    node [shape=box];"
    known = {node.name for node in picture.nodes}
    for node in picture.nodes:
        yield f"    {_node(node)};"
    others = [name for edge in picture.edges for name in (edge.source, edge.target)]
    for name in dict.fromkeys(name for name in others if name not in known):
        shape = "oval" if name in (START, END) else "diamond, style=dashed"
        yield f"    {_quoted(name)} [label={_quoted(title(name))}, shape={shape}];"
    for edge in picture.edges:
        yield f"    {_quoted(edge.source)} -> {_quoted(edge.target)} [{_edge(edge)}];"
    yield "}"


def _node(node: PictureNode) -> str:
    parts = [node.name, f"{node.place.path}:{node.place.row}", node.runs]
    if node.emits:
        parts.append(f"emits {', '.join(node.emits)}")
    if node.findings:
        parts.append(codes(node.findings))
    label = "\\n".join(map(_escaped, parts))
    extra = ", color=red, penwidth=2" if node.findings else ""
    extra += "" if node.resolved else ", style=dashed"
    return f'{_quoted(node.name)} [label="{label}"{extra}]'


def _edge(edge: PictureEdge) -> str:
    parts = [f"style={_STYLES.get(edge.kind, 'dashed')}"]
    label = codes(edge.findings) or (edge.kind if edge.kind in ("command", "send", "error") else "")
    if label:
        parts.append(f"label={_quoted(label)}")
    if edge.findings:
        parts.append("color=red")
    return ", ".join(parts)


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
