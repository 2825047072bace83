"""Whether a client can tell a whole answer from one that has broken off, by what it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.project import Project, runs_at
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.error_frames import guards
from lg_lint.model.web.failures import generator_expressions, is_passed_on, is_reported_elsewhere
from lg_lint.model.web.sse_frames import in_handlers, maker, passes_on
from lg_lint.program.scopes import Function

_LAST = re.compile(r"(?<![a-z])(end|done|eof|complete|completed|finish|finished|final|stop|close)",
                   re.IGNORECASE)  # fmt: skip


def has_error_frame(project: Project, response: StreamResponse) -> bool:
    """Whether a failure midway is told to the client, or it cannot be seen that it is not."""
    if not (response.generators or generator_expressions(response)):
        return True
    if is_passed_on(project, response) or is_reported_elsewhere(project, response):
        return True
    return any(any(guards(ref.function)) for ref in response.generators)


def has_end_marker(project: Project, response: StreamResponse) -> bool:
    """Whether a last chunk says that the answer is whole, or it cannot be seen that none does."""
    if not response.generators:
        return not generator_expressions(response)
    functions = [ref.function for ref in response.generators]
    if not any(any(_loops(function)) for function in functions):
        return True
    if any(_marks(function) for function in functions):
        return True
    return passes_on(maker(response.generators)) and not _comes_from_a_run(project, response)


def _comes_from_a_run(project: Project, response: StreamResponse) -> bool:
    return response.live_site is not None and response.live_site.node in project.once(runs_at)


def _marks(function: Function) -> bool:
    """Whether a generator yields something last: behind its loops, or before it leaves one."""
    failing = in_handlers(function)
    loops = list(_loops(function))
    for item in function.yields:
        if item in failing:
            continue
        around = [loop for loop in loops if t.holds(loop, item)]
        is_behind = not around and any(loop.end <= item.start for loop in loops)
        if is_behind or _speaks_of_an_end(item) or _leaves(around, item):
            return True
    return False


def _leaves(around: list[t.Node], item: t.Node) -> bool:
    """Whether a loop is left right after a yield."""
    return any(
        t.holds(statement, item) and isinstance(block[-1], (t.Return, t.Jump))
        for loop in around
        for branch in t.walk(loop)
        if isinstance(branch, t.If)
        for block in (branch.body, branch.orelse)
        for statement in block[:-1]
    )


def _speaks_of_an_end(item: t.Yield) -> bool:
    if item.value is None:
        return False
    for node in t.walk(item.value):
        text = node.value if isinstance(node, t.Constant) else getattr(node, "id", None)
        if isinstance(text, str) and _LAST.search(text):
            return True
    return False


def _loops(function: Function) -> Iterator[t.Node]:
    for node in t.walk(function.node):
        if isinstance(node, (t.For, t.While)):
            yield node
