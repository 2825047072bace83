"""Paths of streams in the formats that `lg-lint path` prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.base.escape import shown_path, visible
from lg_lint.base.finding import Finding, Place
from lg_lint.drawing.paths import as_json, brief, html, mermaid, text
from lg_lint.model.paths.records import PathHop, StreamPath
from lg_lint.model.paths.stream_paths import stream_paths

__all__ = ["FORMATS", "StreamPath", "draw", "selected", "stream_paths", "weakest_hops"]

_RENDERERS: dict[str, Callable[[Sequence[StreamPath]], str]] = {
    "text": text.render,
    "mermaid": mermaid.render,
    "json": as_json.render,
    "html": html.render,
}
FORMATS = tuple(_RENDERERS)


def draw(paths: Sequence[StreamPath], form: str) -> str:
    """Paths in one of the formats. Names from the source are made visible, but in JSON."""
    return _RENDERERS[form](paths if form == "json" else [_visible(path) for path in paths])


def weakest_hops(paths: Sequence[StreamPath]) -> list[str]:
    """Lines that name the weakest hop of each stream whose server is known, fit to print."""
    return brief.lines([_visible(path) for path in paths])


def selected(paths: Sequence[StreamPath], asked: str) -> list[StreamPath]:
    """The paths whose route is meant: a part of an address or function, or "METHOD path"."""
    wanted = " ".join(asked.split()).lower()
    method, _, rest = wanted.partition(" ")
    if rest and method.isalpha():
        exact = [each for each in paths if wanted in map(str.lower, each.addresses)]
        if exact:
            return exact
    return [each for each in paths if any(wanted in name.lower() for name in _names(each))]


def _names(path: StreamPath) -> tuple[str, ...]:
    return (*path.addresses, path.function, path.route)


def _visible(value: Any) -> Any:
    """The same records with texts that can be printed."""
    if isinstance(value, Place):
        return replace(value, path=shown_path(value.path))
    if type(value) is str:
        return visible(value)
    if isinstance(value, tuple):
        return tuple(map(_visible, value))
    if isinstance(value, Finding):
        return replace(value, message=visible(value.message), place=_visible(value.place))
    if isinstance(value, (PathHop, StreamPath)):
        fields: Struct = value
        changes = {name: _visible(getattr(value, name)) for name in fields.__struct_fields__}
        return replace(value, **changes)
    return value
