"""The async jobs of task queues, and where the code itself starts a worker that runs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.model.entry import Entry
from lg_lint.model.web.registrations import registrations
from lg_lint.model.web.tables import Handlers, handlers
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.store import Program
from lg_lint.program.values import External, ExternalMethod, ExternalObject, Unknown, Value


class Job(Struct):
    """A job, and the calls that start its worker: none where that is a program of its own."""

    function: Function
    started: list[CallSite] = field(default_factory=list)


def jobs_among(program: Program, entries: Iterable[Entry]) -> dict[int, Job]:
    """The async jobs among the entries, by the id of their function."""
    found = {
        id(entry.ref.function): Job(entry.ref.function)
        for entry in entries
        if entry.kind == "job" and entry.ref.function.is_async
    }
    starting = {id(row): sites for row in handlers() if found and (sites := _starts(program, row))}
    for registration in registrations(program) if starting else ():
        job = found.get(id(registration.function))
        if job is not None:
            job.started += starting.get(id(registration.handlers), ())
    return found


def _starts(program: Program, row: Handlers) -> list[CallSite]:
    return [site for name in sorted(row.workers) for site in _calls(program, name)]


def _calls(program: Program, name: str) -> Iterator[CallSite]:
    owner, _, last = name.rpartition(".")
    for site, scope in program.calls_named(last):
        if not scope.module.is_test and not site.is_dead:
            callees = inference.infer(program, site.node.func, program.env(scope))
            if any(_means(program, value, owner, last) for value in callees):
                yield site


def _means(program: Program, value: Value, owner: str, last: str) -> bool:
    """Whether a value is the function or method; what is not known may be it, where it is rare."""
    if isinstance(value, External):
        return value.name == f"{owner}.{last}"
    if isinstance(value, ExternalMethod) and isinstance(value.receiver, ExternalObject):
        return owner in program.types.lineage(value.receiver.type)
    return isinstance(value, Unknown) and "_" in last
