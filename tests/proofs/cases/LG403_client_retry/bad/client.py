"""A loop that posts the run again."""

from collections.abc import Iterator

import httpx


def ask(url: str) -> Iterator[str]:
    for attempt in range(3):
        try:
            with httpx.stream(
                "POST", f"{url}/run", params={"question": "why"}, timeout=None
            ) as response:
                for line in response.iter_lines():
                    if line:
                        yield line
            return
        except httpx.TransportError:
            if attempt == 2:
                raise
