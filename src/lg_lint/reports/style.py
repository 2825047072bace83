"""Terminal colours."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.base.finding import Severity

_BOLD = "1"
_RED = "1;31"
_YELLOW = "1;33"
_BLUE = "1;34"
_CYAN = "1;36"
_SEVERITIES = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.INFO: _CYAN}


class Style(Struct, frozen=True):
    """Paints parts of the output, or leaves them as they are."""

    color: bool

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def strong(self, text: str) -> str:
        """What the reader looks for."""
        return self._paint(text, _BOLD)

    def code(self, text: str, severity: Severity) -> str:
        """A rule's code, in the colour of the severity."""
        return self._paint(text, _SEVERITIES[severity])

    def frame(self, text: str) -> str:
        """The lines around code."""
        return self._paint(text, _BLUE)

    def mark(self, text: str) -> str:
        """The mark below code."""
        return self._paint(text, _RED)

    def location(self, text: str) -> str:
        """A place."""
        return self._paint(text, _CYAN)
