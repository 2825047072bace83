"""What users see of a stream that is not well, and the rules that can be the cause.

Each rule's page names its symptoms under "What is seen", by the names of this list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lg_lint.rules.rule import Rule

HEADING = "## What is seen"


class Symptom(NamedTuple):
    """A symptom by its name; `synonyms` are what else people call it."""

    name: str
    meaning: str
    synonyms: tuple[str, ...]


class Cause(NamedTuple):
    """A rule that can be the cause, and how the symptom looks then."""

    rule: Rule
    seen: str


SYMPTOMS = (
    Symptom(
        "all at the end",
        "Nothing comes for as long as the answer takes, and then all of it, or it comes in lumps.",
        (
            "the whole answer arrives at once",
            "everything in one piece, in one go, in one chunk",
            "buffered, buffering, bursts, big chunks",
            "not streaming, streaming does not work, stream is not live or real time",
        ),
    ),
    Symptom(
        "no tokens",
        "Steps or whole messages arrive, but never one token at a time.",
        (
            "no token by token output, tokens are missing",
            "only complete messages",
            "messages mode yields nothing, on_chat_model_stream is not emitted",
            "custom events or writer output missing",
        ),
    ),
    Symptom(
        "cut after a fixed time",
        "The stream breaks off after 5, 30, 60 or 300 seconds, often while nothing was sent.",
        (
            "stops, drops, dies, disconnects, closed after 60 seconds",
            "timeout, timed out, gateway timeout, 504, 502, 524, 408",
            "connection reset, connection lost, peer closed connection, broken pipe",
            "incomplete chunked read, premature close, upstream prematurely closed",
        ),
    ),
    Symptom(
        "long silence",
        "Nothing comes for a long time, and then it goes on.",
        (
            "pauses, stalls, gaps, hangs in the middle, stuck, waits",
            "slow first token, delay before the first chunk",
            "spinner",
        ),
    ),
    Symptom(
        "freezes under load",
        "While one answer is made, those of all other users stand still.",
        (
            "other users wait, one request blocks all others, requests queue up",
            "hangs, blocked event loop, server unresponsive, BlockingError, blocking call",
            "health check, liveness or readiness probe fails while streaming",
            "no concurrency, several users at the same time, not parallel, slow with many users",
        ),
    ),
    Symptom(
        "errors under load",
        "With many streams at a time, other requests fail.",
        (
            "500 internal server error with many users",
            "QueuePool limit, pool exhausted, too many connections, pool timeout",
        ),
    ),
    Symptom(
        "tokens twice",
        "A part of an answer, or all of it, comes a second time.",
        (
            "duplicate tokens, duplicated chunks, double output, repeated text",
            "the answer starts again, restarts, begins anew",
        ),
    ),
    Symptom(
        "work is done twice",
        "One question runs a node, its tools or the whole graph more than once.",
        (
            "duplicate run, node or tool runs twice, executed multiple times, called again",
            "double billing, two answers to one question, duplicate messages in the history",
        ),
    ),
    Symptom(
        "ends without an error",
        "The answer stops in the middle, and looks as if it were complete.",
        (
            "truncated, half an answer, incomplete, cut short, cut off, stops in the middle",
            "silently ends, ends early, clean end, no error, no exception, no done event",
        ),
    ),
    Symptom(
        "breaks off with an error",
        "An exception ends the run in the middle, each time or at a certain step.",
        (
            "raises, crashes, fails, exception, traceback, 500",
            "RuntimeError, KeyError, InvalidUpdateError, GraphRecursionError",
        ),
    ),
    Symptom(
        "empty answer",
        "Status 200, and not one chunk: the run fails at its first step.",
        (
            "nothing arrives, no output at all, blank response",
            "fails at once, immediately, at the first step",
            "NotImplementedError, closed database, closed pool",
        ),
    ),
    Symptom(
        "every second message fails",
        "One message is answered and the next is not, by turns.",
        (
            "works once, only the first time, second request or turn fails, works after a retry",
            "intermittent, sometimes, randomly, sporadic, flaky",
            "Event loop is closed, bound to a different event loop",
        ),
    ),
    Symptom(
        "forgets",
        "What was said, done or answered before is not known any more.",
        (
            "memory lost, loses context or history, conversation starts over, new thread",
            "state lost, missing, not updated, value dropped or disappears",
            "answer is not saved, not stored, not persisted in the database",
        ),
    ),
    Symptom(
        "does not pause for approval",
        "A run that should ask its user goes on, or cannot be resumed.",
        (
            "interrupt ignored, human in the loop, confirmation",
            "resume does not work, starts over after approval",
        ),
    ),
    Symptom(
        "a step is missing",
        "A node that should run does not.",
        ("node never runs, node skipped, node not executed, unreachable, goto ignored",),
    ),
    Symptom(
        "never ends",
        "The run goes round and round.",
        (
            "infinite loop, endless, recursion limit reached, same output again and again",
            "does not stop, loops forever, does not finish",
        ),
    ),
    Symptom(
        "keeps running",
        "The run goes on although its client has left, or its server should stop.",
        (
            "not cancelled after the client disconnects, cancel, abort or stop button does nothing",
            "server does not shut down, hangs on shutdown, deploy or reload waits",
        ),
    ),
    Symptom(
        "slower with every message",
        "Each turn takes longer, costs more, and sends larger chunks.",
        (
            "memory grows, memory leak, out of memory, growing state, large checkpoints",
            "token count or cost increases, context length exceeded, context window, slow",
            "payload too large, huge chunks",
        ),
    ),
    Symptom(
        "unreadable events",
        "The client cannot read what arrives, or misses pieces of it.",
        (
            "JSON parse error, JSONDecodeError, unexpected token, invalid JSON, malformed, garbled",
            "EventSource fails, wrong MIME type, onmessage is not called",
            "missing line breaks, missing words or characters, lost newlines, lost whitespace",
        ),
    ),
    Symptom(
        "only behind a proxy",
        "On one's own machine all is well, and deployed it is not.",
        (
            "works locally, works on localhost, not in production, not when deployed",
            "nginx, ingress, load balancer, Cloudflare, Kubernetes, reverse proxy",
        ),
    ),
    Symptom(
        "not checked",
        "lg-lint says nothing about a file, or a comment has no effect.",
        ("ignore comment does nothing, syntax error, unreadable file, linter is silent",),
    ),
)

_LINE = re.compile(r"^- ([^:\n]+): (.+(?:\n  .+)*)", re.MULTILINE)


def seen_of(rule: Rule) -> dict[str, str]:
    """The names of the symptoms that a rule's page names, with how each looks there."""
    part = rule.page.partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    return {name: " ".join(text.split()) for name, text in _LINE.findall(part)}


def causes(symptom: Symptom, rules: Iterable[Rule]) -> Iterator[Cause]:
    """The rules that name a symptom."""
    for rule in rules:
        seen = seen_of(rule).get(symptom.name)
        if seen is not None:
            yield Cause(rule, seen)


def command(found: Iterable[Cause]) -> str:
    """The command that looks for these causes alone."""
    return f"lg-lint check --select {','.join(cause.rule.code for cause in found)} ."
