"""The parts of a run that the size of a project decides, each within its budget."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from lg_lint.base.budget import Budget, GaveUp, within
from lg_lint.base.finding import Finding, Place
from lg_lint.rules.registry import UNREADABLE, rules_of

if TYPE_CHECKING:
    from lg_lint.model.project import Project
    from lg_lint.rules.rule import Rule
    from lg_lint.settings import Settings

T = TypeVar("T")

_PER_BUDGET = 1_000_000
"""Bytes of Python for which the budget of a rule is meant; a larger project has more of it."""

_PATIENCE = 3
"""Rules that may use up their budgets; those after them have a tenth of one."""

_HELP = "Nothing that this would have found is shown. Mend or exclude what is named, or raise "


class Parts:
    """What parts of a run give up is in `given_up`, one finding a part.

    `codes` are those of the rules to check, `size` is that of the project's Python in bytes,
    `reported` are the paths of reported files.
    """

    def __init__(
        self,
        settings: Settings,
        codes: Collection[str],
        size: int,
        reported: Collection[str],
        display: Callable[[str], str],
    ) -> None:
        usual = Budget(settings.max_time, settings.max_memory)
        self.budget = usual.times(max(1, size / _PER_BUDGET))
        self.given_up: list[Finding] = []
        self._codes = codes
        self._reported = reported
        self._display = display

    def attempt(
        self, what: str, compute: Callable[[], T], budget: Budget | None = None
    ) -> T | None:
        """`compute()`; None where that is given up: it is said of `what` once."""
        try:
            with within(budget or self.budget):
                return compute()
        except (GaveUp, MemoryError, RecursionError) as error:
            row, column, path = self._place_of(error.__traceback__)
            reason = str(error) if isinstance(error, GaveUp) else _REASONS[type(error)]
        gc.collect()
        place = Place(self._display(path), row, column, row, column + 1)
        names = "max-memory" if "memory" in reason else "max-time"
        message = f"gave up on {what}: {reason}"
        self.given_up.append(UNREADABLE.finding(place, message, help=f"{_HELP}`{names}`."))
        return None

    def check(self, project: Project, anew: Callable[[], Project]) -> Iterable[Finding]:
        """What the rules find. After one was given up, `anew` makes the project once more.

        A question that was left half answered must not be taken for an answer.
        """
        findings: list[Finding] = []
        current: Project | None = project
        for rule in rules_of(self._codes):
            if current is None:
                current = self.attempt(f"{rule.code} and the rules after it", anew)
                if current is None:
                    break
            is_late = len(self.given_up) >= _PATIENCE
            budget = self.budget.times(0.1) if is_late else self.budget
            found = self.attempt(rule.code, partial(_found, rule, current), budget)
            if found is None:
                current = None
            else:
                findings.extend(found)
        return findings

    def _place_of(self, traceback: TracebackType | None) -> tuple[int, int, str]:
        """The innermost function of a reported file that was looked at; else the first file."""
        from lg_lint.program.call_graph.whereabouts import looked_at
        from lg_lint.program.scopes import Function

        for scope in looked_at(traceback):
            if scope.module.path in self._reported:
                span = scope.name_span if isinstance(scope, Function) else (1, 1)
                return span[0], span[1], scope.module.path
        return 1, 1, min(self._reported, default="")


def _found(rule: Rule, project: Project) -> list[Finding]:
    return list(rule.check(rule, project))


_REASONS: dict[type[BaseException], str] = {
    MemoryError: "there is no memory left",
    RecursionError: "it is nested too deeply",
}
