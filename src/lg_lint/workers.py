"""Texts lowered by several processes at once. What comes out does not depend on their number."""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from collections.abc import Mapping, Sequence

WORTH_A_PROCESS = 100_000
"""Bytes of text below which one process is as fast as two."""


def available() -> int:
    """How many processes run side by side here."""
    if sys.platform != "linux":  # elsewhere a process costs more than it gains
        return 1
    return len(os.sched_getaffinity(0))


def _number(jobs: int, size: int) -> int:
    """How many processes `jobs` (0: as many as run side by side) means for so much text."""
    return min(jobs or available(), 1 + size // WORTH_A_PROCESS) if available() > 1 else 1


def encoded_facts(texts: Mapping[str, str], jobs: int) -> dict[str, bytes]:
    """The facts of texts, encoded, by the key of each text.

    Texts whose facts cannot be encoded are left out, as is all that a process was to do that came
    to grief.
    """
    jobs = _number(jobs, sum(map(len, texts.values())))
    if jobs < 2:
        return {}
    import lg_lint.facts.extract  # before there are copies of this process

    assert lg_lint.facts.extract
    own, *others = _shares(texts, jobs)
    pipes = [_start(share, texts) for share in others]
    found = _encode(own, texts)
    for process, pipe in pipes:
        with open(pipe, "rb") as file:
            data = file.read()
        if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0:
            found.update(marshal.loads(data))
    return found


def _shares(texts: Mapping[str, str], jobs: int) -> list[list[str]]:
    """The keys of the texts in shares of about the same size."""
    shares: list[list[str]] = [[] for _ in range(jobs)]
    sizes = [0] * jobs
    for key in sorted(texts, key=lambda key: (-len(texts[key]), key)):
        least = sizes.index(min(sizes))
        shares[least].append(key)
        sizes[least] += len(texts[key])
    return shares


def _encode(keys: Sequence[str], texts: Mapping[str, str]) -> dict[str, bytes]:
    from lg_lint.facts.codec import encode
    from lg_lint.facts.extract import extract

    found = {}
    for key in keys:
        with contextlib.suppress(ValueError):  # nested too deeply
            found[key] = encode(extract(texts[key]))
    return found


def _start(keys: Sequence[str], texts: Mapping[str, str]) -> tuple[int, int]:
    """A process that encodes facts, and the pipe that it writes them to."""
    pipe, end = os.pipe()
    process = os.fork()
    if process:
        os.close(end)
        return process, pipe
    status = 1
    try:
        os.close(pipe)
        with open(end, "wb") as file:
            file.write(marshal.dumps(_encode(keys, texts)))
        status = 0
    finally:
        os._exit(status)
