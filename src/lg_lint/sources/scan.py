"""What the bytes of a file say about it before anything is decoded or parsed."""

from __future__ import annotations

from typing import NamedTuple

SEEDS = (
    b"langgraph", b"langchain", b"StreamingResponse", b"EventSourceResponse", b"event-stream",
    b".astream", b"runs/stream", b"iter_lines", b"iter_text", b"iter_sse", b"iter_any",
)  # fmt: skip
_TOGETHER = (
    (b"data:", (b"iter_bytes", b"iter_raw", b"iter_content", b"iter_chunk", b"preload_content")),
    (b"aiohttp", (b".content",)),
)
"""Words that make a seed together: of clients that read a stream of events as bytes."""
_NOQA = (b"noqa", b"NOQA", b"NoQA", b"noQA", b"Noqa", b"NoQa")


class Scan(NamedTuple):
    """`digest` names the content; `is_seed` where it speaks of graphs or streams.

    `has_pragmas` where it may hold ignore comments, `is_plain` where it is text without doubt.
    """

    digest: bytes
    size: int
    is_seed: bool
    has_pragmas: bool
    is_plain: bool


def scan(data: bytes, digest: bytes) -> Scan:
    return Scan(
        digest,
        len(data),
        is_seed=any(seed in data for seed in SEEDS)
        or any(
            word in data and any(other in data for other in others) for word, others in _TOGETHER
        ),
        has_pragmas=b"lg-lint:" in data or any(word in data for word in _NOQA),
        is_plain=data.isascii() and b"\0" not in data and b"coding" not in data[:1000],
    )
