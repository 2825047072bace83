"""Whether a graph's threads last: a saver keeps what a run leaves, if another run asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names
from lg_lint.model.graph import Graph, GraphRun
from lg_lint.model.graph_analysis.fresh_values import Fresh
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.langgraph.runs import UnresolvedCall, bound_run
from lg_lint.model.project import Project
from lg_lint.model.web.live_functions import makers_of
from lg_lint.program import inference
from lg_lint.program.call_graph.definite_values import Activation, MustValues
from lg_lint.program.import_closure import reached
from lg_lint.program.rounds import Use, is_rival
from lg_lint.program.store import Program, code_modules, scopes
from lg_lint.program.values import (
    NONE,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    Unknown,
    Value,
    Values,
)

_THREAD_ID = ("configurable", "thread_id")
_RESUMES = named("command")
_READS = {"get_state", "get_state_history", "get_graph", "aget_state", "aget_state_history"}
_WRITES = {"update_state", "aupdate_state"}
_ONE_THREAD = {"batch", "abatch", "batch_as_completed", "abatch_as_completed"}
_ONLY_LOOK = tuple([f"{package}." for package in names("only_look")])
_FOLLOWED = {"functools.partial"}
"""What hands a method on to calls that are known as runs."""
_NOBODY = ExternalObject("")


def describe(project: Project, unresolved: Iterable[UnresolvedCall]) -> None:
    """Sets `durable` on each graph: its saver, unless every run begins a thread of its own."""
    others = [GraphRun(call.site, call.method, [], _NOBODY) for call in unresolved]
    for graph in project.graphs:
        if graph.saver is not None and not _begins_anew(project, graph, others):
            graph.durable = graph.saver


def _begins_anew(project: Project, graph: Graph, others: list[GraphRun]) -> bool:
    """Whether each run of a graph, or of one that it is a node of, has a thread id of its own.

    A run that cannot be seen may go on with any thread.
    """
    whole = sorted(reached([graph], lambda each: each.parents), key=project.graphs.index)
    if any(each.served for each in whole):
        return False
    seen = [run for each in whole for run in each.runs if not _is_test(run)]
    runs = [run for run in [*seen, *others] if not _is_test(run) and not _goes_on(project, run)]
    if not seen or not runs or any(run.method in _ONE_THREAD for run in runs):
        return False
    fresh = Fresh(project.program, _must_values(project))
    made: list[list[Use]] = []
    for run in runs:
        uses = _thread_of(fresh, run)
        if not uses:
            return False
        if run.method not in _WRITES:
            made += uses
    if any(_share(one, other) for at, one in enumerate(made) for other in made[:at]):
        return False
    return not any(_is_run_elsewhere(project, each) for each in whole)


def _goes_on(project: Project, run: GraphRun) -> bool:
    """Whether a call only reads, or goes on with a run that was interrupted."""
    if run.method in _READS:
        return True
    if run.method in _WRITES:
        return False
    return all(_resumes(project, call, env) for call, env in run.calls)


def _resumes(project: Project, call: t.Call, env: Env) -> bool:
    given = call.argument("input", 0)
    values = inference.infer(project.program, given, env) if given is not None else ()
    return bool(values) and all(
        value == NONE or (isinstance(value, ExternalObject) and value.type == _RESUMES)
        for value in values
    )


def _is_test(run: GraphRun) -> bool:
    return run.site.env.scope.module.is_test


def _must_values(project: Project) -> MustValues:
    return MustValues(project.program, lambda function: project.once(makers_of).sees(function))


def _thread_of(fresh: Fresh, run: GraphRun) -> list[list[Use]] | None:
    """Where the thread id of a run is made anew each time; nothing where it may be another's."""
    position = 0 if run.method in _WRITES else 1
    all_uses: list[list[Use]] = []
    for call, env in run.calls:
        config = call.argument("config", position)
        found = fresh.made(config, _THREAD_ID, Activation(env)) if config is not None else None
        if found is None:
            return None
        end = Use(run.call, run.site.env.scope)
        all_uses += [[*uses, end] for uses in found]
    return all_uses


def _share(one: list[Use], other: list[Use]) -> bool:
    """Whether two runs go on with one thread: what makes its id is the same, and both follow."""
    if one[0].node is not other[0].node:
        return False
    for first, second in zip(one, other, strict=False):
        if first.node is not second.node:
            return not is_rival(first, second)
    return True


# --- runs that are no calls of a graph's method --------------------------------------------


def _is_run_elsewhere(project: Project, graph: Graph) -> bool:
    """Whether the graph, or a method that runs it, is handed to what may run it."""
    program = project.program
    return any(
        _may_run(inference.infer(program, site.node.func, program.env(scope)))
        and any(
            _means(program, graph, value)
            for arg in site.node.args
            if isinstance(arg.value, (t.Name, t.Attribute))
            for value in inference.infer(program, arg.value, program.env(scope))
        )
        for module in code_modules(program)
        for scope in scopes(module)
        for site in scope.calls
    )


def _may_run(callees: Values) -> bool:
    return not callees or any(map(_is_outside, callees))


def _is_outside(callee: Value) -> bool:
    """Whether code of others is called; what a builder is given, the model knows as its node."""
    if isinstance(callee, ExternalMethod):
        kind = getattr(callee.receiver, "type", "")
        return not kind.startswith((*_ONLY_LOOK, f"{named('graph_package')}."))
    if isinstance(callee, External):
        return callee.name not in _FOLLOWED and not callee.name.startswith(_ONLY_LOOK)
    return isinstance(callee, Unknown)


def _means(program: Program, graph: Graph, value: Value) -> bool:
    """Whether a value is a compiled form of a graph, or one of its methods."""
    bound = bound_run(program, value)
    made: Value | None = bound[1] if bound is not None else value
    if bound is None and not is_graph(program, value):
        return False
    while isinstance(made, ExternalObject):
        if made.site is graph.site.node:
            return True
        made = made.base
    return False
