"""Print what `ask` of the project in the working directory gets, as JSON.

A script: `python calling.py URL` imports `ask` from `client` and reads it to its end or failure.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path


async def call(answer: AsyncIterator[str] | Iterator[str]) -> dict[str, object]:
    """The lines that arrived, and the name of the exception that ended them."""
    received: list[str] = []
    error = ""
    try:
        if isinstance(answer, AsyncIterator):
            async for line in answer:
                received.append(line)
        else:
            for line in answer:
                received.append(line)
    except Exception as failure:
        error = type(failure).__name__
    return {"received": received, "error": error}


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    from client import ask

    print(json.dumps(asyncio.run(call(ask(sys.argv[1])))))


if __name__ == "__main__":
    main()
