"""Web entry points: the functions that a framework calls, with the world they run in."""

from __future__ import annotations

from lg_lint.model.entry import Entry
from lg_lint.model.web.coroutines import coroutines
from lg_lint.model.web.dependencies import dependency_values
from lg_lint.model.web.registrations import Registration, registrations
from lg_lint.program.store import Program

__all__ = ["coroutines", "dependency_values", "entries"]


def entries(program: Program) -> list[Entry]:
    """Each function once for every way in which a framework calls it."""
    found: dict[tuple[object, ...], Entry] = {}
    for registration in registrations(program):
        key = (registration.ref, registration.handlers.kind, registration.world)
        if key not in found:
            found[key] = _entry(registration)
    return list(found.values())


def _entry(registration: Registration) -> Entry:
    kind, function = registration.handlers.kind, registration.function
    prefix = "async " if function.is_async else ""
    return Entry(
        ref=registration.ref,
        world=registration.world,
        kind=kind,
        title=f"{prefix}{kind} {function.name}()",
        site=registration.site,
    )
