"""The proofs, rule by rule; those about clients, and about a graph's wiring, have their modules."""

from __future__ import annotations

from typing import Any

from .callbacks import CALLBACKS
from .claims import (
    claim_arrival,
    claim_broken,
    claim_burst,
    claim_crowd,
    claim_doubling,
    claim_encoded,
    claim_error,
    claim_late_event,
    claim_open,
    claim_pieces,
    claim_raises,
    claim_refused,
    claim_repeats,
    claim_retried,
    claim_stall,
    claim_text,
    claim_tokens,
    claim_turns,
    claim_updates,
    claim_written,
    show_arrival,
    show_burst,
    show_crowd,
    show_encoded,
    show_end,
    show_events,
    show_items,
    show_late_event,
    show_raised,
    show_reading,
    show_stall,
    show_text,
    show_turns,
    show_updates,
)
from .clients import CLIENTS
from .heartbeats import claim_heartbeats, show_heartbeats
from .leaving import claim_left, left, show_left
from .measures import GZIP, HTTP_1_0, HTTP_1_1, behind_nginx, crowded, direct, ending, growth
from .pools import asked, claim_asked, show_asked
from .proof import Form, Proof
from .proxied import PROXIED
from .silence import READ_TIMEOUT, claim_silence, show_silence
from .sse import read_events
from .stopping import STOPPING
from .turns import TURN_BY_TURN
from .wiring import WIRING
from .workers import WORKERS

LG101 = "LG101_sync_graph_call"
LG102_LOOP = "LG102_sleep_on_loop"
LG102_THREAD = "LG102_sleep_in_thread"
LG103 = "LG103_model_on_loop"
LG104 = "LG104_saver"
LG105 = "LG105_middleware"
LG106 = "LG106_async_node"
LG107 = "LG107_own_loop"
LG109 = "LG109_lost_context"
LG201 = "LG201_unbounded_list"
LG202 = "LG202_unbounded_channel"
LG203 = "LG203_doubled"
LG204 = "LG204_ineffective_trim"
LG301 = "LG301_headers"
LG302 = "LG302_media_type"
LG303 = "LG303_body_reader"
LG304_DICT = "LG304_dict"
LG304_MESSAGES = "LG304_messages"
LG304_TEXT = "LG304_text"
LG305 = "LG305_error_frame"
LG309 = "LG309_lost_on_disconnect"
LG306 = "LG306_silent_stream"
LG307 = "LG307_cancelling_heartbeat"
LG308 = "LG308_held_session"
LG310 = "LG310_closed_saver"
LG311 = "LG311_subgraph_stream"
LG401 = "LG401_retry_repeats"
LG402_MODEL = "LG402_model_tokens"
LG402_WRITER = "LG402_custom_writer"
LG404 = "LG404_retry_never_runs"

_SERVED: tuple[Proof[Any], ...] = (
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
        rule="LG103",
        title="A chat model that blocks the event loop",
        bad=(Form(f"{LG103}/bad", "`model.invoke` in an `async def` node", direct),),
        good=(
            Form(f"{LG103}/good", "`await model.ainvoke`", direct),
            Form(f"{LG103}/good_def", "`model.invoke` in a `def` node", direct),
        ),
        show=show_burst,
        claims=claim_burst,
    ),
    Proof(
        rule="LG104",
        title="A saver that does not serve the call",
        bad=(
            Form(f"{LG104}/bad", "`SqliteSaver` under `astream`", ending),
            Form(f"{LG104}/bad_async_saver", "`AsyncSqliteSaver` under `stream`", ending),
        ),
        good=(
            Form(f"{LG104}/good", "`AsyncSqliteSaver` under `astream`", ending),
            Form(f"{LG104}/good_sync", "`SqliteSaver` under `stream`, in a thread", ending),
        ),
        show=show_raised,
        claims=claim_raises("NotImplementedError", "InvalidStateError"),
    ),
    Proof(
        rule="LG105",
        title="Middleware without an async hook, under an async run",
        bad=(Form(f"{LG105}/bad", "`wrap_model_call` alone", ending),),
        good=(Form(f"{LG105}/good", "with `awrap_model_call`", ending),),
        show=show_raised,
        claims=claim_raises("NotImplementedError"),
    ),
    Proof(
        rule="LG106",
        title="An async node in a sync run",
        bad=(
            Form(f"{LG106}/bad", "`graph.stream()` in a `def` generator", ending),
            Form(f"{LG106}/bad_async", "in an async generator", ending),
        ),
        good=(Form(f"{LG106}/good", "`graph.astream()`", ending),),
        show=show_raised,
        claims=claim_raises("TypeError", "TypeError"),
    ),
    Proof(
        rule="LG107",
        title="An event loop that is started where one runs",
        bad=(
            Form(f"{LG107}/bad", "`asyncio.run()` in an async node", ending),
            Form(f"{LG107}/bad_thread", "`get_event_loop()` in a `def` node", ending),
        ),
        good=(
            Form(f"{LG107}/good", "`await`", ending),
            Form(f"{LG107}/good_def", "`asyncio.run()` in a `def` node", ending),
        ),
        show=show_raised,
        claims=claim_raises("RuntimeError", "RuntimeError"),
    ),
    Proof(
        rule="LG109",
        title="A thread that does not know of the run",
        bad=(
            Form(f"{LG109}/bad", "`get_stream_writer()` in a thread of a pool", ending),
            Form(f"{LG109}/bad_executor", "in `loop.run_in_executor()`", ending),
        ),
        good=(
            Form(f"{LG109}/good", "in `asyncio.to_thread()`", ending),
            Form(f"{LG109}/good_copied", "in a pool, by `copy_context().run`", ending),
        ),
        show=show_raised,
        claims=claim_raises("RuntimeError", "RuntimeError"),
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
        rule="LG302",
        title="Server-sent events under another media type, read by httpx-sse",
        bad=(Form(f"{LG302}/bad", "`text/plain`", read_events),),
        good=(Form(f"{LG302}/good", "`text/event-stream`", read_events),),
        show=show_reading,
        claims=claim_refused,
    ),
    Proof(
        rule="LG303",
        title="Middleware that reads the body of a response to its end",
        bad=(
            Form(f"{LG303}/bad", "a dispatch that joins the chunks", direct),
            Form(f"{LG303}/bad_loop", "one that gathers them in a loop", direct),
        ),
        good=(
            Form(f"{LG303}/good", "a generator that passes each on", direct),
            Form(f"{LG303}/good_asgi", "pure ASGI middleware", direct),
        ),
        show=show_arrival,
        claims=claim_arrival,
    ),
    Proof(
        rule="LG304",
        title="A dict as Python prints it, in an event",
        bad=(Form(f"{LG304_DICT}/bad", "`data: {update}`", read_events),),
        good=(Form(f"{LG304_DICT}/good", "`data: {json.dumps(update)}`", read_events),),
        show=show_encoded,
        claims=claim_encoded,
    ),
    Proof(
        rule="LG304",
        title="Tokens with line breaks, in events",
        bad=(Form(f"{LG304_TEXT}/bad", "`data: {chunk.content}`", read_events),),
        good=(Form(f"{LG304_TEXT}/good", "`data: {json.dumps(chunk.content)}`", read_events),),
        show=show_text,
        claims=claim_text,
    ),
    Proof(
        rule="LG304",
        title="Messages that `json.dumps()` gets",
        bad=(Form(f"{LG304_MESSAGES}/bad", "`json.dumps(update)`", direct),),
        good=(Form(f"{LG304_MESSAGES}/good", "`json.dumps(jsonable_encoder(update))`", direct),),
        show=show_end,
        claims=claim_broken,
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
        rule="LG306",
        title="A silent node and no heartbeat, behind an nginx that waits for 2 s",
        bad=(Form(f"{LG306}/bad", "no heartbeat", behind_nginx(HTTP_1_1 + READ_TIMEOUT)),),
        good=(
            Form(
                f"{LG306}/good",
                "`EventSourceResponse(…, ping=1)`",
                behind_nginx(HTTP_1_1 + READ_TIMEOUT),
            ),
            Form(
                f"{LG306}/good_keep_alive",
                "a wait of 1 s that ends in a comment line",
                behind_nginx(HTTP_1_1 + READ_TIMEOUT),
            ),
        ),
        show=show_silence,
        claims=claim_silence,
    ),
    Proof(
        rule="LG307",
        title="A wait of 0.3 s for the next update, and a node that takes 1 s",
        bad=(
            Form(f"{LG307}/bad", "`wait_for(updates.__anext__())`", direct),
            Form(f"{LG307}/bad_block", "`anyio.move_on_after` around `anext()`", direct),
        ),
        good=(
            Form(f"{LG307}/good", "a task that `asyncio.wait` leaves running", direct),
            Form(f"{LG307}/good_queue", "the `get()` of a queue", direct),
        ),
        show=show_heartbeats,
        claims=claim_heartbeats,
    ),
    Proof(
        rule="LG308",
        title="A pool of three connections, three streams, and another route that asks",
        bad=(
            Form(f"{LG308}/bad", "the session was asked before", asked),
            Form(f"{LG308}/bad_user", "by a dependency behind another", asked),
        ),
        good=(
            Form(f"{LG308}/good_close", "`await session.close()` before the return", asked),
            Form(f"{LG308}/good_commit", "`await session.commit()`", asked),
            Form(f"{LG308}/good_scope", '`Depends(…, scope="function")`', asked),
        ),
        show=show_asked,
        claims=claim_asked,
    ),
    Proof(
        rule="LG309",
        title="A client that leaves after two of six tokens, and what is stored of the answer",
        bad=(
            Form(f"{LG309}/bad_after", "stored after the loop", left),
            Form(f"{LG309}/bad_finally", "awaited in `finally`", left),
            Form(f"{LG309}/bad_cancelled", "awaited in `except CancelledError`", left),
        ),
        good=(
            Form(f"{LG309}/good_shield", "in `finally`, under `CancelScope(shield=True)`", left),
            Form(f"{LG309}/good_task", "by a task of its own that runs the graph", left),
            Form(f"{LG309}/good_background", "by a `BackgroundTask` of the response", left),
        ),
        show=show_left,
        claims=claim_left,
    ),
    Proof(
        rule="LG310",
        title="A saver whose block ends before its stream",
        bad=(Form(f"{LG310}/bad", "the response leaves the block", direct),),
        good=(Form(f"{LG310}/good", "the block is the generator's", direct),),
        show=show_end,
        claims=claim_open,
    ),
    Proof(
        rule="LG311",
        title="The tokens of an agent inside of the graph",
        bad=(
            Form(f"{LG311}/bad", "the agent is a node", direct),
            Form(f"{LG311}/bad_call", "a node asks the agent", direct),
        ),
        good=(
            Form(f"{LG311}/good", "the agent is a node, `subgraphs=True`", direct),
            Form(f"{LG311}/good_call", "a node asks the agent, `subgraphs=True`", direct),
        ),
        show=show_arrival,
        claims=claim_pieces,
    ),
    Proof(
        rule="LG311",
        title="What a graph inside of the graph writes to the stream",
        bad=(Form(f"{LG311}/bad_writer", '`stream_mode="custom"`', direct),),
        good=(Form(f"{LG311}/good_writer", "with `subgraphs=True`", direct),),
        show=show_events,
        claims=claim_written,
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
        good=(
            Form(f"{LG402_MODEL}/good", "the model tagged `nostream`", direct),
            Form(f"{LG402_MODEL}/good_updates", '`stream_mode="updates"`', direct),
        ),
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

PROOFS = tuple(
    sorted(
        (*_SERVED, *TURN_BY_TURN, *CALLBACKS, *CLIENTS, *WIRING, *WORKERS, *PROXIED, *STOPPING),
        key=lambda proof: proof.rule,
    )
)
