"""How rules tell one call, one finding: all that it leads to, from all entries that lead there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lg_lint.base.finding import Reach, Step, Way
from lg_lint.model.blocking.call_places import CallPlace
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallPath
from lg_lint.rules.telling.chains import call_steps, describe, entry_step

_MOST_WAYS = 40
"""So many ways from one call are compared with those of others."""


def entry_steps(project: Project, place: CallPlace) -> Iterator[Step]:
    """The steps that open a trace: the first entry, other ones, and the first one's calls."""
    first = place.roots[0]
    yield entry_step(project, first.entry)
    shown = {first.entry.ref.function}
    for root in place.roots[1:]:
        if root.entry.ref.function not in shown:
            shown.add(root.entry.ref.function)
            step = entry_step(project, root.entry)
            yield Step(step.place, f"{step.message} leads here too")
    start = project.execution.state(first.entry.ref, first.entry.world)
    yield from call_steps(project, start, first.before)


class SharedWays:
    """Tells what calls lead to, so that calls with one cause can be told together.

    The way from a call to a cause is told once, for all calls that it follows.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._ways: dict[object, Way] = {}

    def reach(
        self,
        place: CallPlace,
        chains: list[CallPath],
        wording: Callable[[CallPath], tuple[str, str]],
        weight: Callable[[CallPath], int],
    ) -> Reach:
        """What other places may have in common with a call whose `chains` start with the worst.

        `wording` gives what a chain's last step says, and what is said where the cause is shared.
        """
        ways = []
        for chain in chains[:_MOST_WAYS]:
            calls = tuple(edge.node for edge in chain.edges[1:])
            key = (calls, chain.sink, bool(chain.edges), place.frame.world)
            if key not in self._ways:
                says, shared = wording(chain)
                end = self.project.place(chain.last.function.module, chain.sink.span)
                steps = (*call_steps(self.project, chain.start, chain.edges), Step(end, says))
                self._ways[key] = Way(steps[1:], shared, weight(chain))
            ways.append(self._ways[key])
        function, first = place.frame.function, chains[0]
        says = (
            f"calls {describe(first.edges[0].target.function)}"
            if first.edges
            else wording(first)[0]
        )
        head = Step(self.project.at(place.site), says)
        return Reach(describe(function), function.is_async, head, tuple(ways))
