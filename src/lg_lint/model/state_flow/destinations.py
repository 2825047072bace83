"""Where results lead: the expressions that a router returns, the gotos of Commands."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.model.state_flow.activation import Result
from lg_lint.model.state_flow.lattice import Command, Content, Refs
from lg_lint.model.state_flow.store import Store
from lg_lint.program.site import Site


def commands(flow: Store, value: Refs) -> Iterator[Command]:
    """The Commands that a value is, or that stand in a list of it."""
    for index in sorted(value):
        cell = flow.cells[index]
        if isinstance(cell, Command):
            yield cell
        elif isinstance(cell, Content):
            yield from commands(flow, cell.held)


def of_results(results: list[Result]) -> tuple[Site | bool, ...] | None:
    """The expressions that results stand for, or the gotos of their Commands."""
    found: list[Site | bool] = []
    for result in results:
        if result.expr is None:
            continue
        found_commands = list(commands(result.flow, result.value))
        values = [command.goto for command in found_commands if command.goto is not None]
        for value in values if found_commands else [result.value]:
            origins = _origins(result.flow, value)
            if origins is None:
                return None
            found += origins
    return tuple(dict.fromkeys(found))


def _origins(flow: Store, value: Refs) -> list[Site | bool] | None:
    found: list[Site | bool] = []
    for index in value:
        cell = flow.cells[index]
        if not isinstance(cell, Content):
            return None
        if cell.origins:
            found += cell.origins
        elif cell.holds is not None:
            found.append(cell.holds)
        elif cell.parts or cell.held:
            for part in cell.parts or (cell.held,):
                inner = _origins(flow, part)
                if inner is None:
                    return None
                found += inner
        else:
            return None
    return found or None
