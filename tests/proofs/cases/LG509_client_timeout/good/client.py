"""No read timeout."""

from collections.abc import Iterator

import httpx


def ask(url: str) -> Iterator[str]:
    with (
        httpx.Client(timeout=httpx.Timeout(10, read=None)) as client,
        client.stream("POST", f"{url}/run", params={"question": "why"}) as response,
    ):
        for line in response.iter_lines():
            if line:
                yield line
