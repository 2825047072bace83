"""What inference remembers, and for how long: answers that rest on open questions are provisional.

A question that needs itself gets nothing at that point. What an answer rests on is a set of bits:
one for each question in progress that cut it short, and those of `Memo`. It holds for as long as
the innermost of these questions is open, and for good once it rests on nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.scopes import Addition, Class
from lg_lint.program.values import CallContext, Container, Env, Value, Values

ContainerWrite = tuple[Addition, Env, Container]
"""What is added to a container, where, and the container as it is known there."""
Question = tuple[int, object, int]
"""The identity of the table that an answer is for, its key, and the level of what is written."""

LIMITED = 1
"""That only what is written up to a level was looked at."""
TOO_DEEP = 2
"""That the chain of questions was too long."""
_FIRST = 2


class Memo(Struct):
    """Results of inference, and what is being inferred now.

    `level` is that of the writes into containers that are looked at, `rests_on` what the answer
    that is being found rests on. `active` has the depth of each open question.
    """

    values: dict[tuple[object, ...], Values] = field(default_factory=dict)
    items: dict[Container, Sequence[Values]] = field(default_factory=dict)
    entries: dict[Container, Sequence[tuple[Values, Values]]] = field(default_factory=dict)
    writes: dict[tuple[str, int], tuple[int, dict[t.Node, list[ContainerWrite]]]] = field(
        default_factory=dict
    )
    contexts: dict[int, Sequence[Env]] = field(default_factory=dict)
    level: int = 1 << 30
    lineages: dict[Class, list[Class]] = field(default_factory=dict)
    below: dict[Class, list[Class]] = field(default_factory=dict)
    decorated: dict[t.Node, set[CallContext]] = field(default_factory=dict)
    awaited: dict[tuple[Value, int], bool | None] = field(default_factory=dict)
    active: dict[tuple[int, object], int] = field(default_factory=dict)
    rests_on: int = 0
    steps: int = 0
    _provisional: dict[Question, tuple[Any, int]] = field(default_factory=dict)
    _until: dict[int, list[Question]] = field(default_factory=dict)

    def recalled(self, table: dict[Any, Any], key: object) -> Any:
        """A provisional answer that still holds, with what it rests on noted; else None."""
        found = self._provisional.get((id(table), key, self.level))
        if found is None:
            return None
        self.rests_on |= found[1]
        return found[0]

    def keep(self, table: dict[Any, Any], key: object, answer: object, rests: int) -> None:
        """Remember an answer: in its table, or, where it rests on something, while that holds."""
        if not rests:
            table[key] = answer
        if not rests or rests & TOO_DEEP:
            return
        question = (id(table), key, self.level)
        self._provisional[question] = (answer, rests)
        if rests >> _FIRST:
            innermost = (rests >> _FIRST).bit_length() - 1
            self._until.setdefault(innermost, []).append(question)

    def close(self, depth: int) -> None:
        """Forget what held as long as the question at a depth was open."""
        for question in self._until.pop(depth, ()):
            self._provisional.pop(question, None)


def question_bit(depth: int) -> int:
    """The bit of the open question at a depth."""
    return 1 << (_FIRST + depth)


def outside(rests: int, depth: int) -> int:
    """What an answer rests on but for the question at a depth, whose answer it is.

    Depth is no matter to the outermost question: nothing can ask it less deeply.
    """
    below = question_bit(depth) - 1
    return rests & below & ~TOO_DEEP if depth == 0 else rests & below
