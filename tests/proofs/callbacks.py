"""What clients get of a model whose call has callbacks of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .claims import count, seconds
from .client import Stream
from .measures import direct
from .proof import Form, Proof

LG110 = "LG110_replaced_callbacks"
TOKENS = 6


def show_received(stream: Stream) -> str:
    return f"{count(stream)}, the first at {seconds(stream.first)} of {seconds(stream.seconds)}"


def claim_received(bad: Sequence[Stream], good: Sequence[Stream]) -> Mapping[str, bool]:
    return {
        "the bad forms send the whole answer as one event": all(
            len(stream.events) == 1 for stream in bad
        ),
        "the good forms send each token": all(len(stream.events) >= TOKENS for stream in good),
        "and all end well": not any(stream.broken for stream in (*bad, *good)),
    }


CALLBACKS: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG110",
        title="A model's call with callbacks of its own",
        bad=(
            Form(f"{LG110}/bad", '`config={"callbacks": [handler]}`', direct),
            Form(f"{LG110}/bad_spread", '`{**config, "callbacks": [handler]}`', direct),
        ),
        good=(
            Form(f"{LG110}/good", '`merge_configs(config, {"callbacks": [handler]})`', direct),
            Form(f"{LG110}/good_model", "the handler given to the model", direct),
            Form(f"{LG110}/good_run", "to the run", direct),
        ),
        show=show_received,
        claims=claim_received,
    ),
)
