"""Which symptoms are meant by what somebody writes of a stream."""

from __future__ import annotations

import functools
import re

from lg_lint.rules.telling.symptoms import SYMPTOMS, Cause, Symptom

_LONGEST = 400
_SAYING_LITTLE = (
    "a an and are as at be been before being but by can do does for from get gets had has have he "
    "her his how i if in into is it its me my of on one or our she so such than that the their "
    "them then there they this to too was we were what when where which while who why will with "
    "would you your about after any each just like more most much always very really sometime "
    "stream streaming streamed langgraph graph langchain fastapi"
)
_EMPTY_WORDS = frozenset(_SAYING_LITTLE.split())
_LITTLE = 0.2
_NEAR = 0.82


def alike(
    description: str, causes_of: dict[Symptom, list[Cause]], *, at_most: int = 4
) -> list[Symptom]:
    """The symptoms that a description means, the nearest first; none where no word of it says."""
    wanted = _words(description[:_LONGEST])
    texts = {symptom: _texts(symptom, found) for symptom, found in causes_of.items()}
    scores = {symptom: _score(wanted, parts, texts) for symptom, parts in texts.items()}
    best = max(scores.values(), default=0.0)
    if best < _LITTLE:
        return []
    near = [symptom for symptom in SYMPTOMS if scores.get(symptom, 0.0) >= max(best / 2, _LITTLE)]
    return sorted(near, key=lambda symptom: -scores[symptom])[:at_most]


Texts = tuple[frozenset[str], ...]


def _texts(symptom: Symptom, found: list[Cause]) -> Texts:
    """The words of a symptom's name, then those of all else that is said of it."""
    rest = (symptom.meaning, *symptom.synonyms, *(cause.seen for cause in found))
    return _words(symptom.name), frozenset().union(*map(_words, rest))


def _score(wanted: frozenset[str], texts: Texts, every: dict[Symptom, Texts]) -> float:
    name, rest = texts
    score = sum(_nearness(word, name | rest) * _weight(word, every) for word in wanted)
    named = sum(_nearness(word, wanted) for word in name) / len(name)
    return score + named * named


def _weight(word: str, every: dict[Symptom, Texts]) -> float:
    """How much a word tells: the less, the more symptoms use it."""
    users = sum(_nearness(word, name | rest) > 0 for name, rest in every.values())
    return 1 / users if users else 0.0


@functools.cache
def _nearness(word: str, others: frozenset[str]) -> float:
    """1 for a word that is there, a little less for one that is nearly written so, or 0."""
    if word in others:
        return 1.0
    if len(word) < 4:
        return 0.0
    from difflib import get_close_matches

    return 0.8 if get_close_matches(word, others, n=1, cutoff=_NEAR) else 0.0


def _words(text: str) -> frozenset[str]:
    """The words that mean something, without endings: `#` is a number, `time` some seconds."""
    plain = re.sub(r"(?<=\d)\s*(?:ms|s|secs?|seconds?|m|mins?|minutes?)\b", " time", text.lower())
    found = re.findall(r"[a-z]+(?:'t)?|\d+", plain)
    return frozenset(_stem(word) for word in found if word not in _EMPTY_WORDS)


def _stem(word: str) -> str:
    if word.isdigit():
        return word if len(word) == 3 else "#"
    if word in ("seconds", "minutes"):
        return "time"
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
