"""A loop that gives up once something has arrived."""

from collections.abc import Iterator

import httpx


def ask(url: str) -> Iterator[str]:
    received = False
    for attempt in range(3):
        try:
            with httpx.stream(
                "POST", f"{url}/run", params={"question": "why"}, timeout=None
            ) as response:
                for line in response.iter_lines():
                    received = True
                    if line:
                        yield line
            return
        except httpx.TransportError:
            if received or attempt == 2:
                raise
