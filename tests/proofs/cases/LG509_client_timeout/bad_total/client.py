"""A limit for the whole answer that is shorter than the run."""

from collections.abc import AsyncIterator

import aiohttp


async def ask(url: str) -> AsyncIterator[str]:
    limit = aiohttp.ClientTimeout(total=1)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.post(f"{url}/run", params={"question": "why"}) as response,
    ):
        async for line in response.content:
            if line.strip():
                yield line.decode().strip()
