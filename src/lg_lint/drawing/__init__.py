"""Graphs drawn from their source, in the formats that `lg-lint graph` prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lg_lint.drawing import as_json, dot, mermaid, text
from lg_lint.drawing.picture import Picture, pictures

__all__ = ["FORMATS", "Picture", "draw", "pictures"]

_RENDERERS: dict[str, Callable[[Sequence[Picture]], str]] = {
    "text": text.render,
    "mermaid": mermaid.render,
    "dot": dot.render,
    "json": as_json.render,
}
FORMATS = tuple(_RENDERERS)


def draw(drawn: Sequence[Picture], form: str) -> str:
    """Pictures in one of the formats."""
    return _RENDERERS[form](drawn)
