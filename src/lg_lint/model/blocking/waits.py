"""Where calls wait: what a frame on an event loop waits for, itself and in what it calls."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.blocking.calls import Blocking, BlockingCalls, is_model, waits_there
from lg_lint.model.blocking.connections import is_kept, is_renewed
from lg_lint.model.blocking.own_turn import stays_in_frame
from lg_lint.model.project import Project
from lg_lint.model.web.live_functions import callers_of
from lg_lint.program import inference
from lg_lint.program.call_graph import feasibility
from lg_lint.program.call_graph.definite_values import MustValues
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, waited_for
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.scopes import CallSite, Function, sites_of
from lg_lint.program.values import ExternalMethod, ExternalObject, Values

_FUTURE = named("future")


class Wait(Struct, frozen=True):
    """A call that blocks, or what is entered or iterated so, and what it waits for."""

    node: t.Expr
    blocking: Blocking


def _made_by(callees: Values) -> Iterator[t.Node]:
    """The calls that handed to a pool what a method of a future waits for: that is told there."""
    for callee in callees:
        future = callee.receiver if isinstance(callee, ExternalMethod) else None
        if (
            isinstance(future, ExternalObject)
            and future.type == _FUTURE
            and future.site is not None
        ):
            yield future.site


def _was_awaited(site: CallSite, function: Function) -> bool:
    """Whether what a method is called on was awaited before: `await wrap_future(future)`."""
    func = site.node.func
    if not isinstance(func, t.Attribute) or not isinstance(func.value, t.Name):
        return False
    name = func.value.id
    return any(
        other.awaited
        and other.node.start < site.node.start
        and any(isinstance(node, t.Name) and node.id == name for node in t.walk(other.node))
        for other in function.calls
    )


class Waits:
    """The calls that block, frame by frame, worked out when a frame is first asked for.

    Left out are calls that run once for the process (see `connections.is_kept`), and those that
    cannot be come to (see `call_graph.feasibility`). A call that may be one that does not block
    counts, with a `Blocking` that is not `certain`; one of which nothing is known does not.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._calls = BlockingCalls(project.program, project.blocking_calls)
        self._must_values = MustValues(
            project.program, lambda function: project.once(callers_of).sees(function)
        )
        self._waits: dict[t.Node, Wait] = {}
        self._renewed: dict[t.Node, bool] = {}
        self._own: dict[CallNode, list[Wait]] = {}
        self._below: dict[CallNode, list[CallPath]] = {}
        self._paths = Paths(
            project.execution,
            lambda state: [wait.node for wait in self.own(state)],
            stays_in_frame,
        )

    # --- about a path that ends in a wait --------------------------------------------------

    def at_end_of(self, chain: CallPath) -> Blocking:
        """What a path waits for that `own`, `followed` or `below` gave."""
        return self._waits[chain.sink].blocking

    def is_renewed(self, chain: CallPath) -> bool:
        """Whether what is waited for is fetched once a period, and kept."""
        return any(self._renewed.get(edge.node) for edge in chain.edges) or bool(
            self._renewed.get(chain.sink)
        )

    def is_called(self, function: Function) -> bool:
        """Whether anything calls a function, as far as can be seen."""
        return feasibility.is_called(self._must_values, function)

    # --- from a frame ----------------------------------------------------------------------

    def own(self, frame: CallNode) -> list[Wait]:
        """The calls in the body of a frame that block."""
        if frame not in self._own:
            self._own[frame] = []
            futures: dict[t.Expr, set[t.Node]] = {}
            for site, callees in self.project.execution.calls(frame):
                if site.is_asynchronous:
                    continue
                blocking = self._blocking(site, callees, frame)
                if blocking is None or is_kept(frame.function, site):
                    continue
                if any(_made_by(callees)) and _was_awaited(site, frame.function):
                    continue
                if feasibility.is_reachable(self._must_values, frame, site.node):
                    self._note(frame.function, site)
                    wait = self._waits[site.node] = Wait(site.node, blocking)
                    self._own[frame].append(wait)
                    futures[site.node] = set(_made_by(callees))
            nodes = {wait.node for wait in self._own[frame]}
            self._own[frame] = [
                wait for wait in self._own[frame] if nodes.isdisjoint(futures[wait.node])
            ]
            self._own[frame] += self._implied(frame, {wait.node for wait in self._own[frame]})
        return self._own[frame]

    def _implied(self, frame: CallNode, told: set[t.Expr]) -> Iterator[Wait]:
        """What Python calls by itself, as it enters and iterates; `told` is known to wait."""
        places: list[tuple[t.Expr, tuple[str, ...]]] = [
            (item.context, ("__enter__",))
            for statement in frame.function.withs
            if not statement.is_async
            for item in statement.items
        ]
        places += [
            (iteration.iterable, ("__iter__", "__next__"))
            for iteration in frame.function.iterations
            if not iteration.is_async and not iteration.is_dead
        ]
        for node, names in places:
            values = inference.infer(self.project.program, node, frame.env)
            outside = [value for value in values if isinstance(value, ExternalObject)]
            if node in told or any(value.site in told for value in outside):
                continue
            callees = tuple(ExternalMethod(value, name) for value in outside for name in names)
            blocking = next((item for item in self._of(callees) if not item.lazy), None)
            if blocking is not None and feasibility.is_reachable(self._must_values, frame, node):
                self._waits[node] = Wait(node, blocking)
                yield self._waits[node]

    def followed(self, frame: CallNode) -> list[tuple[t.Node, list[CallPath]]]:
        """The calls of plain functions that wait, with the paths to what they wait for."""
        sites = sites_of(frame.function)
        found: dict[t.Node, list[CallPath]] = {}
        for edge in self.project.execution.edges(frame):
            below = self.below(edge.target) if stays_in_frame(frame, edge) else ()
            site = sites.get(edge.node) if below else None
            if site is not None and is_kept(frame.function, site):
                continue
            self._note(frame.function, site)
            for chain in below:
                whole = CallPath(frame, (edge, *chain.edges), chain.sink)
                if feasibility.is_feasible(self._must_values, whole):
                    found.setdefault(edge.node, []).append(whole)
        return list(found.items())

    def below(self, frame: CallNode) -> list[CallPath]:
        """What a plain function on the loop waits for, itself or through others."""
        if frame not in self._below:
            self._below[frame] = list(self._paths.chains(frame, follow=self._follows))
        return self._below[frame]

    def _follows(self, frame: CallNode, edge: CallEdge) -> bool:
        if not stays_in_frame(frame, edge):
            return False
        function = frame.function
        sites = self.project.program.once("sites", function, lambda: sites_of(function))
        site = sites.get(edge.node)
        self._note(function, site)
        kept = site is not None and is_kept(function, site)
        return not kept and feasibility.is_reachable(self._must_values, frame, edge.node)

    def _note(self, function: Function, site: CallSite | None) -> None:
        """Keeps whether what a call gives is fetched once a period."""
        if site is not None and site.node not in self._renewed:
            self._renewed[site.node] = is_renewed(self.project.program, function, site)

    # --- what one call waits for -----------------------------------------------------------

    def _blocking(self, site: CallSite, callees: Values, frame: CallNode) -> Blocking | None:
        scope = frame.function
        found = [item for item in self._of(callees) if waits_there(item, site, scope)]
        if found and self._is_picked(callees, frame):
            return None
        if not found and waited_for(site, frame.function):
            for arg in site.node.args[:2]:
                found += self._of(inference.infer(self.project.program, arg.value, frame.env))
        return min(found, key=lambda item: not item.certain) if found else None

    def _of(self, callees: Values) -> Iterator[Blocking]:
        for callee in callees:
            blocking = self._calls.of(callee)
            if blocking is not None:
                yield blocking

    def _is_picked(self, callees: Values, frame: CallNode) -> bool:
        """Whether a model is called: since langchain-core 1.0, what is called picks one."""
        path = frame.function.module.path
        return any(is_model(self.project.program, value) for value in callees) and (
            len(callees) > 1 or self.project.versions.has("models-are-not-callable", path)
        )
