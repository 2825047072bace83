"""A stream's path: its hops in order, what is known of each, and the weakest of them."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.base.finding import Finding, Hop, Place


class PathHop(Struct, frozen=True):
    """One hop. `facts` say what is known of it, `findings` what is wrong with it.

    `place` is None for what has no place in the project. Where nobody knows the hop, `question` is
    what to ask; one that is known may have a question, too, about what no file says.
    """

    hop: Hop
    title: str
    place: Place | None = None
    facts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    question: str = ""
    is_known: bool = True


class StreamPath(Struct, frozen=True):
    """The hops of one streaming route in one deployment, from the node to the client.

    `route` is its address, as "POST /chat", or its function where the source says none; `addresses`
    are all that it has. `deployment` names the files that start it, "" where none is known.
    `weakest` is the index of the weakest hop, None where nothing was found, `why` one sentence that
    says what is wrong there.
    """

    route: str
    function: str
    place: Place
    addresses: tuple[str, ...] = ()
    deployment: str = ""
    hops: tuple[PathHop, ...] = ()
    weakest: int | None = None
    why: str = ""

    @property
    def weakest_hop(self) -> PathHop | None:
        """The hop with the worst finding; None where no hop has one."""
        return self.hops[self.weakest] if self.weakest is not None else None

    @property
    def worst(self) -> Finding | None:
        """The finding that makes the weakest hop the weakest."""
        hop = self.weakest_hop
        return min(hop.findings, key=badness) if hop is not None else None


def badness(finding: Finding) -> tuple[int, int]:
    """How bad a finding is, the worst first: its severity, then how sure it is."""
    return finding.severity.rank, finding.confidence.rank


def weakest_of(hops: tuple[PathHop, ...]) -> int | None:
    """The hop with the worst finding; of equal ones that nearest to the client.

    All that comes before has to pass there.
    """
    found = [(badness(each), -at) for at, hop in enumerate(hops) for each in hop.findings]
    return -min(found)[1] if found else None
