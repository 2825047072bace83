"""A small application and a client, in one loop, that see what nginx does to a stream between them.

Whether a chunk passes at once is no matter of time: the application sends the next one only after
the client has the first, or after it has waited in vain.
"""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass, field

CHUNKS = (b"data: one\n\n", b"data: two\n\n", b"data: three\n\n")
PATIENCE = 20.0
"""Seconds after which what should come does not come any more."""


@dataclass
class Probe:
    """One request: what the application is to do, and what both sides saw."""

    port: int
    uri: str
    act: str  # "stream", "silent" or "broken"
    media_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    accepts_gzip: bool = True
    via: bool = False
    client: str = "1.1"
    wait: float = PATIENCE

    seen_version: str = ""
    seen_path: str = ""
    seen_first: bool = False
    was_closed: bool = False
    silent_for: float = 0.0
    status: int = 0
    got: bytes = b""
    got_headers: dict[str, str] = field(default_factory=dict)
    is_complete: bool = False
    first: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Application:
    """Answers each request as the probe says that its `X-Probe` header names."""

    def __init__(self) -> None:
        self.probes: dict[str, Probe] = {}

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        probe: Probe | None = None
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.split("\r\n")
            _, path, version = line.split(" ")
            names = dict(each.lower().split(": ", 1) for each in rest if ": " in each)
            probe = self.probes[names["x-probe"]]
            probe.seen_path, probe.seen_version = (
                path.partition("?")[0],
                version.removeprefix("HTTP/"),
            )
            await self._answer(probe, reader, writer, is_chunked=probe.seen_version == "1.1")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            if probe is not None:
                probe.answered.set()

    async def _answer(
        self,
        probe: Probe,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        is_chunked: bool,
    ) -> None:
        def frame(data: bytes) -> bytes:
            return b"%x\r\n%s\r\n" % (len(data), data) if is_chunked else data

        headers = {"Content-Type": probe.media_type, **probe.headers}
        if is_chunked:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Connection"] = "close"
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 200 OK\r\n{text}\r\n".encode())
        writer.write(frame(CHUNKS[0]))
        await writer.drain()
        if probe.act == "broken":
            return
        if probe.act == "silent":
            start = asyncio.get_running_loop().time()
            probe.was_closed = await _within(reader.read(1), probe.wait)
            probe.silent_for = asyncio.get_running_loop().time() - start
        else:
            probe.seen_first = await _within(probe.first.wait(), probe.wait)
        for chunk in CHUNKS[1:]:
            writer.write(frame(chunk))
            await writer.drain()
        if is_chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()


async def _within(waiting: object, seconds: float) -> bool:
    try:
        await asyncio.wait_for(waiting, seconds)  # type: ignore[arg-type]
    except (asyncio.TimeoutError, TimeoutError):
        return False
    except ConnectionError:
        return True
    return True


async def ask(probe: Probe, name: str) -> None:
    """Send a probe's request through nginx, and read until nginx closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", probe.port)
    headers = {"Host": "localhost", "X-Probe": name, "Connection": "close"}
    if probe.accepts_gzip:
        headers["Accept-Encoding"] = "gzip"
    if probe.via:
        headers["Via"] = "1.1 cdn"
    text = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    writer.write(
        f"{probe.method} {probe.uri}?probe={name} HTTP/{probe.client}\r\n{text}\r\n".encode()
    )
    raw = b""
    try:
        while data := await reader.read(65536):
            raw += data
            _look(probe, raw)
            if CHUNKS[0] in probe.got:
                probe.first.set()
    except ConnectionError:
        pass
    finally:
        writer.close()
    probe.is_complete = _look(probe, raw)
    if probe.seen_path:
        await asyncio.wait_for(probe.answered.wait(), PATIENCE)


def _look(probe: Probe, raw: bytes) -> bool:
    """Take the answer apart; whether it is complete once the connection is closed."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    if not line:
        return False
    probe.status = int(line.split(" ")[1])
    probe.got_headers = dict(each.lower().split(": ", 1) for each in rest if ": " in each)
    is_complete = True
    if probe.got_headers.get("transfer-encoding") == "chunked":
        body, is_complete = _unframed(body)
    if probe.got_headers.get("content-encoding") == "gzip":
        body = zlib.decompressobj(31).decompress(body)
    probe.got = body
    return is_complete


def _unframed(body: bytes) -> tuple[bytes, bool]:
    found = b""
    while b"\r\n" in body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return found, True
        found += body[:length]
        body = body[length + 2 :]
    return found, False
