"""Tabled inference: each question is answered once, those that need each other together.

A question that is asked while it is open gets what is known of it until then: nothing at first.
The questions that need each other form a strongly connected component; its head is the one that
was asked first. Their answers are provisional until the head has its own. Then those that have
read less than is known by now are answered again, until nothing changes, and all answers of the
component hold for good: they do not depend on which of them was asked first. Where the chain of
open questions is very long, the next one is put off until the first has been answered: it belongs
to the same component.

The components are found along the path of open questions, as Gabow's algorithm does; answering
again by who has read what is chaotic iteration with a worklist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any, TypeVar

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.scopes import Addition, Class, Function
from lg_lint.program.values import CallContext, Container, Env, Value, Values

T = TypeVar("T")

ContainerWrite = tuple[Addition, Env, Container]
"""What is added to a container, where, and the container as it is known there."""
Question = tuple[int, object]
"""The identity of the table that an answer is for, and its key."""

_MAX_DEPTH = 150
_MAX_TIMES = 32
"""More than what only grows needs: an answer that has more than 24 values is anything."""
_NOT_OPEN = -1


class _Answer(Struct, eq=False):
    """What is known of a question whose component is not answered yet.

    `depth` is its place among the open questions, `place` that among the provisional answers,
    `batch` the number of questions that had been put off and were answered before it;
    `start` and `queued` say how many of these, and of those to be answered again, there were
    before it was asked.
    """

    table: dict[Any, Any]
    question: Question
    compute: Callable[..., Any]
    arguments: tuple[Any, ...]
    found: Any
    depth: int = _NOT_OPEN
    batch: int = 0
    place: int = 0
    start: int = 0
    queued: int = 0
    times: int = 0
    is_queued: bool = False
    readers: dict[int, _Answer] = field(default_factory=dict)


class Memo(Struct):
    """Results of inference, and what is being inferred now.

    `_path` are the open questions; `_heads` the depths of those that no answer below them has led
    out of. `_pending` are the provisional answers, `_queue` those to be found again, `_put_off` the
    questions that were asked at the end of a very long path.
    """

    values: dict[tuple[object, ...], Values] = field(default_factory=dict)
    items: dict[Container, Sequence[Values]] = field(default_factory=dict)
    entries: dict[Container, Sequence[tuple[Values, Values]]] = field(default_factory=dict)
    places: dict[tuple[str, int | None, int], dict[t.Node, list[ContainerWrite]]] = field(
        default_factory=dict
    )
    writes: dict[tuple[t.Node, str | None], Sequence[ContainerWrite]] = field(default_factory=dict)
    texts: dict[tuple[t.Expr, Env], Sequence[str]] = field(default_factory=dict)
    contexts: dict[Function, Sequence[Env]] = field(default_factory=dict)
    meanings: dict[object, dict[int, list[tuple[int, Value]]]] = field(default_factory=dict)
    lineages: dict[Class, list[Class]] = field(default_factory=dict)
    below: dict[Class, list[Class]] = field(default_factory=dict)
    decorated: dict[t.Node, set[CallContext]] = field(default_factory=dict)
    awaited: dict[tuple[Value, int], bool | None] = field(default_factory=dict)
    _answers: dict[Question, _Answer] = field(default_factory=dict)
    _path: list[_Answer] = field(default_factory=list)
    _heads: list[int] = field(default_factory=list)
    _pending: list[_Answer] = field(default_factory=list)
    _queue: list[_Answer] = field(default_factory=list)
    _put_off: list[_Answer] = field(default_factory=list)
    _batch: int = 0

    def ask(
        self,
        table: dict[Any, T],
        key: object,
        nothing: T,
        compute: Callable[..., T],
        *arguments: Any,
    ) -> T:
        """`compute(*arguments)`, once a key that `table` does not have.

        `nothing` is what is known at first of a question that needs itself.
        """
        question = (id(table), key)
        answer = self._answers.get(question)
        found: T
        if answer is None:
            answer = _Answer(table, question, compute, arguments, nothing)
            if len(self._path) <= _MAX_DEPTH:
                return self._answered(answer)  # type: ignore[no-any-return]
            self._answers[question] = answer
            self._put_off.append(answer)
        path, heads = self._path, self._heads
        if answer.depth >= 0:
            while heads[-1] > answer.depth:
                heads.pop()
        elif answer.place:
            while path[heads[-1]].start >= answer.place:
                heads.pop()
        else:
            del heads[1:]
        reader = path[-1]
        answer.readers[id(reader)] = reader
        found = answer.found
        return found

    def _answered(self, answer: _Answer) -> Any:
        """The answer of a question that nobody has asked before."""
        depth = len(self._path)
        answer.start, answer.queued = len(self._pending), len(self._queue)
        answer.depth = depth
        self._answers[answer.question] = answer
        self._path.append(answer)
        self._heads.append(depth)
        try:
            self._find(answer)
            if len(self._queue) > answer.queued or (depth == 0 and self._put_off):
                self._catch_up(answer)
        except BaseException:
            self._forget(answer)
            raise
        finally:
            answer.depth = _NOT_OPEN
            self._path.pop()
            is_head = self._heads[-1] == depth
            if is_head:
                self._heads.pop()
        if is_head:
            for held in (*self._pending[answer.start :], answer):
                self._hold(held)
            del self._pending[answer.start :]
        else:
            self._pending.append(answer)
            answer.batch, answer.place = self._batch, len(self._pending)
            reader = self._path[-1]
            answer.readers[id(reader)] = reader
        return answer.found

    def _find(self, answer: _Answer) -> None:
        """Answer an open question; who has read something else is queued."""
        answer.is_queued = False
        answer.times += 1
        found = answer.compute(*answer.arguments)
        if not _same(found, answer.found):
            answer.found = found
            for reader in answer.readers.values():
                if not reader.is_queued and reader.times < _MAX_TIMES:
                    reader.is_queued = True
                    self._queue.append(reader)

    def _catch_up(self, head: _Answer) -> None:
        """Answer what was put off, and again what has read less than is known by now.

        What was put off comes first, then the order is that of the answers, the question itself
        last; for as long as it is the head of what it needs.
        """
        todo: list[tuple[tuple[int, int], int, _Answer]] = []
        others: list[_Answer] = []
        while self._heads[-1] == head.depth:
            for answer in self._queue[head.queued :]:
                if answer is head or answer.place > head.start:
                    order = (1, 0) if answer is head else (-answer.batch, answer.place)
                    heappush(todo, (order, id(answer), answer))
                else:
                    others.append(answer)
            del self._queue[head.queued :]
            if head.depth == 0 and self._put_off:
                self._batch += 1
                self._answered(self._put_off.pop())
            elif not todo:
                break
            elif (answer := heappop(todo)[2]) is head:
                self._find(answer)
            else:
                self._answer_again(answer)
        self._queue += [*others, *(answer for _, _, answer in todo)]

    def _answer_again(self, answer: _Answer) -> None:
        answer.depth, answer.start = len(self._path), len(self._pending)
        self._path.append(answer)
        try:
            self._find(answer)
        finally:
            answer.depth = _NOT_OPEN
            self._path.pop()

    def _hold(self, answer: _Answer) -> None:
        """What an answer of a component says holds for good."""
        del self._answers[answer.question]
        answer.table[answer.question[1]] = answer.found

    def _forget(self, given_up: _Answer) -> None:
        """Nothing is known of a question that was given up, nor of those below it."""
        for answer in (*self._pending[given_up.start :], given_up):
            self._answers.pop(answer.question, None)
        del self._pending[given_up.start :]
        del self._queue[given_up.queued :]
        if given_up.depth == 0:
            for answer in self._put_off:
                self._answers.pop(answer.question, None)
            self._put_off.clear()


def _same(found: Any, before: Any) -> bool:
    """Whether two answers say the same; the order of values says nothing."""
    if found == before:
        return True
    if type(found) is tuple and type(before) is tuple and len(found) == len(before):
        return set(found) == set(before)
    return False
