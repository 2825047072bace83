"""The words that pages and messages take for known, each explained once."""

from __future__ import annotations

import re
from typing import NamedTuple


class Term(NamedTuple):
    """A word with what it means; `pattern` finds it in a text, whatever its case."""

    name: str
    meaning: str
    pattern: str


TERMS = (
    Term(
        "async twin",
        "The form of a function that is awaited: `ainvoke` of `invoke`, `astream` of `stream`.",
        r"async twin",
    ),
    Term(
        "buffering",
        "Holding back what has been sent until there is more of it, or all of it. What buffers a "
        "stream makes it arrive late, in few large pieces.",
        r"buffer(s|ed|ing)?\b",
    ),
    Term(
        "channel",
        "A key of a graph's state, with the rule by which what nodes return is put into it.",
        r"channels?\b",
    ),
    Term(
        "checkpointer",
        "What stores a graph's state after each step, so that a conversation can go on later; also "
        "called a saver. It is given to `compile(checkpointer=...)`.",
        r"checkpoint(er|ers|s)?\b|savers?\b",
    ),
    Term(
        "chunk",
        "One piece of a stream, as it leaves the graph or reaches the client.",
        r"chunks?\b",
    ),
    Term(
        "event loop",
        "What runs all `async def` functions of a process, one at a time. Each has to give it back "
        "with `await` before another goes on: one that waits in any other way makes all wait.",
        r"event loop|the loop\b",
    ),
    Term(
        "executor",
        "The worker threads in which LangGraph and asyncio run plain functions; they are few, six "
        "on a machine of two cores.",
        r"executors?\b",
    ),
    Term(
        "generator",
        "A function with `yield`. A response that streams asks it for one piece after the other.",
        r"generators?\b",
    ),
    Term(
        "heartbeat",
        "A piece without meaning, such as `: ping`, that is sent while there is nothing else to "
        "send, so that nothing on the way takes the stream for dead.",
        r"heartbeats?\b|pings?\b",
    ),
    Term(
        "idle timeout",
        "How long a proxy or client waits for the next byte before it ends the connection.",
        r"idle timeouts?|read timeouts?",
    ),
    Term(
        "middleware hook",
        "A function that an agent calls around its model and its tools, such as `before_model`.",
        r"\bhooks?\b",
    ),
    Term(
        "node",
        "A step of a graph: a function that gets the state and returns what changes in it.",
        r"nodes?\b",
    ),
    Term(
        "reducer",
        "The function that joins what a node returns for a key with what the key holds already, "
        "such as `operator.add` or `add_messages`. Without one the new value takes the old one's "
        "place.",
        r"reducers?\b",
    ),
    Term(
        "router",
        "The function behind `add_conditional_edges` that says which node comes next.",
        r"routers?\b",
    ),
    Term(
        "SSE frame",
        "A piece of an event stream (server-sent events, `text/event-stream`): lines such as "
        "`data: ...`, ended by an empty line.",
        r"\bSSE\b|(error|event) frames?|event streams?",
    ),
    Term(
        "superstep",
        "One round of a graph: all nodes that are due run side by side, and then their results are "
        "written to the state.",
        r"supersteps?\b|one step\b",
    ),
    Term(
        "thread of a conversation",
        "The runs that share a `thread_id`: each starts with the state that the last one left.",
        r"thread_id|durable thread|of a thread\b",
    ),
    Term(
        "worker thread",
        "A thread beside the event loop. What waits in one holds up nothing else, as "
        "`await asyncio.to_thread(function)` does.",
        r"worker threads?|(in|to) a thread\b|thread pool|to_thread",
    ),
)


def terms_in(text: str) -> list[Term]:
    """The terms that a text uses."""
    return [term for term in TERMS if re.search(rf"\b(?:{term.pattern})", text, re.IGNORECASE)]


def section(terms: list[Term] | tuple[Term, ...], heading: str = "## Terms") -> str:
    """The terms as a part of a page."""
    from textwrap import fill

    lines = (f"- **{term.name}**: {term.meaning}" for term in terms)
    return "\n".join([heading, *(fill(item, 96, subsequent_indent="  ") for item in lines)])
