"""Print the name of the exception that ends `events` of the project in the working directory.

A script: `python raised.py` imports `events` from `app` and reads it as a response would: an async
generator on an event loop, a plain one in a thread beside it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path


async def raised(events: AsyncIterator[str] | Iterator[str]) -> str:
    try:
        if isinstance(events, AsyncIterator):
            async for _ in events:
                pass
        else:
            await asyncio.to_thread(list, events)
    except Exception as error:
        return type(error).__name__
    return ""


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    from app import events

    print(asyncio.run(raised(events("why"))))


if __name__ == "__main__":
    main()
