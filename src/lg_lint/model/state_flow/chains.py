"""What a chain of runnables makes of the state: each part runs with what the one before gives."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Table

from lg_lint.model.chains import Chain
from lg_lint.model.graph import ROOT, Channel
from lg_lint.model.state_flow import calls, displays, inlining
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Mapping, Refs
from lg_lint.model.state_flow.store import Store
from lg_lint.program.values import FunctionRef

Bind = Callable[[Activation, FunctionRef, Store], None]


def given(run: Activation, channels: Table[str, Channel], flow: Store) -> Refs:
    """The state as it comes in, before any function has a name for it."""
    site = run.site(run.stack[-1].node)
    for key in channels:
        run.old(flow, key, site)
    if set(channels) == {ROOT}:
        return run.old(flow, ROOT, site)
    return run.new(flow, Mapping(base=True, is_state=True))


def run(
    outer: Activation, chain: Chain, value: Refs, flow: Store, bind: Bind, *, first: bool = True
) -> Refs:
    """What a chain gives for a value; what it does in place is done in `flow`."""
    if chain.function is not None:
        return _function(outer, chain.function, value, flow, bind if first else None)
    if chain.kind == "same":
        return value
    if chain.kind == "sequence":
        for position, (_, part) in enumerate(chain.parts):
            value = run(outer, part, value, flow, bind, first=first and position == 0)
        return value
    if chain.kind in ("parallel", "assign"):
        return _keyed(outer, chain, value, flow, bind, first=first)
    if chain.kind == "any":
        return OPAQUE.union(
            *(run(outer, part, value, flow, bind, first=first) for _, part in chain.parts)
        )
    return calls.unknown(outer, [value], flow)


def _keyed(
    outer: Activation, chain: Chain, value: Refs, flow: Store, bind: Bind, *, first: bool
) -> Refs:
    made = Mapping()
    if chain.kind == "assign":
        made = displays.spread(outer, made, value, outer.stack[-1].node, flow)
    for (key, part), site in zip(chain.parts, chain.keys, strict=True):
        result = run(outer, part, value, flow, bind, first=first)
        made = made.with_entry(key, outer.entry(result, site.node, site.node))
    return outer.new(flow, made)


def _function(
    outer: Activation, ref: FunctionRef, value: Refs, flow: Store, bind: Bind | None
) -> Refs:
    frame = outer.program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    inner = Activation(outer.session, outer.program.env(ref.function, frame), (ref.function,))
    inside = flow.copy()
    inside.names = {}
    if bind is not None:
        bind(inner, ref, inside)
    else:
        params = [param for param in ref.function.params if param.kind == "positional"]
        if ref.bound is not None and ref.function.self_name is not None:
            params = params[1:]
        if params:
            inside.names[params[0].name] = value
    return inlining.come_back(inlining.execute(inner, inside), flow)
