"""What every rule is: metadata, a docstring page and one check over the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lg_lint.base import address
from lg_lint.base.finding import Confidence, Finding, Hop, Place, Reach, Severity, Step

if TYPE_CHECKING:
    from lg_lint.base.fix import Fix
    from lg_lint.model.project import Project

Check = Callable[["Rule", "Project"], Iterable[Finding]]


class Rule(Struct, frozen=True, kw_only=True):
    """A rule's identity and its check.

    `page` is the docstring of the rule's module: summary line, then the headings What it does,
    Why it cuts the stream, What is seen, Example, Use instead, When to ignore, Fix safety,
    Evidence.
    `fixable` is "never", "sometimes" or "always", `since` the version that it came with.
    """

    code: str
    name: str
    severity: Severity
    hop: Hop
    page: str
    check: Check
    fixable: Literal["never", "sometimes", "always"] = "never"
    since: str = "0.1.0"

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.strip().partition("\n")[0].rstrip(".")

    @property
    def url(self) -> str:
        """The address of the page."""
        return address.page(f"docs/rules/{self.code}.md")

    def finding(
        self,
        place: Place,
        message: str,
        *,
        trace: Iterable[Step] = (),
        help: str = "",  # noqa: A002
        severity: Severity | None = None,
        confidence: Confidence = Confidence.HIGH,
        hop: Hop | None = None,
        fix: Fix | None = None,
        reach: Reach | None = None,
    ) -> Finding:
        """A finding of this rule; severity and hop default to the rule's own."""
        return Finding(
            code=self.code,
            name=self.name,
            message=message,
            severity=severity or self.severity,
            confidence=confidence,
            hop=hop or self.hop,
            place=place,
            trace=tuple(trace),
            help=help,
            fix=fix,
            reach=reach,
        )
