"""What the user may have meant by a word that names nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_LONGEST = 100


def suggest(word: str, known: Iterable[str]) -> str:
    """A clause to end a message with: the nearest known name, or nothing where none is near."""
    if len(word) > _LONGEST:
        return ""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.8)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""


def suggest_rule(word: str, names: Mapping[str, str]) -> str:
    """The same for a rule, whose `names` are by code: codes differ in a sign or two alone.

    A name may also be said in part.
    """
    if len(word) > _LONGEST:
        return ""
    code = _nearest_code(word.strip().upper().replace("-", "").replace("_", ""), names)
    if code is not None:
        return f'; did you mean "{code}"?'
    near = suggest(word.replace("_", "-"), names.values())
    if near:
        return near
    parts = set(word.casefold().replace("_", "-").split("-"))
    partly = [name for name in names.values() if parts <= set(name.split("-"))]
    if len(partly) == 1:
        return f'; did you mean "{partly[0]}"?'
    return ""


def _nearest_code(word: str, codes: Iterable[str]) -> str | None:
    """The code that one slip makes of a word: with the most in common at its start."""
    if word[:1].isdigit():
        word = f"LG{word}"
    elif word[:1] in ("L", "G"):
        word = word.replace("O", "0").replace("I", "1")
    near = [code for code in codes if code == word or _is_one_slip(word, code)]
    return max(near, key=lambda code: (code == word, _in_common(word, code)), default=None)


def _is_one_slip(word: str, code: str) -> bool:
    """Whether a sign is missing, too many or another one, or two have changed places."""
    start = _in_common(word, code)
    ends = {
        (word[start + 1 :], code[start + 1 :]),
        (word[start + 1 :], code[start:]),
        (word[start:], code[start + 1 :]),
        (word[start:][1::-1] + word[start + 2 :], code[start:]),
    }
    return any(left == right for left, right in ends)


def _in_common(word: str, code: str) -> int:
    """How many signs two words begin with alike."""
    pairs = enumerate(zip(word, code))  # noqa: B905
    return next((at for at, (one, other) in pairs if one != other), min(len(word), len(code)))
