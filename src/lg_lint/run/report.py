"""What a run found, and what the user must mend."""

from __future__ import annotations

from lg_lint.base.problem import Problem as Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lg_lint.base.finding import Finding, Unresolved
    from lg_lint.model.assembly.recognised import Recognised
    from lg_lint.model.project import Project
    from lg_lint.sources.ledger import Ledger


class Report:
    """What a run found. Findings are sorted by place.

    `timings` are seconds by stage; files are parsed, or waited for, while the others go on.

    Left out of the findings are those that ignore comments hide, those in the baseline, and those
    that touch nothing that has changed.

    `project` is the model that the rules saw, where there was something to see, `recognised` what
    it holds. `is_partial` where the run gave something up: it is never kept as what the project's
    files say. `empty` are named folders without a file to check, `test_files` those left out as
    test code, `naming` those that name what is looked for, `codes` the rules that were checked,
    `unread` what could not be read of deployment files, `reported` the absolute paths of the files
    that count, `blind` how many of their calls on an event loop are made on something that is not
    known, and how many calls there are.
    """

    def __init__(
        self,
        findings: Iterable[Finding] = (),
        *,
        files: int = 0,
        suppressed: int = 0,
        unresolved: Iterable[Unresolved] = (),
        problems: Iterable[Problem] = (),
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self.findings = list(findings)
        self.files = files
        self.suppressed = suppressed
        self.is_partial = False
        self.baselined = 0
        self.unchanged = 0
        self.unresolved = list(unresolved)
        self.problems = list(problems)
        self.unread: list[Unresolved] = []
        self.timings: dict[str, float] = {}
        self.notes: list[str] = []
        self.seen: Ledger | None = None
        self.sources = dict(sources or {})
        self.project: Project | None = None
        self.recognised: tuple[Recognised, Recognised] | None = None
        self.empty: list[str] = []
        self.reported: frozenset[str] = frozenset()
        self.blind = (0, 0)
        self.test_files = self.naming = 0
        self.codes: frozenset[str] = frozenset()
