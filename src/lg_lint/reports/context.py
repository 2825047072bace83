"""What a format needs to know besides the report."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lg_lint.base.finding import Finding
    from lg_lint.rules.rule import Rule


class Context:
    """How to show a report.

    `rules` are the rules that ran, hit or not. `repository_prefix` leads from the repository's
    root to the working directory, for formats whose readers resolve paths against the root.
    `unsafe_fixes` where the user would have these applied. `width` is the terminal's, if there is
    one. `exit_code` is the status that the run ends with, where that is known. `weakest` are lines
    that name the weakest hops of streams, fit to print.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...] = (),
        *,
        color: bool = False,
        quiet: bool = False,
        show_unresolved: bool = False,
        repository_prefix: str = "",
        unsafe_fixes: bool = False,
        width: int | None = None,
        exit_code: int | None = None,
        weakest: Sequence[str] = (),
    ) -> None:
        self.rules = rules
        self.color = color
        self.quiet = quiet
        self.show_unresolved = show_unresolved
        self.repository_prefix = repository_prefix
        self.unsafe_fixes = unsafe_fixes
        self.width = width
        self.exit_code = exit_code
        self.weakest = weakest

    def applies(self, finding: Finding) -> bool:
        """Whether `--fix` would mend a finding."""
        if finding.fix is None:
            return False
        from lg_lint.base.fix import Applicability

        wanted = {Applicability.SAFE} | ({Applicability.UNSAFE} if self.unsafe_fixes else set())
        return finding.fix.applicability in wanted

    def url(self, code: str) -> str | None:
        """The address of a rule's page; None for a rule that did not run."""
        return next((rule.url for rule in self.rules if rule.code == code), None)

    def repository_path(self, path: str) -> str:
        """`path` seen from the repository's root; a path outside of it stays as it is."""
        if not self.repository_prefix or is_absolute(path):
            return path
        return f"{self.repository_prefix}/{path}"


def is_absolute(path: str) -> bool:
    """Whether a path starts at a root or a drive."""
    return path.startswith("/") or path[1:3] == ":/"
