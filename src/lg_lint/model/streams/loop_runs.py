"""Event loops that code starts anew, turn by turn, and what is made in between."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph import own_loops
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.call_graph.path_search import ReverseReachability
from lg_lint.program.call_graph.private_loops import sources
from lg_lint.program.inference import callers_of
from lg_lint.program.scopes import CallSite, Function, Module, Scope, enclosing_function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import External, ExternalMethod, ExternalObject, Values

_ONCE = ("startup", "script", "coroutine")
_PAGES = names("rerun_frameworks")
_DEPTH = 4


class LoopRun(Struct, eq=False):
    """A call that starts a loop: `starter` is what it is called, `coroutine` what the loop runs.

    `place` is the call that says what runs: the starter's, or that of a helper around it; for a
    view that its framework gives a loop, the view. `function` is that view.
    """

    starter: str
    place: Site
    coroutine: t.Expr | None
    function: Function | None = None


class Turn(Struct, frozen=True):
    """What is done again and again: a function, or one statement of it.

    `page` where it is a module that its framework runs anew for each turn.
    """

    scope: Scope
    statement: t.Node | None = None
    page: bool = False

    def holds(self, node: t.Node) -> bool:
        """Whether a node is done again in each turn."""
        return self.statement is None or (
            isinstance(self.statement, (t.For, t.While)) and t.in_block(self.statement.body, node)
        )


class LoopRuns:
    """The starts of loops outside of tests, and the turns that each belongs to."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.program = project.program
        entries = [entry for entry in project.entries if _comes_again(entry)]
        states = [(entry, project.execution.state(entry.ref, entry.world)) for entry in entries]
        self._entries: list[tuple[Entry, CallNode]] = states
        self._above = ReverseReachability(project.execution, [state for _, state in states])

    def all(self) -> Iterator[LoopRun]:
        """The starts of loops, and the async views that a server without a loop gives one each."""
        for name in own_loops.starters(self.program):
            for site, scope in self.program.calls_named(name):
                if not scope.module.is_test and not site.is_dead:
                    yield from self._started(site, scope)
        for entry, _ in self._entries:
            if entry.kind == "route" and entry.ref.function.is_async:
                yield LoopRun("the view", entry.site, None, entry.ref.function)

    def _started(self, site: CallSite, scope: Scope) -> Iterator[LoopRun]:
        env = self.program.env(scope)
        callees = inference.infer(self.program, site.node.func, env)
        given = own_loops.handed(self.program, site.node, callees)
        if given is None or not self._is_new(site, callees):
            return
        named = next((each.name for each in callees if isinstance(each, External)), None)
        starter = f"{named or terminal_name(site.node.func)}()"
        for expr, where in sources(self.program, given, scope, set()):
            node = site.node if expr is given else self._around(expr, where)
            if node is not None and not where.module.is_test:
                yield LoopRun(starter, Site(node, self.program.env(where)), expr)

    def _around(self, expr: t.Expr, scope: Scope) -> t.Call | None:
        """The call of a helper that is given an expression."""
        calls = (site.node for site in scope.calls)
        return next((call for call in calls if any(a.value is expr for a in call.args)), None)

    def _is_new(self, site: CallSite, callees: Values) -> bool:
        """Whether a call starts a loop of its own, and not one that goes on from turn to turn."""
        for callee in callees:
            if isinstance(callee, External):
                return True
            receiver = callee.receiver if isinstance(callee, ExternalMethod) else None
            if isinstance(receiver, ExternalObject) and isinstance(receiver.site, t.Call):
                return self._is_made_in_the_turn(receiver.site, site)
        return False

    def _is_made_in_the_turn(self, made: t.Call, site: CallSite) -> bool:
        """Whether a loop is made in the same round of the same function as it is used in."""
        if terminal_name(made.func) not in ("new_event_loop", "Runner"):
            return False
        if not any(each.node is made for each in site.scope.calls):
            return False
        loop = _loop_around(site.scope, site.node)
        return loop is None or t.in_block(loop.body, made)

    # --- turns -----------------------------------------------------------------------------

    def turns(self, run: LoopRun) -> Iterator[Turn]:
        """What is done again and again and starts the loop each time."""
        if run.function is not None:
            yield Turn(run.function)
        else:
            yield from self._turns(run.place.node, run.place.env.scope, 0)

    def _turns(self, node: t.Node, scope: Scope, depth: int) -> Iterator[Turn]:
        function = enclosing_function(scope)
        loop = _loop_around(scope, node)
        if loop is not None:
            yield Turn(scope, loop)
            return
        if function is None:
            if is_page(self.program, scope.module):
                yield Turn(scope.module, page=True)
            return
        for entry, state in self._entries:
            if state in self._above.leading_to(function):
                yield Turn(entry.ref.function)
        if depth < _DEPTH:
            for caller in callers_of(self.program, function):
                yield from self._turns(caller.node, caller.env.scope, depth + 1)


def is_page(program: Program, module: Module) -> bool:
    """Whether a framework runs a module anew for each turn: no other module imports it."""
    if not _PAGES & module.imported:
        return False
    return not set(program.importers([module.path])) - {module.path}


def _comes_again(entry: Entry) -> bool:
    return entry.kind not in _ONCE and entry.world is not ThreadContext.LOOP


def _loop_around(scope: Scope, node: t.Node) -> t.For | t.While | None:
    """The innermost loop of a scope whose rounds come to a node."""
    inside = [loop for loop in scope.loops if t.in_block(loop.body, node)]
    return max(inside, key=lambda loop: loop.start, default=None)
