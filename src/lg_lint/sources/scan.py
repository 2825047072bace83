"""What the bytes of a file say about it before anything is decoded or parsed."""

from __future__ import annotations

from typing import NamedTuple

SEEDS = (
    b"langgraph", b"langchain", b"StreamingResponse", b"EventSourceResponse", b"event-stream",
    b".astream",
)  # fmt: skip
_LINE_READS = (b"iter_lines", b"iter_text", b"iter_sse", b"iter_any")
_BYTE_READS = (b"iter_bytes", b"iter_raw", b"iter_content", b"iter_chunk")
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

    @property
    def is_idle(self) -> bool:
        """Whether nothing in the file itself could have a part in a run."""
        return self.is_plain and not self.is_seed and not self.has_pragmas


def scan(data: bytes, digest: bytes) -> Scan:
    return Scan(
        digest,
        len(data),
        is_seed=any(seed in data for seed in SEEDS) or _reads_a_stream(data),
        has_pragmas=b"lg-lint:" in data or any(word in data for word in _NOQA),
        is_plain=data.isascii() and b"\0" not in data and b"coding" not in data[:1000],
    )


def _reads_a_stream(data: bytes) -> bool:
    """Whether a client reads an answer piece by piece; two words are looked for in most files."""
    if b"aiohttp" in data and b".content" in data:
        return True
    if b"iter_" not in data:
        return False
    by_line = any(word in data for word in _LINE_READS)
    return by_line or (b"data:" in data and any(word in data for word in _BYTE_READS))
