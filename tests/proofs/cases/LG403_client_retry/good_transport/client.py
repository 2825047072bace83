"""The transport of httpx connects again, and sends nothing twice."""

from collections.abc import Iterator

import httpx


def ask(url: str) -> Iterator[str]:
    transport = httpx.HTTPTransport(retries=3)
    with (
        httpx.Client(transport=transport, timeout=None) as client,
        client.stream("POST", f"{url}/run", params={"question": "why"}) as response,
    ):
        for line in response.iter_lines():
            if line:
                yield line
