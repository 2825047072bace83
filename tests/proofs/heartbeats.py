"""What a heartbeat must not cost: with it or without, the client gets the whole answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .client import Stream


def show_heartbeats(stream: Stream) -> str:
    ended = "the connection breaks" if stream.broken else "a clean end"
    return f"status {stream.status}, {_count(stream)}, {_told(stream)}, {ended}"


def claim_heartbeats(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the status is 200 in all forms": {stream.status for stream in (*bad, *good)} == {200},
        "the bad forms end cleanly after one ping, without what the slow node gives": all(
            _pings(stream) == 1 and not _is_whole(stream) and not stream.broken for stream in bad
        ),
        "the good forms ping on, and send it": all(
            _pings(stream) > 1 and _is_whole(stream) and not stream.broken for stream in good
        ),
    }


def _pings(stream: Stream) -> int:
    return sum(text.startswith(":") for text in stream.texts)


def _is_whole(stream: Stream) -> bool:
    return any("found" in text for text in stream.texts)


def _count(stream: Stream) -> str:
    return f"{_pings(stream)} ping{'' if _pings(stream) == 1 else 's'}"


def _told(stream: Stream) -> str:
    return "the slow node's update" if _is_whole(stream) else "no update of the slow node"
