"""What a proof's figures must show, and how they read.

Claims compare figures of the same run: ratios and counts with wide margins, no absolute times.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from .client import Stream
from .measures import Crowd, Ending, Growth
from .sse import Reading


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def size(value: int) -> str:
    if value < 100_000:
        return f"{value / 1000:.1f} KB"
    return f"{value / 1000:.0f} KB" if value < 1_000_000 else f"{value / 1_000_000:.1f} MB"


def count(stream: Stream) -> str:
    return f"{len(stream.events)} event{'' if len(stream.events) == 1 else 's'}"


def show_stall(stream: Stream) -> str:
    return f"`/ping` stalls {seconds(stream.longest_ping)} of a {seconds(stream.seconds)} run"


def claim_stall(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    calm = max(stream.longest_ping for stream in good)
    return {
        "the bad forms hold `/ping` up for at least half of their run": all(
            stream.longest_ping >= stream.seconds / 2 for stream in bad
        ),
        "and at least five times as long as any good form": all(
            stream.longest_ping >= 5 * calm for stream in bad
        ),
        "all forms send the same number of events": len({len(s.events) for s in (*bad, *good)})
        == 1,
    }


def show_late_event(stream: Stream) -> str:
    return f"{show_stall(stream)}; an event written at its start arrives at {seconds(stream.first)}"


def claim_late_event(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        **claim_stall(bad, good),
        "an event written before the sleep arrives after it in the bad forms": all(
            stream.first >= stream.seconds / 2 for stream in bad
        ),
        "and before it in the good forms": all(
            stream.first <= stream.seconds / 2 for stream in good
        ),
    }


def show_crowd(figures: Crowd) -> str:
    alone = figures.alone
    return (
        f"alone: silent for {seconds(alone.silence)}, `/ping` stalls {seconds(alone.longest_ping)}"
        f"; {figures.clients} clients at once: the last is done after {seconds(figures.seconds)}"
    )


def claim_crowd(bad: Sequence[Crowd], good: Sequence[Crowd]) -> Mapping[str, bool]:
    return {
        "the loop stays free: `/ping` waits for less than half of the silence": all(
            figures.alone.longest_ping < figures.alone.silence / 2 for figures in (*bad, *good)
        ),
        "the stream is silent for more than half of its run": all(
            figures.alone.silence > figures.alone.seconds / 2 for figures in (*bad, *good)
        ),
        "a crowd waits at least 1.6 times as long, because each sleep holds a thread": all(
            hurt.seconds >= 1.6 * calm.seconds for hurt in bad for calm in good
        ),
    }


def show_updates(figures: Growth) -> str:
    steps = len(figures.updates)
    return (
        f"step {steps} sends {size(figures.updates[-1])}, all steps {size(sum(figures.updates))}"
        f"; {figures.items[-1]} items, {size(figures.states[-1])} in the last checkpoint"
    )


def claim_updates(bad: Sequence[Growth], good: Sequence[Growth]) -> Mapping[str, bool]:
    return {
        "the last update of the bad form is at least five times that of the good one": all(
            hurt.updates[-1] >= 5 * calm.updates[-1] for hurt in bad for calm in good
        ),
        "it still grows in the second half of the run": all(
            hurt.updates[-1] >= 1.5 * hurt.updates[len(hurt.updates) // 2] for hurt in bad
        ),
        "and does not in the good form": all(
            calm.updates[-1] <= 1.1 * calm.updates[len(calm.updates) // 2] for calm in good
        ),
    }


def show_turns(figures: Growth) -> str:
    half = len(figures.items) // 2
    return (
        f"{figures.items[half - 1]} items and {size(figures.states[half - 1])} after {half} turns"
        f", {figures.items[-1]} and {size(figures.states[-1])} after {len(figures.items)}"
    )


def claim_turns(bad: Sequence[Growth], good: Sequence[Growth]) -> Mapping[str, bool]:
    return {
        "each turn leaves at least one more item for good in the bad forms": all(
            all(after > before for before, after in itertools.pairwise(hurt.items)) for hurt in bad
        ),
        "the good form holds no more items after the last turn than halfway": all(
            calm.items[-1] == calm.items[len(calm.items) // 2 - 1] for calm in good
        ),
        "and at most half as many bytes as the bad forms": all(
            hurt.states[-1] >= 2 * calm.states[-1] for hurt in bad for calm in good
        ),
    }


def show_items(figures: Growth) -> str:
    return f"{figures.items[-1]} items after {len(figures.updates)} steps"


def claim_doubling(bad: Sequence[Growth], good: Sequence[Growth]) -> Mapping[str, bool]:
    return {
        "the items at least double with each step in the bad forms": all(
            hurt.items[-1] >= 2 ** len(hurt.updates) for hurt in bad
        ),
        "one is added by each step in the good form": all(
            calm.items[-1] == len(calm.updates) + 1 for calm in good
        ),
    }


def show_arrival(stream: Stream) -> str:
    return (
        f"{count(stream)}, the first at {seconds(stream.first)}"
        f", the stream ends at {seconds(stream.seconds)}"
    )


def claim_arrival(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the first event arrives in the last fifth of the run in the bad forms": all(
            stream.first >= 0.8 * stream.seconds for stream in bad
        ),
        "and in its first half in the good forms": all(
            stream.first <= 0.5 * stream.seconds for stream in good
        ),
        "all forms send the same events": len({tuple(s.texts) for s in (*bad, *good)}) == 1,
    }


def claim_pieces(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the bad forms send the whole answer in one event, in the last fifth of the run": all(
            stream.first >= 0.8 * stream.seconds and len(stream.events) == 2 for stream in bad
        ),
        "the good forms send its tokens, from the first half on": all(
            stream.first <= 0.5 * stream.seconds and len(stream.events) > 2 for stream in good
        ),
    }


def claim_written(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the bad form sends its end alone": all(len(stream.events) == 1 for stream in bad),
        "the good form sends what was written, too": all(len(s.events) == 2 for s in good),
        "no form fails": not any(has_error(stream) for stream in (*bad, *good)),
    }


def show_burst(stream: Stream) -> str:
    return f"{show_stall(stream)}; {count(stream)}, the first at {seconds(stream.first)}"


def claim_burst(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {**claim_stall(bad, good), **claim_arrival(bad, good)}


def show_raised(ending: Ending) -> str:
    told = f"{ending.error} on the server" if ending.error else "no error"
    stream = ending.stream
    return f"{told}; status {stream.status}, {count(stream)}, {_ending(stream)}"


def claim_raises(
    *errors: str,
) -> Callable[[Sequence[Ending], Sequence[Ending]], Mapping[str, bool]]:
    """Each bad form raises the error of its place; the client gets nothing."""

    def claim(bad: Sequence[Ending], good: Sequence[Ending]) -> Mapping[str, bool]:
        return {
            f"the bad forms raise {' and '.join(dict.fromkeys(errors))}": (
                [ending.error for ending in bad] == list(errors)
            ),
            "their client gets status 200 and no event, then the connection breaks": all(
                ending.stream.status == 200 and ending.stream.broken and not ending.stream.events
                for ending in bad
            ),
            "the good forms raise nothing, send events and end cleanly": all(
                not ending.error and ending.stream.events and not ending.stream.broken
                for ending in good
            ),
        }

    return claim


def show_reading(reading: Reading) -> str:
    return "refused" if reading.refused else f"{len(reading.data)} events read"


def claim_refused(bad: Sequence[Reading], good: Sequence[Reading]) -> Mapping[str, bool]:
    return {
        "the client refuses the bad form": all(reading.refused for reading in bad),
        "and reads events of the good one": all(
            not reading.refused and reading.data for reading in good
        ),
    }


def show_encoded(reading: Reading) -> str:
    return f"{len(reading.encoded)} of {len(reading.data)} events can be parsed"


def claim_encoded(bad: Sequence[Reading], good: Sequence[Reading]) -> Mapping[str, bool]:
    return {
        "all forms send the same number of events": len({len(r.data) for r in (*bad, *good)}) == 1,
        "no event of the bad form is JSON": not any(reading.encoded for reading in bad),
        "every event of the good form is": all(
            len(reading.encoded) == len(reading.data) > 0 for reading in good
        ),
    }


def show_text(reading: Reading) -> str:
    lines = reading.text.count("\n") + 1
    return f"{len(reading.text)} characters in {lines} line{'' if lines == 1 else 's'}"


def claim_text(bad: Sequence[Reading], good: Sequence[Reading]) -> Mapping[str, bool]:
    return {
        "the good form brings the line breaks": all("\n" in calm.text for calm in good),
        "the bad form brings none": not any("\n" in hurt.text for hurt in bad),
        "and loses the text that follows one inside a token": all(
            len(hurt.text) < len(calm.text.replace("\n", "")) for hurt in bad for calm in good
        ),
    }


def has_error(stream: Stream) -> bool:
    return any(text.startswith("event: error") for text in stream.texts)


def show_end(stream: Stream) -> str:
    told = "an error event" if has_error(stream) else "no error event"
    return f"status {stream.status}, {count(stream)}, {told}, {_ending(stream)}"


def _ending(stream: Stream) -> str:
    return "then the connection breaks" if stream.broken else "then a clean end"


def claim_error(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    *visible, hidden = bad
    return {
        "the status is 200 in all forms": {stream.status for stream in (*bad, *good)} == {200},
        "no bad form names the error": not any(has_error(stream) for stream in bad),
        "over HTTP/1.1 the connection breaks": all(stream.broken for stream in visible),
        "behind HTTP/1.0 the cut stream ends like a complete one": not hidden.broken,
        "the good form names the error and ends cleanly on every path": all(
            has_error(stream) and not stream.broken for stream in good
        ),
    }


def claim_truncation(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "all forms send events, with status 200, and are cut": all(
            each.events and each.status == 200 and not has_error(each) for each in (*bad, *good)
        ),
        "the bad forms end like a complete answer": not any(each.broken for each in bad),
        "in the good form the connection breaks": all(each.broken for each in good),
    }


def claim_open(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the status is 200 in all forms": {stream.status for stream in (*bad, *good)} == {200},
        "the bad form sends an error and no update": all(
            has_error(stream) and not any("about" in text for text in stream.texts)
            for stream in bad
        ),
        "the good form sends the update": all(
            not has_error(stream) and any("about" in text for text in stream.texts)
            for stream in good
        ),
    }


def show_events(stream: Stream) -> str:
    return f"{count(stream)}, {stream.repeated or 'none'} of them again, {_ending(stream)}"


def claim_repeats(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the bad forms send events twice": all(stream.repeated > 0 for stream in bad),
        "the good forms send each once": all(stream.repeated == 0 for stream in good),
        "all of them survive the failure": not any(s.broken for s in (*bad, *good)),
        "and send the same set of events": len({frozenset(s.texts) for s in (*bad, *good)}) == 1,
    }


def claim_tokens(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the bad form sends tokens of the broken attempt again": all(
            stream.repeated > 0 for stream in bad
        ),
        "the good form sends none twice": all(stream.repeated == 0 for stream in good),
        "both survive the failure": not any(s.broken for s in (*bad, *good)),
    }


def claim_broken(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "in the bad form the connection breaks, after the events before": all(
            stream.broken and stream.events for stream in bad
        ),
        "the good form ends cleanly, and sends more": all(
            not calm.broken and len(calm.events) > len(hurt.events) for hurt in bad for calm in good
        ),
    }


def claim_retried(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the first failure breaks the stream in the bad forms": all(s.broken for s in bad),
        "the retry answers it in the good form": not any(s.broken for s in good),
        "which therefore sends more": all(
            len(calm.events) > len(hurt.events) for hurt in bad for calm in good
        ),
    }
