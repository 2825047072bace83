"""Files that took no part in a run: whether a changed one still takes none."""

from __future__ import annotations

from lg_lint.cache.sealed import digest

ANYTHING = b"anything"
"""The gist of idle files where none takes part, so that it does not matter what they import."""

MOST = 1 << 20
"""Bytes of a file above which it is looked into anew."""


def gist(import_statements: str) -> bytes:
    """What of an idle file the rest of a run depends on, in short."""
    return digest(import_statements.encode(errors="surrogatepass"))


def is_still_idle(path: str, known: bytes) -> bool:
    """Whether a file whose gist was `known` takes no part as it is now. Raises OSError."""
    from lg_lint.program.closure import import_statements
    from lg_lint.sources.scan import scan
    from lg_lint.sources.text import compiles

    with open(path, "rb", buffering=0) as file:
        data = file.readall()
    found = scan(data, b"")
    if not found.is_idle or found.size > MOST:
        return False
    text = data.decode()
    return known in (ANYTHING, gist(import_statements(text))) and compiles(text)
