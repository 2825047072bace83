"""What runs of a graph show about a value of its state: turn by turn on one thread, or round by round."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

from langgraph.errors import GraphRecursionError
from langgraph.types import Command

KEY, TURNS, STEPS, MANY = "notes", 12, 26, 4000
FIRST = {"list": ["first", "second"], "text": "one", "dict": {"first": "1", "second": "2"}}


async def shown(program: dict[str, Any], shape: str, *, merged: bool) -> set[str]:
    """The codes of what happens to the key; `merged` where a reducer merges what nodes write."""
    graph, state_class = program["graph"], program["State"]
    first = {"q": "q00", "n": 0, KEY: copy.deepcopy(FIRST[shape])}
    if await _loses(graph, state_class, first):
        return {"LG205"}
    sizes, doubled = await _sizes(graph, first, shape)
    if doubled and merged:
        return {"LG203"}
    if not _grows(sizes):
        return set()
    return {"LG202" if merged else "LG201"}


async def _loses(graph: Any, state_class: Any, first: dict[str, Any]) -> bool:
    """Whether the node changes its state object, and no run or checkpoint shows that later."""
    values = copy.deepcopy(first)
    state = values if issubclass(state_class, dict) else state_class(**values)
    result = await graph.builder.nodes["work"].runnable.ainvoke(state)
    update = result.update if isinstance(result, Command) else result
    after = state if isinstance(state, dict) else vars(state)
    if after[KEY] == first[KEY] or (isinstance(update, dict) and KEY in update):
        return False
    config = {"configurable": {"thread_id": "lost"}, "recursion_limit": STEPS}
    seen = first
    with contextlib.suppress(GraphRecursionError):
        async for values in graph.astream(copy.deepcopy(first), config, stream_mode="values"):
            seen = values
    if graph.checkpointer is not None:
        seen = (await graph.aget_state(config)).values
    return bool(seen[KEY] == first[KEY])


async def _sizes(graph: Any, first: dict[str, Any], shape: str) -> tuple[list[int], bool]:
    """How much the key holds after each turn or round, and whether old items stand twice."""
    sizes, doubled, given = [], False, copy.deepcopy(first)
    config = {"configurable": {"thread_id": "turns"}, "recursion_limit": STEPS}
    durable = graph.checkpointer is not None
    for turn in range(TURNS if durable else 1):
        given = {**(given if turn == 0 else {}), "q": f"q{turn:02}"}
        try:
            async for values in graph.astream(given, config, stream_mode="values"):
                value = values[KEY]
                doubled = doubled or (
                    shape == "list" and any(value.count(old) > 1 for old in FIRST[shape])
                )
                if not durable:
                    sizes.append(_size(value))
        except GraphRecursionError:
            return sizes, doubled
        if durable:
            sizes.append(_size(value))
        if sizes and sizes[-1] > MANY:
            break
    return (sizes if durable else []), doubled


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(len, value.values()))
    return len(value)


def _grows(sizes: list[int]) -> bool:
    """Whether the largest of each third is larger than that of the third before."""
    third = len(sizes) // 3
    if not third:
        return False
    first, second = max(sizes[:third]), max(sizes[third : 2 * third])
    return first < second < max(sizes[2 * third :])
