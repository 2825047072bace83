"""Paths as one page of HTML: no script, nothing loaded, readable on a phone, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from lg_lint.base.counted import plural
from lg_lint.base.finding import Finding, Place
from lg_lint.drawing.paths.html_style import STYLE
from lg_lint.drawing.paths.text import NONE, at, verdict
from lg_lint.model.paths.records import PathHop, StreamPath

_CODE = re.compile(r"`([^`]+)`")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(paths: Sequence[StreamPath]) -> str:
    """The whole page."""
    return "".join(f"{line}\n" for line in _page(paths))


def _page(paths: Sequence[StreamPath]) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield "<title>Where the stream breaks</title>"
    yield f"<style>{STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield "<header>"
    yield "<h1>Where the stream breaks</h1>"
    yield f"<p>{escape(_summary(paths))}</p>"
    yield "</header>"
    if len(paths) > 1:
        yield from _contents(paths)
    yield "<main>"
    for index, path in enumerate(paths):
        yield from _section(index, path)
    yield "</main>"
    yield "</body>"
    yield "</html>"


def _summary(paths: Sequence[StreamPath]) -> str:
    if not paths:
        return NONE.strip()
    weak = sum(path.weakest is not None for path in paths)
    return f"{plural(len(paths), 'path')} of streams, {weak or 'none'} with a weak hop."


def _contents(paths: Sequence[StreamPath]) -> Iterator[str]:
    yield "<nav><ul>"
    for index, path in enumerate(paths):
        hop = path.weakest_hop
        worst = hop.hop.value if hop is not None else "no weak hop found"
        where = f" <small>{escape(path.deployment)}</small>" if path.deployment else ""
        yield (
            f'<li class="{_state_of(path)}"><a href="#path-{index}">{escape(path.route)}</a>'
            f"{where} <b>{escape(worst)}</b></li>"
        )
    yield "</ul></nav>"


def _section(index: int, path: StreamPath) -> Iterator[str]:
    yield f'<section id="path-{index}">'
    yield f"<h2>{escape(path.route)}</h2>"
    about = [path.function, at(path.place), path.deployment, *path.addresses[1:]]
    parts = " · ".join(f"<span>{escape(part)}</span>" for part in filter(None, about))
    yield f'<p class="about">{parts}</p>'
    yield from _verdict(path)
    names = [f"path-{index}-{number}" for number in range(len(path.hops))]
    states = [_state(hop) + " weakest" * (hop is path.weakest_hop) for hop in path.hops]
    yield '<ol class="strip">'
    for name, state, hop in zip(names, states, path.hops, strict=True):
        yield f'<li class="{state}"><a href="#{name}">{escape(hop.hop.value)}</a></li>'
    yield "</ol>"
    yield '<ol class="hops">'
    for name, state, hop in zip(names, states, path.hops, strict=True):
        yield f'<li id="{name}" class="{state}">'
        yield from _hop(hop, is_weakest=hop is path.weakest_hop)
        yield "</li>"
    yield "</ol>"
    yield "</section>"


def _verdict(path: StreamPath) -> Iterator[str]:
    hop = path.weakest_hop
    if hop is None:
        yield f'<p class="verdict {_state_of(path)}">{escape(_capital(verdict(path)))}.</p>'
        return
    place = path.worst.place if path.worst is not None else hop.place
    where = f' <code class="place">{escape(at(place))}</code>' if place is not None else ""
    yield f'<div class="verdict {_state_of(path)}">'
    yield f"<p><b>Weakest hop: {escape(hop.hop.value)}</b>{where}</p>"
    yield f"<p>{_prose(path.why)}</p>"
    yield "</div>"


def _hop(hop: PathHop, *, is_weakest: bool) -> Iterator[str]:
    title = f" <span>{escape(hop.title)}</span>" if hop.title else ""
    badge = " <mark>weakest</mark>" if is_weakest else ""
    yield f"<h3>{escape(hop.hop.value)}{title}{badge}</h3>"
    if hop.facts:
        facts = " ".join(f"<span>{escape(fact)}</span>" for fact in hop.facts)
        yield f'<p class="facts">{facts}</p>'
    if hop.place is not None:
        yield f'<p><code class="place">{escape(at(hop.place))}</code></p>'
    for finding in hop.findings:
        yield from _finding(finding, hop.place)
    if hop.question:
        unknown = "Unknown: " if not hop.is_known else "Open: "
        yield f'<p class="question"><b>{unknown}</b>{_prose(hop.question)}</p>'


def _finding(finding: Finding, told: Place | None) -> Iterator[str]:
    """What was found; its line, unless that is `told` already."""
    severity = finding.severity.value
    line = at(finding.place)
    is_told = told is not None and at(told) == line
    where = "" if is_told else f' <code class="place">{escape(line)}</code>'
    yield f'<div class="finding {severity}">'
    message = _prose(finding.message)
    yield f"<p><b>{escape(finding.code)}</b> <em>{severity}</em> {message}{where}</p>"
    if finding.help:
        yield f"<p><b>To mend it:</b> {_prose(finding.help)}</p>"
    yield "</div>"


def _prose(text: str) -> str:
    """A sentence of lg-lint's, in which backquotes set code apart."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _state(hop: PathHop) -> str:
    """The class that colours a hop: its worst finding, or whether it is known."""
    if hop.findings:
        return hop.findings[0].severity.value
    return "sound" if hop.is_known else "unknown"


def _state_of(path: StreamPath) -> str:
    hop = path.weakest_hop
    if hop is not None:
        return _state(hop)
    return "sound" if all(each.is_known for each in path.hops) else "unknown"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
