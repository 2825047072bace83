"""What the bytes of a file say about it before anything is decoded or parsed."""

from __future__ import annotations

SEEDS = {
    b"lang": (b"langgraph", b"langchain"),
    b"tream": (b"StreamingResponse", b"event-stream", b".astream"),
    b"EventSource": (b"EventSourceResponse",),
}
"""Words by what they have in common, as each look at the bytes of all files takes its time."""

_LINE_READS = (b"iter_lines", b"iter_text", b"iter_sse", b"iter_any")
_BYTE_READS = (b"iter_bytes", b"iter_raw", b"iter_content", b"iter_chunk")


Plain = tuple[bytes, int, bool, bool, bool]
"""What a scan is made of."""


class Scan:
    """`digest` names the content; `is_seed` where it speaks of graphs or streams.

    `has_pragmas` where it may hold ignore comments, `is_plain` where it is text without doubt.
    """

    __slots__ = ("digest", "has_pragmas", "is_plain", "is_seed", "size")

    def __init__(
        self, digest: bytes, size: int, is_seed: bool, has_pragmas: bool, is_plain: bool
    ) -> None:
        self.digest = digest
        self.size = size
        self.is_seed = is_seed
        self.has_pragmas = has_pragmas
        self.is_plain = is_plain

    @property
    def plain(self) -> Plain:
        """The scan as it is kept or sent."""
        return self.digest, self.size, self.is_seed, self.has_pragmas, self.is_plain


def scan(data: bytes, digest: bytes) -> Scan:
    """What the bytes of a file say; `digest` is theirs."""
    return Scan(
        digest,
        len(data),
        is_seed=_has_seeds(data) or _reads_a_stream(data),
        has_pragmas=b"#" in data and (b"lg-lint:" in data or _has_noqa(data)),
        is_plain=data.isascii() and b"\0" not in data and b"coding" not in data[:1000],
    )


def _has_seeds(data: bytes) -> bool:
    for part, words in SEEDS.items():
        if part in data:
            for word in words:
                if word in data:
                    return True
    return False


def _has_noqa(data: bytes) -> bool:
    """Whether a line may have a `noqa` comment that names a rule of this linter.

    One rare letter is found several times faster than a word.
    """
    for letter in (b"q", b"Q"):
        at = data.find(letter)
        while at >= 0:
            if data[at - 1] in b"oO" and data[at - 2 : at + 2].lower() == b"noqa":
                end = data.find(b"\n", at)
                end = len(data) if end < 0 else end
                if b"lg" in data[at:end].lower():
                    return True
                at = end  # of what follows on the line, that is known
            at = data.find(letter, at + 1)
    return False


def _reads_a_stream(data: bytes) -> bool:
    """Whether a client reads an answer piece by piece; two words are looked for in most files."""
    if b"aiohttp" in data and b".content" in data:
        return True
    if b"iter_" not in data:
        return False
    by_line = any(word in data for word in _LINE_READS)
    return by_line or (b"data:" in data and any(word in data for word in _BYTE_READS))
