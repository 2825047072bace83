"""What a proof about silent streams must show: behind a proxy that gives up, a heartbeat saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .claims import count, seconds
from .client import Stream

NGINX_SECONDS = 2
READ_TIMEOUT = f"proxy_read_timeout {NGINX_SECONDS}s;"
"""What the `nginx.conf` of the cases says."""


def show_silence(stream: Stream) -> str:
    told = "the end event" if _is_whole(stream) else "no end event"
    cut = "cut" if stream.broken else "complete"
    return f"status {stream.status}, {cut} after {seconds(stream.seconds)}: {count(stream)}, {told}"


def claim_silence(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        **claim_cut(bad, good),
        "and are never silent for as long as nginx waits": all(
            stream.silence < NGINX_SECONDS for stream in good
        ),
    }


def claim_cut(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the status is 200 in all forms": {stream.status for stream in (*bad, *good)} == {200},
        "nginx cuts the bad form in its silence, after its first event": all(
            stream.broken and stream.events and not _is_whole(stream) for stream in bad
        ),
        "the good forms send to their end, though they take longer": all(
            _is_whole(calm) and not calm.broken and calm.seconds > hurt.seconds
            for calm in good
            for hurt in bad
        ),
    }


def _is_whole(stream: Stream) -> bool:
    return any(text.startswith("event: end") for text in stream.texts)
