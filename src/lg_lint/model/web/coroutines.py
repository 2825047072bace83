"""The async functions that no framework is handed: who calls them, and on which loop."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from lg_lint.model.entry import Entry
from lg_lint.model.web.dropped_coroutines import Dropped
from lg_lint.model.web.jobs import Job, jobs_among
from lg_lint.model.web.live_functions import Callers, given_away, named
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.call_graph.private_loops import PrivateLoops, private_loops
from lg_lint.program.inference import Caller, callers_of
from lg_lint.program.scopes import Function, Module, Scope, enclosing_function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, code_modules, terminal_name
from lg_lint.program.values import FunctionRef


def coroutines(program: Program, taken: Iterable[Entry], dropped: Dropped) -> list[Entry]:
    """The async functions outside tests that are no entry yet.

    One that only `asyncio.run(...)` or jobs lead to is a script's; any other may share its loop. So
    may a job whose worker is started there.
    """
    taken = list(taken)
    known = {id(entry.ref.function) for entry in taken}
    jobs = jobs_among(program, taken)
    modules = list(code_modules(program))
    loops = private_loops(program, modules)
    callers = Callers(program, tuple(modules), frozenset(known), dropped.is_dropped)
    dropped.is_handed = callers.handed
    names = set(loops.names) | {job.function.name for job in jobs.values()}
    search = _Scripts(program, known, jobs, loops, _names_below(modules, names), callers, dropped)
    return [
        _entry(program, function, search, callers)
        for module in modules
        for function in module.all_functions
        if function.is_async and (id(function) not in known or search.is_job_here(function))
    ]


def _entry(program: Program, function: Function, search: _Scripts, callers: Callers) -> Entry:
    script = search.is_script(function)
    kind = "script" if script else "coroutine"
    return Entry(
        ref=FunctionRef(function),
        world=ThreadContext.ALONE if script else ThreadContext.LOOP,
        kind=kind,
        title=f"async {'script' if script else 'function'} {function.name}()",
        site=Site(function.node, program.env(function.parent or function.module)),
        registered=script or callers.runs(function),
    )


class _Scripts(Struct):
    """Whether only scripts lead to an async function.

    `names` are those of all functions that own loops may lead to, which are cheaper to ask for
    than callers.
    """

    program: Program
    taken: set[int]
    jobs: dict[int, Job]
    loops: PrivateLoops
    names: set[str]
    running: Callers
    dropped: Dropped
    _scripts: dict[int, bool] = field(default_factory=dict)

    def is_script(self, function: Function) -> bool:
        """Whether every call that runs it is made for a loop of its own."""
        if id(function) in self.jobs:
            return not self.is_job_here(function)
        if id(function) in self.taken or function.name not in self.names:
            return False
        if id(function) not in self._scripts:
            self._scripts[id(function)] = True
            callers = callers_of(self.program, function)
            others = [caller for caller in callers if not self._is_private(caller)]
            alone = len(others) < len(callers) or id(function) in self.loops.functions
            alone = alone or self._is_handed_on(function)
            self._scripts[id(function)] = alone and not any(map(self._may_run, others))
        return self._scripts[id(function)]

    def is_job_here(self, function: Function) -> bool:
        """Whether a worker that runs the function as a job may be started on the loop of others."""
        job = self.jobs.get(id(function))
        return job is not None and not all(
            id(site.node) in self.loops.calls or self._is_within(site.scope) for site in job.started
        )

    def _is_private(self, caller: Caller) -> bool:
        if id(caller.node) in self.loops.calls:
            return True
        return self._is_within(caller.env.scope)

    def _is_handed_on(self, function: Function) -> bool:
        """Whether the coroutines of such loops hand the function on, and nothing else does."""
        handed = self.running.handed(function)
        return bool(handed) and all(map(self._is_within, handed))

    def _is_within(self, scope: Scope) -> bool:
        """Whether code runs in a coroutine of a loop of its own, as does what it hands on."""
        around = enclosing_function(scope)
        if around is None:
            return False
        return self.is_script(around) if around.is_async else self._is_called_within(around)

    def _is_called_within(self, function: Function) -> bool:
        """Whether nothing but such coroutines calls a plain function."""
        if id(function) in self.taken or function.name not in self.names:
            return False
        if id(function) not in self._scripts:
            self._scripts[id(function)] = True
            callers = callers_of(self.program, function)
            self._scripts[id(function)] = (
                bool(callers)
                and self.running.sees(function)
                and all(self._is_within(caller.env.scope) for caller in callers)
            )
        return self._scripts[id(function)]

    def _may_run(self, caller: Caller) -> bool:
        """Whether code that something runs makes the coroutine, and may hand it to a loop."""
        around = enclosing_function(caller.env.scope)
        return (around is None or self.running.runs(around)) and not self.dropped.is_dropped(
            caller.node, caller.env.scope
        )


def _names_below(modules: list[Module], names: set[str]) -> set[str]:
    """`names`, and what functions of these names call, or hand on."""
    called: dict[str, set[str]] = {}
    for module in modules:
        for function in module.all_functions:
            inside = called.setdefault(function.name, set())
            inside.update(terminal_name(site.node.func) or "" for site in function.calls)
        for expr, scope in given_away(module):
            around = enclosing_function(scope)
            if around is not None:
                called[around.name].update(name for name, _ in named(expr, scope))
    queue = sorted(names)
    while queue:
        for name in called.get(queue.pop(), set()) - names:
            names.add(name)
            queue.append(name)
    return names
