"""A read timeout that is shorter than the node's silence."""

from collections.abc import Iterator

import httpx


def ask(url: str) -> Iterator[str]:
    with (
        httpx.Client(timeout=httpx.Timeout(10, read=1)) as client,
        client.stream("POST", f"{url}/run", params={"question": "why"}) as response,
    ):
        for line in response.iter_lines():
            if line:
                yield line
