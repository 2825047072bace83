"""What the user may have meant by a word that names nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def suggest(word: str, known: Iterable[str]) -> str:
    """A clause to end a message with: the nearest known name, or nothing where none is near."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.8)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""
