"""Graphs drawn from their source, in the formats that `lg-lint graph` prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from msgspec.structs import replace

from lg_lint.base.escape import shown_path, visible
from lg_lint.base.finding import Place
from lg_lint.drawing import as_json, dot, mermaid, text
from lg_lint.drawing.picture import Picture, PictureChannel, PictureEdge, PictureNode, pictures

__all__ = ["FORMATS", "Picture", "draw", "pictures"]

_RENDERERS: dict[str, Callable[[Sequence[Picture]], str]] = {
    "text": text.render,
    "mermaid": mermaid.render,
    "dot": dot.render,
    "json": as_json.render,
}
FORMATS = tuple(_RENDERERS)


def draw(drawn: Sequence[Picture], form: str) -> str:
    """Pictures in one of the formats. Names from the source are made visible, but in JSON."""
    if form != "json":
        drawn = [_visible(picture) for picture in drawn]
    return _RENDERERS[form](drawn)


def _visible(value: Any) -> Any:
    """The same records with texts that can be printed."""
    if isinstance(value, Place):
        return replace(value, path=shown_path(value.path))
    if isinstance(value, str) and not isinstance(value, Enum):
        return visible(value)
    if isinstance(value, tuple):
        return tuple(map(_visible, value))
    if isinstance(value, (Picture, PictureNode, PictureEdge, PictureChannel)):
        changes = {name: _visible(getattr(value, name)) for name in value.__struct_fields__}
        return replace(value, **changes)
    return value
