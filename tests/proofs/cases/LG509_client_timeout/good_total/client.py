"""A limit for the connection alone."""

from collections.abc import AsyncIterator

import aiohttp


async def ask(url: str) -> AsyncIterator[str]:
    limit = aiohttp.ClientTimeout(total=None, sock_connect=10)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.post(f"{url}/run", params={"question": "why"}) as response,
    ):
        async for line in response.content:
            if line.strip():
                yield line.decode().strip()
