"""Streams a run of any project's graph, as an application would that serves nothing else.

`/run?source=PATH` imports the file at PATH and streams its `graph`: the names of the nodes, then
each update and state, and in the end what ended the run.
"""

import functools
import importlib.util
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.types import Command

app = FastAPI()


@functools.cache
def graph_in(source: str) -> Any:
    """The graph of a file: imported once, so that a thread goes on from run to run."""
    spec = importlib.util.spec_from_file_location("project", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.graph


@app.get("/ping")
async def ping() -> str:
    return "pong"


def frame(event: str, data: Any) -> str:
    return f"event: {event}\ndata: {json.dumps(data, default=str)}\n\n"


async def events(graph: Any, given: Any, config: dict[str, Any]) -> AsyncIterator[str]:
    yield frame("nodes", [name for name in graph.nodes if not name.startswith("__")])
    try:
        async for mode, part in graph.astream(given, config, stream_mode=["updates", "values"]):
            yield frame(mode, part)
    except Exception as error:
        yield frame("error", type(error).__name__)
        raise
    yield frame("end", {})


@app.get("/run")
async def run(
    source: str, thread: str, state: str = "", resume: str = "", limit: int | None = None
) -> StreamingResponse:
    given = Command(resume=resume) if resume else json.loads(state)
    config: dict[str, Any] = {"configurable": {"thread_id": thread}}
    if limit is not None:
        config["recursion_limit"] = limit
    return StreamingResponse(
        events(graph_in(source), given, config), media_type="text/event-stream"
    )
