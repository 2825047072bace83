"""A proof: the forms that are run, what is measured of each, and what must differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from .servers import CASES

SIDE_BY_SIDE = 2

Figures = TypeVar("Figures")


@dataclass(frozen=True, slots=True)
class Form(Generic[Figures]):
    """A project under `cases/` or `fixtures/`, in words, and how it is run."""

    project: str
    words: str
    measure: Callable[[Path], Figures]
    root: Path = CASES

    @property
    def path(self) -> Path:
        return self.root / self.project

    @property
    def topic(self) -> str:
        return self.project.split("/")[0]

    @property
    def is_bad(self) -> bool:
        """Whether the rule speaks about the project; the second folder says bad or good."""
        return self.project.split("/")[1].startswith("bad")


@dataclass(frozen=True, slots=True)
class Proof(Generic[Figures]):
    """A rule's claim. Each bad form hurts as `claims` says; no good form does."""

    rule: str
    title: str
    bad: tuple[Form[Figures], ...]
    good: tuple[Form[Figures], ...]
    show: Callable[[Figures], str]
    claims: Callable[[Sequence[Figures], Sequence[Figures]], Mapping[str, bool]]
    """From the figures of the bad and the good forms: each claim in words, and whether it holds."""

    @property
    def name(self) -> str:
        return self.bad[0].topic

    def run(self) -> Result[Figures]:
        figures = measured((form, form.path) for form in (*self.bad, *self.good))
        return Result(self, figures[: len(self.bad)], figures[len(self.bad) :])


@dataclass(frozen=True, slots=True)
class Result(Generic[Figures]):
    """What was measured of a proof's forms."""

    proof: Proof[Figures]
    bad: Sequence[Figures]
    good: Sequence[Figures]

    @property
    def claims(self) -> Mapping[str, bool]:
        return self.proof.claims(self.bad, self.good)

    @property
    def refuted(self) -> list[str]:
        return [claim for claim, holds in self.claims.items() if not holds]

    @property
    def figures(self) -> str:
        """All of it in words, one form a line."""
        forms = (*self.proof.bad, *self.proof.good)
        lines = [
            f"{form.project} ({form.words}): {self.proof.show(figure)}"
            for form, figure in zip(forms, (*self.bad, *self.good), strict=True)
        ]
        return "\n".join([*self.refuted, *lines])


def measured(projects: Iterable[tuple[Form[Figures], Path]]) -> list[Figures]:
    """The figures of each form, measured of the project beside it; two servers run at a time."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda pair: pair[0].measure(pair[1]), projects))
