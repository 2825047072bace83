"""Graphs as Mermaid flowcharts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.drawing.picture import UNRESOLVED, Picture, PictureEdge, PictureNode, codes, title
from lg_lint.model.graph import END, START

_ARROWS = {
    "static": "-->",
    "conditional": "-.->",
    "command": "-. Command .->",
    "send": "== Send ==>",
    "error": "-. on error .->",
    "unresolved": "-.->",
}


def render(drawn: Sequence[Picture]) -> str:
    """A flowchart for each graph."""
    return "\n".join("".join(f"{line}\n" for line in _lines(picture)) for picture in drawn)


def _lines(picture: Picture) -> Iterator[str]:
    yield "---"
    heading = f"{picture.name} {picture.place.path}:{picture.place.row}"
    heading = heading.replace("\\", "\\\\").replace('"', '\\"')
    yield f'title: "{heading}"'
    yield "---"
    yield "flowchart TD"
    if not picture.complete:
        yield "    %% some nodes or edges could not be read"
    ids = {node.name: f"n{index}" for index, node in enumerate(picture.nodes)}
    for edge in picture.edges:
        for name in (edge.source, edge.target):
            ids.setdefault(name, {START: "start", END: "finish"}.get(name, f"x{len(ids)}"))
    known = {node.name for node in picture.nodes}
    for node in picture.nodes:
        yield f'    {ids[node.name]}["{_label(node)}"]'
    for name, identifier in ids.items():
        if name in (START, END):
            yield f'    {identifier}(["{title(name)}"])'
        elif name not in known:
            yield f'    {identifier}{{"{escaped(name)}"}}'
    for edge in picture.edges:
        yield f"    {ids[edge.source]} {_arrow(edge)} {ids[edge.target]}"
    yield from _styles(picture, ids, known)


def _arrow(edge: PictureEdge) -> str:
    marks = codes(edge.findings)
    arrow = _ARROWS.get(edge.kind, "-->")
    return f'{arrow}|"{marks}"|' if marks and " " not in arrow else arrow


def _label(node: PictureNode) -> str:
    parts = [node.name, f"{node.place.path}:{node.place.row}", node.runs]
    if node.emits:
        parts.append(f"emits {', '.join(node.emits)}")
    if node.findings:
        parts.append(codes(node.findings))
    return "<br/>".join(map(escaped, parts))


def escaped(text: str) -> str:
    """A text within the quotes of a label."""
    return (
        text.replace("#", "#35;").replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;")
    )


def _styles(picture: Picture, ids: dict[str, str], known: set[str]) -> Iterator[str]:
    found = [ids[node.name] for node in picture.nodes if node.findings]
    unread = [ids[node.name] for node in picture.nodes if not node.resolved]
    unread += [ids[name] for name in ids if name not in known and name not in (START, END)]
    if found:
        yield "    classDef found stroke:#c00,stroke-width:3px"
        yield f"    class {','.join(found)} found"
    if unread:
        yield "    classDef unresolved stroke-dasharray:4 4"
        yield f"    class {','.join(unread)} unresolved"
    for index, edge in enumerate(picture.edges):
        if edge.findings or edge.target == UNRESOLVED:
            color = "#c00" if edge.findings else "#888"
            yield f"    linkStyle {index} stroke:{color}"
