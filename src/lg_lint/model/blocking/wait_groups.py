"""Which waits are mended together: those on one connection, and those behind one call."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.model.blocking.connections import connection_of, connections_given, opens
from lg_lint.model.blocking.waits import Wait, Waits
from lg_lint.program.call_graph.execution import CallNode, CallPath

_CONNECTED = {"database", "session"}
"""Kinds of waits that are made on a connection."""


def groups(waits: Waits, frame: CallNode) -> list[list[CallPath]]:
    """The waits of a frame and of what it calls: one group for each place to mend.

    Statements on one connection are one place, in helpers that are given it too, and so is a call
    of a function, however many of its statements wait. No group is empty.
    """
    own, followed = waits.own(frame), waits.followed(frame)
    shared = {wait.node: _connection(frame, wait) for wait in own}
    connections = set(shared.values())
    connections |= {(frame.function, node) for node, chains in followed if opens(chains[0].sink)}
    found: dict[object, list[CallPath]] = {}
    for wait in own:
        call = (frame.function, wait.node)
        key = call if call in connections else shared[wait.node]
        found.setdefault(key, []).append(CallPath(frame, (), wait.node))
    for node, chains in followed:
        given = (key for key in connections_given(frame.function, node) if key in connections)
        connected = any(waits.at_end_of(chain).kind in _CONNECTED for chain in chains)
        connection = next(given, None) if connected else None
        found.setdefault(connection or (frame.function, node), []).extend(chains)
    return list(found.values())


def _connection(frame: CallNode, wait: Wait) -> object:
    if wait.blocking.kind in _CONNECTED and isinstance(wait.node, t.Call):
        return connection_of(frame.function, wait.node)
    return (frame.function, wait.node)


def others(waits: Waits, chains: list[CallPath], worst: CallPath) -> list[CallPath]:
    """The further waits of a group, one for each connection of a function below."""
    first: dict[object, CallPath] = {}
    for chain in sorted(chains, key=lambda chain: (chain is not worst, chain.sink.span)):
        sink = chain.sink
        shared = chain.edges and waits.at_end_of(chain).kind in _CONNECTED
        if shared and isinstance(sink, t.Call):
            first.setdefault(connection_of(chain.last.function, sink), chain)
        else:
            first.setdefault(sink, chain)
    return [chain for chain in first.values() if chain is not worst]
