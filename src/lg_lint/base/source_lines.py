"""Lines of the scanned sources, by place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lg_lint.base.finding import Place

_LINE_END = re.compile(r"\r\n|\r|\n")


class SourceLines:
    """The text of each file that has findings, split into rows once.

    A notebook's cells are keyed `path:cell N`.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._rows: dict[str, list[str]] = {}

    def rows(self, place: Place) -> list[str]:
        """The rows of the file or cell that holds `place`; none where the text is not known."""
        key = place.path if place.cell is None else f"{place.path}:cell {place.cell}"
        if key not in self._rows:
            text = self._sources.get(key)
            self._rows[key] = [] if text is None else _LINE_END.split(text)
        return self._rows[key]

    def row(self, place: Place, number: int | None = None) -> str:
        """One row's text, by default the one where `place` starts; empty where there is none."""
        rows = self.rows(place)
        index = (place.row if number is None else number) - 1
        return rows[index] if 0 <= index < len(rows) else ""
