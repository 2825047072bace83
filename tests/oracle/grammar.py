"""Programs as choices: one form for each question of a grammar."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Choices = Mapping[str, str]
Forms = Mapping[str, str]


@dataclass(frozen=True)
class Grammar:
    """Questions with their forms, the plainest first, and how an answer to all becomes a program.

    `questions` gives the forms that fit what was chosen before. `rules` are those that a run of
    such a program can tell about.
    """

    name: str
    rules: frozenset[str]
    questions: tuple[tuple[str, Callable[[Choices], Forms]], ...]
    write: Callable[[Choices], str]

    def chosen(self, source: random.Random) -> dict[str, str]:
        """A form for each question: the plainest half of the time, else all as likely."""
        found: dict[str, str] = {}
        for question, forms in self.questions:
            fitting = list(forms(found))
            found[question] = fitting[0] if source.random() < 0.5 else source.choice(fitting)
        return found

    def plain(self, pinned: Choices) -> dict[str, str]:
        """The plainest program with some forms given."""
        found: dict[str, str] = {}
        for question, forms in self.questions:
            found[question] = pinned.get(question) or next(iter(forms(found)))
        return found

    def fits(self, choices: Choices) -> bool:
        """Whether each form is one of those that the choices before leave."""
        before: dict[str, str] = {}
        for question, forms in self.questions:
            if choices[question] not in forms(before):
                return False
            before[question] = choices[question]
        return True

    def plainer(self, choices: Choices) -> list[dict[str, str]]:
        """The same choices with one form made the plainest that fits."""
        found = []
        for question, forms in self.questions:
            plainest = next(iter(forms(choices)))
            if choices[question] != plainest:
                other = {**choices, question: plainest}
                if self.fits(other):
                    found.append(other)
        return found

    def rare(self, choices: Choices) -> tuple[str, ...]:
        """The choices that are not the plainest: the kind of a program."""
        return tuple(
            f"{question}: {choices[question]}"
            for question, forms in self.questions
            if choices[question] != next(iter(forms(choices)))
        )


def indented(text: str, by: int = 1) -> str:
    return "\n".join("    " * by + line if line else line for line in text.splitlines())
