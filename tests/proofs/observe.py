"""Run the graph of the project in the working directory for some turns; print its growth as JSON.

A script: `python observe.py KEY TURNS` imports `graph` and `QUESTION` from `app`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer


def observe(graph: Any, question: dict[str, Any], key: str, turns: int) -> dict[str, list[int]]:
    """Bytes of each update, and after each turn the items under `key` and the state's bytes."""
    config = {"configurable": {"thread_id": "1"}}
    serializer = JsonPlusSerializer()
    updates, items, states = [], [], []
    for _ in range(turns):
        state: dict[str, Any] = {}
        for mode, part in graph.stream(question, config, stream_mode=["updates", "values"]):
            if mode == "updates":
                updates.append(len(json.dumps(part, default=str).encode()))
            else:
                state = part
        items.append(len(state[key]))
        states.append(len(serializer.dumps_typed(state)[1]))
    return {"updates": updates, "items": items, "states": states}


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    from app import QUESTION, graph

    key, turns = sys.argv[1:]
    print(json.dumps(observe(graph, QUESTION, key, int(turns))))


if __name__ == "__main__":
    main()
