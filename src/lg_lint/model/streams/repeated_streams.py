"""Which retries start a graph's stream again after items of it have left the function."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.retries.loops import RetryLoop, retry_loops
from lg_lint.model.retries.retry_helpers import calls_parameter, retriers_of
from lg_lint.model.streams.forwarding import Forwarding, Forwardings
from lg_lint.program.call_graph.execution import CallNode, CallPath, ThreadContext
from lg_lint.program.scopes import Function


class RepeatedStream(Struct, frozen=True):
    """A retry at `span` of `function`, and the way from there to the stream that it repeats.

    `what` is the retry as messages name it, e.g. "this retry loop" or "stamina.retry on f()".
    """

    function: Function
    span: t.Span
    what: str
    chain: CallPath
    forwarding: Forwarding


class RepeatedStreams(Struct):
    """Finds them, function by function; streams that resume with the input None are left out."""

    project: Project

    def __iter__(self) -> Iterator[RepeatedStream]:
        forwardings = Forwardings(self.project)
        for module in self.project.program.modules:
            for function in module.all_functions if not module.is_test else ():
                yield from self._loops(forwardings, function)
                yield from self._decorators(forwardings, function)
                yield from self._helpers(forwardings, function)

    def _loops(self, forwardings: Forwardings, function: Function) -> Iterator[RepeatedStream]:
        for loop in retry_loops(self.project.program, function):
            state = self.project.execution.state_of(function)
            for chain, forwarding in forwardings.chains(state, within=loop.covered):
                if _repeats(loop, chain, forwarding) and not forwardings.resumes(forwarding):
                    what = f"the {loop.library} loop" if loop.library else "this retry loop"
                    yield RepeatedStream(function, loop.header, what, chain, forwarding)
                    break

    def _decorators(self, forwardings: Forwardings, function: Function) -> Iterator[RepeatedStream]:
        for decoration in self.project.once(retriers_of).decorations(function):
            if function.is_generator and not decoration.retrier.restarts_generators:
                continue
            found = _first(forwardings, self.project.execution.state_of(function))
            if found is not None:
                what = f"{decoration.retrier.name} on {function.name}()"
                yield RepeatedStream(function, decoration.decorator.span, what, *found)

    def _helpers(self, forwardings: Forwardings, function: Function) -> Iterator[RepeatedStream]:
        state = self.project.execution.state_of(function)
        for retried in self.project.once(retriers_of).retried_calls(function, state.env):
            ref, restarts = retried.function, retried.retrier.restarts_generators
            if ref is None or (ref.function.is_generator and not restarts):
                continue
            start = self.project.execution.state(ref, ThreadContext.LOOP)
            found = _first(forwardings, start)
            if found is not None:
                what = f"{retried.retrier.name}() around {ref.function.name}()"
                yield RepeatedStream(function, retried.call.span, what, *found)


def _repeats(loop: RetryLoop, chain: CallPath, forwarding: Forwarding) -> bool:
    """Whether the loop repeats a stream; in a helper, its callers do, and are found there."""
    covered = chain.edges[0].node if chain.edges else forwarding.loop
    source = covered.iterable if isinstance(covered, t.For) else covered
    if calls_parameter(chain.start.function, source):
        return False
    guarded = not chain.edges and loop.gives_up_once_sent(forwarding.loop)
    return loop.repeats(covered) and not guarded


def _first(forwardings: Forwardings, state: CallNode) -> tuple[CallPath, Forwarding] | None:
    """The first stream that a retried function leads to: a coroutine's yields do not count."""
    for chain, forwarding in forwardings.chains(state):
        if not forwardings.resumes(forwarding):
            return chain, forwarding
    return None
