"""The edits that a remedy asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import libcst as cst
from msgspec.structs import replace

from lg_lint.base.finding import Finding, Place
from lg_lint.base.fix import Applicability, Edit, Fix, FixKind
from lg_lint.fixes.arguments import add_headers, set_expression, set_keyword
from lg_lint.fixes.awaiting import await_sleep, await_twin, iterate_twin
from lg_lint.fixes.dropping import drop_decorator, drop_old_items
from lg_lint.fixes.encoding import encode_payload
from lg_lint.fixes.parsed import Parsed, Refusal

_CURES: Mapping[FixKind, Callable[[Parsed, Place, Fix], list[Edit]]] = {
    FixKind.AWAIT_TWIN: await_twin,
    FixKind.ITERATE_TWIN: iterate_twin,
    FixKind.AWAIT_SLEEP: await_sleep,
    FixKind.ADD_HEADERS: add_headers,
    FixKind.SET_KEYWORD: set_keyword,
    FixKind.SET_EXPRESSION: set_expression,
    FixKind.DROP_OLD_ITEMS: drop_old_items,
    FixKind.DROP_DECORATOR: drop_decorator,
    FixKind.ENCODE_PAYLOAD: encode_payload,
}


class FixContext:
    """Works out edits in texts, each parsed once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._parsed: dict[str, Parsed] = {}

    def edits(self, finding: Finding) -> tuple[Edit, ...]:
        """The edits that mend a finding. Raises Refusal where none do."""
        remedy, place = finding.fix, finding.place
        if remedy is None or remedy.applicability is Applicability.DISPLAY:
            raise Refusal(remedy.reason if remedy is not None else "there is no fix for it")
        at = Place(place.path, *remedy.span) if remedy.span is not None else place
        found = _CURES[remedy.cure](self.parsed(place.path), at, remedy)
        return tuple(sorted(found))

    def parsed(self, path: str) -> Parsed:
        """The tree of a file. Raises Refusal where it cannot be parsed."""
        if path not in self._parsed:
            try:
                self._parsed[path] = Parsed(self._texts[path])
            except (cst.ParserSyntaxError, RecursionError) as error:
                raise Refusal("the file cannot be parsed") from error
        return self._parsed[path]


def resolved(findings: Iterable[Finding], texts: Mapping[str, str]) -> list[Finding]:
    """The findings with the edits of their fixes; a fix that cannot be applied is left out."""
    workshop = FixContext(texts)
    return [_resolved(finding, workshop) for finding in findings]


def _resolved(finding: Finding, workshop: FixContext) -> Finding:
    if finding.fix is None or finding.fix.applicability is Applicability.DISPLAY:
        return finding
    try:
        return replace(finding, fix=finding.fix.with_edits(workshop.edits(finding)))
    except Refusal:
        return replace(finding, fix=None)
