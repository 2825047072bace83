"""The proofs, rule by rule."""

from __future__ import annotations

from typing import Any

from .claims import (
    claim_arrival,
    claim_crowd,
    claim_doubling,
    claim_error,
    claim_late_event,
    claim_repeats,
    claim_retried,
    claim_stall,
    claim_tokens,
    claim_turns,
    claim_updates,
    show_arrival,
    show_crowd,
    show_end,
    show_events,
    show_items,
    show_late_event,
    show_stall,
    show_turns,
    show_updates,
)
from .measures import GZIP, HTTP_1_0, HTTP_1_1, behind_nginx, crowded, direct, growth
from .proof import Form, Proof

LG101 = "LG101_sync_graph_call"
LG102_LOOP = "LG102_sleep_on_loop"
LG102_THREAD = "LG102_sleep_in_thread"
LG201 = "LG201_unbounded_list"
LG202 = "LG202_unbounded_channel"
LG203 = "LG203_doubled"
LG204 = "LG204_ineffective_trim"
LG301 = "LG301_headers"
LG305 = "LG305_error_frame"
LG401 = "LG401_retry_repeats"
LG402_MODEL = "LG402_model_tokens"
LG402_WRITER = "LG402_custom_writer"
LG404 = "LG404_retry_never_runs"

PROOFS: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG101",
        title="A synchronous graph run on the event loop",
        bad=(Form(f"{LG101}/bad", "`for … in graph.stream()` in an async generator", direct),),
        good=(
            Form(f"{LG101}/good", "`async for … in graph.astream()`", direct),
            Form(
                f"{LG101}/good_nested", "a nested `def gen()` left to `StreamingResponse`", direct
            ),
        ),
        show=show_stall,
        claims=claim_stall,
    ),
    Proof(
        rule="LG102",
        title="A blocking sleep on the event loop",
        bad=(
            Form(f"{LG102_LOOP}/bad", "`time.sleep` in an `async def` node", direct),
            Form(f"{LG102_LOOP}/bad_middleware", "`time.sleep` in `def before_model`", direct),
        ),
        good=(
            Form(f"{LG102_LOOP}/good", "`await asyncio.sleep` in the node", direct),
            Form(f"{LG102_LOOP}/good_middleware", "in `async def abefore_model`", direct),
        ),
        show=show_late_event,
        claims=claim_late_event,
    ),
    Proof(
        rule="LG102",
        title="A blocking sleep in a thread of the pool",
        bad=(Form(f"{LG102_THREAD}/bad", "`time.sleep` in a `def` node", crowded),),
        good=(Form(f"{LG102_THREAD}/good", "`await asyncio.sleep`, `async def` node", crowded),),
        show=show_crowd,
        claims=claim_crowd,
    ),
    Proof(
        rule="LG201",
        title="A list in the state that only grows, in a loop",
        bad=(Form(f"{LG201}/bad", "`[*history, note]`", growth("history", turns=1)),),
        good=(Form(f"{LG201}/good", "`history[-19:]` before it", growth("history", turns=1)),),
        show=show_updates,
        claims=claim_updates,
    ),
    Proof(
        rule="LG202",
        title="An accumulating channel that nothing trims, on a durable thread",
        bad=(Form(f"{LG202}/bad", "`operator.add`", growth("log", turns=80)),),
        good=(Form(f"{LG202}/good", "a reducer that keeps 20", growth("log", turns=80)),),
        show=show_turns,
        claims=claim_turns,
    ),
    Proof(
        rule="LG203",
        title="Old items returned to a reducer that adds them again",
        bad=(
            Form(f"{LG203}/bad", '`state["notes"] + [note]`', growth("notes", turns=1)),
            Form(f"{LG203}/bad_spread", "`{**state, …}`", growth("notes", turns=1)),
        ),
        good=(Form(f"{LG203}/good", "`[note]`", growth("notes", turns=1)),),
        show=show_items,
        claims=claim_doubling,
    ),
    Proof(
        rule="LG204",
        title="A trim that add_messages undoes",
        bad=(
            Form(f"{LG204}/bad", "`trim_messages(…)` returned", growth("messages", turns=30)),
            Form(f"{LG204}/bad_slice", "a slice returned", growth("messages", turns=30)),
        ),
        good=(Form(f"{LG204}/good", "`RemoveMessage` returned", growth("messages", turns=30)),),
        show=show_turns,
        claims=claim_turns,
    ),
    Proof(
        rule="LG301",
        title="A live stream without X-Accel-Buffering, behind nginx",
        bad=(
            Form(f"{LG301}/bad", "no header, nginx on HTTP/1.0", behind_nginx(HTTP_1_0)),
            Form(f"{LG301}/bad", "no header, HTTP/1.1 and gzip", behind_nginx(HTTP_1_1 + GZIP)),
        ),
        good=(
            Form(f"{LG301}/good", "`X-Accel-Buffering: no`, HTTP/1.0", behind_nginx(HTTP_1_0)),
            Form(f"{LG301}/bad", "no header, HTTP/1.1 without gzip", behind_nginx(HTTP_1_1)),
        ),
        show=show_arrival,
        claims=claim_arrival,
    ),
    Proof(
        rule="LG305",
        title="A generator whose failure no event tells",
        bad=(
            Form(f"{LG305}/bad", "no error event, direct", direct),
            Form(f"{LG305}/bad", "nginx on HTTP/1.1", behind_nginx(HTTP_1_1)),
            Form(f"{LG305}/bad", "nginx on HTTP/1.0", behind_nginx(HTTP_1_0)),
        ),
        good=(
            Form(f"{LG305}/good", "an error event, direct", direct),
            Form(f"{LG305}/good", "nginx on HTTP/1.0", behind_nginx(HTTP_1_0)),
        ),
        show=show_end,
        claims=claim_error,
    ),
    Proof(
        rule="LG401",
        title="A retry around a stream whose chunks went out",
        bad=(
            Form(f"{LG401}/bad", "`@stamina.retry` on the async generator", direct),
            Form(f"{LG401}/bad_loop", "a loop that starts again", direct),
        ),
        good=(Form(f"{LG401}/good", "a loop that resumes: saver, same thread, `None`", direct),),
        show=show_events,
        claims=claim_repeats,
    ),
    Proof(
        rule="LG402",
        title="A retry policy on a node whose model streams",
        bad=(Form(f"{LG402_MODEL}/bad", '`stream_mode="messages"`', direct),),
        good=(Form(f"{LG402_MODEL}/good", "the model tagged `nostream`", direct),),
        show=show_events,
        claims=claim_tokens,
    ),
    Proof(
        rule="LG402",
        title="A retry policy on a node that writes before it fails",
        bad=(Form(f"{LG402_WRITER}/bad", "the writer before the risky call", direct),),
        good=(Form(f"{LG402_WRITER}/good", "the writer after it", direct),),
        show=show_events,
        claims=claim_tokens,
    ),
    Proof(
        rule="LG404",
        title="A retry decorator that never retries",
        bad=(
            Form(f"{LG404}/bad", "tenacity's `@retry` on the async generator", direct),
            Form(f"{LG404}/bad_route", "on a route that returns `StreamingResponse`", direct),
        ),
        good=(Form(f"{LG404}/good", "on the coroutine that fails, in the node", direct),),
        show=show_events,
        claims=claim_retried,
    ),
)
