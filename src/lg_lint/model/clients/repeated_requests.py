"""Retries of the project's own that send a streamed request again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names, table
from lg_lint.model.clients.refusals import is_refusal
from lg_lint.model.clients.requests import StreamedRequest
from lg_lint.model.project import Project
from lg_lint.model.retries.loops import RetryLoop, retry_loops
from lg_lint.model.retries.retry_helpers import Decoration, Retriers, calls_parameter, retriers_of
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.program.call_graph.outside_calls import OutsideCall, made_by
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.control_flow import outcomes, own_nodes
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.values import (
    ClassRef,
    Container,
    Env,
    External,
    Value,
    Values,
)

_RESUMES = re.compile(r"last.?event.?id|idempotency|join_stream|resume_from|(?<![a-z])run_id", re.I)
_CONDITIONS = names("retried_exceptions")
_EXCEPTIONS = (("on", None), ("exception", 1), ("exceptions", 0))


class Rerun(Struct, frozen=True):
    """A retry at `span` of `function`, and the way from there to the request that it repeats."""

    function: Function
    span: t.Span
    what: str
    chain: CallPath
    request: StreamedRequest


class Reruns(Struct):
    """Finds retries around requests, by the functions that send these."""

    project: Project
    requests: Sequence[StreamedRequest]

    def __iter__(self) -> Iterator[Rerun]:
        retriers = self.project.once(retriers_of)
        for module in self.project.program.modules if self.requests else ():
            for function in () if module.is_test else module.all_functions:
                yield from self._loops(function)
                yield from self._decorators(retriers, function)
                yield from self._helpers(retriers, function)

    # --- loops -----------------------------------------------------------------------------

    def _loops(self, function: Function) -> Iterator[Rerun]:
        for loop in retry_loops(self.project.program, function):
            if self._is_harmless(loop, function):
                continue
            what = f"the {loop.library} loop" if loop.library else "this retry loop"
            state = self.project.execution.state_of(function)
            for chain, request in self._chains(state, within=loop.covered):
                if self._repeats(loop, chain, request):
                    yield Rerun(function, loop.header, what, chain, request)
                    break

    def _repeats(self, loop: RetryLoop, chain: CallPath, request: StreamedRequest) -> bool:
        first = chain.edges[0].node if chain.edges else request.site.node
        if calls_parameter(chain.start.function, first) or not loop.repeats(first):
            return False
        return not any(loop.gives_up_once_sent(node) for node in _loops_over(loop, request, first))

    def _is_harmless(self, loop: RetryLoop, function: Function) -> bool:
        """Whether it goes round again only for failures that come before the server runs."""
        env = self.project.program.env(function)
        handlers = loop.attempt.handlers if loop.attempt is not None else ()
        returning = [item for item in handlers if not outcomes(item.body) <= {"raise", "return"}]
        caught = [self._exceptions(item.type, env) for item in returning]
        return bool(caught) and all(self._are_before_the_run(values) for values in caught)

    def _exceptions(self, expr: t.Expr | None, env: Env) -> Values:
        if expr is None:
            return ()
        found: list[Value] = []
        for value in inference.infer(self.project.program, expr, env):
            if isinstance(value, Container) and isinstance(value.node, t.Sequence):
                parts = value.node.items
                found += [each for item in parts for each in self._exceptions(item, value.env)]
            else:
                found.append(value)
        return tuple(found)

    def _are_before_the_run(self, values: Values) -> bool:
        known = {
            f"{module}.{name}"
            for module, names in table("clients")["before_the_run"].items()
            for name in names
        }
        return bool(values) and all(
            (isinstance(value, External) and value.name in known)
            or (isinstance(value, ClassRef) and is_refusal(self.project.program, value.cls))
            for value in values
        )

    # --- decorators and helpers ------------------------------------------------------------

    def _decorators(self, retriers: Retriers, function: Function) -> Iterator[Rerun]:
        for decoration in retriers.decorations(function):
            if function.is_generator and not decoration.retrier.restarts_generators:
                continue
            if self._is_narrow(decoration):
                continue
            what = f"{decoration.retrier.name} on {function.name}()"
            for chain, request in self._chains(self.project.execution.state_of(function)):
                yield Rerun(function, decoration.decorator.span, what, chain, request)
                break

    def _is_narrow(self, decoration: Decoration) -> bool:
        """Whether a decorator names the exceptions, and all of them come before the run."""
        call, function = decoration.decorator, decoration.function
        env = self.project.program.env(function.parent or function.module)
        if not isinstance(call, t.Call):
            return False
        named = [(call.argument(*each), env) for each in _EXCEPTIONS]
        for value in OutsideCall(call, env).argument(self.project.program, "retry"):
            made = made_by(value)
            if made is not None and getattr(value, "type", "") in _CONDITIONS:
                named.append((made.node.argument("exception_types", 0), made.env))
        caught = [self._exceptions(expr, where) for expr, where in named if expr is not None]
        return any(self._are_before_the_run(values) for values in caught)

    def _helpers(self, retriers: Retriers, function: Function) -> Iterator[Rerun]:
        state = self.project.execution.state_of(function)
        for retried in retriers.retried_calls(function, state.env):
            ref = retried.function
            if ref is None:
                continue
            if ref.function.is_generator and not retried.retrier.restarts_generators:
                continue
            what = f"{retried.retrier.name}() around {ref.function.name}()"
            start = self.project.execution.state(ref, ThreadContext.LOOP)
            for chain, request in self._chains(start):
                yield Rerun(function, retried.call.span, what, chain, request)
                break

    # --- ways ------------------------------------------------------------------------------

    def _chains(
        self, state: CallNode, *, within: t.Block | None = None
    ) -> Iterator[tuple[CallPath, StreamedRequest]]:
        """The requests that running a function leads to, or a block of it, with the calls.

        Those whose answer is read elsewhere are over once it begins.
        """
        known: dict[t.Node, StreamedRequest] = {
            request.site.node: request for request in self.requests
        }
        sent = self._ways(state, within, lambda request: request.site)
        read = {chain.sink for chain in self._ways(state, within, lambda item: item.read)}
        for chain in sent:
            request = known[chain.sink]
            if request.read.node in read and not resumes(request, chain):
                yield chain, request

    def _ways(
        self, state: CallNode, within: t.Block | None, place: Callable[[StreamedRequest], Site]
    ) -> list[CallPath]:
        """The calls that lead to places of requests, from a function or a block of it."""

        def inside(current: CallNode, node: t.Node) -> bool:
            return current is not state or within is None or t.in_block(within, node)

        def sinks(current: CallNode) -> Iterator[t.Node]:
            for request in self.requests:
                site = place(request)
                if site.env.scope is current.function and inside(current, site.node):
                    yield site.node

        def follow(current: CallNode, edge: CallEdge) -> bool:
            return inside(current, edge.node)

        return list(Paths(self.project.execution, sinks, follow).chains(state))


def resumes(request: StreamedRequest, chain: CallPath) -> bool:
    """Whether the request says where the last answer ended, or which run it belongs to."""
    given = request.site.node.argument("input", 2) if request.is_sdk else None
    if isinstance(given, t.Constant) and given.value is None:
        return True
    return any(speaks_of_resuming(state.function.node) for state in chain.states)


def resumes_alone(project: Project, request: StreamedRequest) -> bool:
    """The same for a request by itself, whoever calls the function that sends it."""
    scope = request.site.env.scope
    if not isinstance(scope, Function):
        return False
    start = project.execution.state_of(scope)
    return resumes(request, CallPath(start, (), request.site.node))


def speaks_of_resuming(part: t.Node) -> bool:
    """Whether code names what a request is continued by: an event's or a run's id."""
    for node in t.walk(part):
        text = node.id if isinstance(node, t.Name) else getattr(node, "attr", None)
        if text is None and isinstance(node, t.Constant):
            text = node.value
        if text is None and isinstance(node, t.Arg):
            text = node.keyword
        if isinstance(text, str) and len(text) < 80 and _RESUMES.search(text):
            return True
    return False


def _loops_over(loop: RetryLoop, request: StreamedRequest, first: t.Node) -> Iterator[t.Node]:
    """The loops over the answer that stand in the retried block itself."""
    if request.loop is not None and loop.covers(request.loop):
        yield request.loop
    for node in own_nodes(loop.covered):
        if isinstance(node, t.For) and any(part is first for part in t.walk(node.iterable)):
            yield node
