"""Paths as Mermaid flowcharts, one for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.drawing.mermaid import escaped
from lg_lint.drawing.paths.text import at, description, verdict
from lg_lint.drawing.picture import codes
from lg_lint.model.paths.records import PathHop, StreamPath


def render(paths: Sequence[StreamPath]) -> str:
    """A flowchart for each path."""
    return "\n".join("".join(f"{line}\n" for line in _lines(path)) for path in paths)


def _lines(path: StreamPath) -> Iterator[str]:
    yield "---"
    heading = " ".join(filter(None, (path.route, path.deployment and f"({path.deployment})")))
    heading = heading.replace("\\", "\\\\").replace('"', '\\"')
    yield f'title: "{heading}"'
    yield "---"
    yield "flowchart TD"
    for index, hop in enumerate(path.hops):
        yield f'    h{index}["{_label(hop)}"]'
    for index in range(1, len(path.hops)):
        yield f"    h{index - 1} --> h{index}"
    if path.weakest is not None:
        yield f'    why["{escaped(verdict(path))}"]'
        yield f"    why -.- h{path.weakest}"
    yield from _styles(path)


def _label(hop: PathHop) -> str:
    parts = [hop.hop.value, description(hop)]
    if hop.place is not None:
        parts.append(at(hop.place))
    if hop.findings:
        parts.append(codes(hop.findings))
    return "<br/>".join(map(escaped, parts))


def _styles(path: StreamPath) -> Iterator[str]:
    found = [f"h{index}" for index, hop in enumerate(path.hops) if hop.findings]
    unknown = [f"h{index}" for index, hop in enumerate(path.hops) if not hop.is_known]
    if found:
        yield "    classDef found stroke:#c00"
        yield f"    class {','.join(found)} found"
    if unknown:
        yield "    classDef unknown stroke-dasharray:4 4"
        yield f"    class {','.join(unknown)} unknown"
    if path.weakest is not None:
        yield f"    style h{path.weakest} stroke:#c00,stroke-width:4px"
        yield "    style why stroke:#c00"
