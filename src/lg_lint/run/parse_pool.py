"""Texts lowered by other processes. What comes out does not depend on their number.

Texts go down one pipe of a process; encoded facts come up another
in the order of the texts, and the parent takes them as it needs them. A process that dies has met a
text that its parser cannot bear: that text is told apart, and another process goes on behind it.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import signal
from collections.abc import Callable, Mapping
from typing import NoReturn

WORTH_A_PROCESS = 500_000
"""Bytes of text that are worth one more process."""

_LENGTH = 8
_CHUNK = 1 << 20


class Workers:
    """Processes that lower texts, begun at once. Raises OSError where none is to be had.

    A text may take `seconds` of processor time (0: any), and `memory` bytes: else it counts as one
    that its process does not survive.
    """

    def __init__(self, number: int, seconds: int = 0, memory: int = 0) -> None:
        self._limits = (seconds, memory)
        self._lines: list[_Line] = []
        self._processes: list[int] = []
        self._of: dict[str, _Line] = {}
        for _ in range(number):
            self._start()

    def submit(self, texts: Mapping[str, str]) -> None:
        """Have texts lowered, by key. Processes get shares of about the same size."""
        shares: dict[_Line, dict[str, str]] = {line: {} for line in self._lines}
        for key in sorted(texts, key=lambda key: (-len(texts[key]), key)):
            line = min(self._lines, key=lambda line: line.load)
            line.load += len(texts[key])
            shares[line][key] = texts[key]
            self._of[key] = line
        for line, share in shares.items():
            line.enqueue(share)
        while self._turn(wait=False):
            pass

    def has(self, key: str) -> bool:
        """Whether a text was submitted and not yet taken."""
        return key in self._of

    def take(self, key: str) -> bytes | None:
        """The encoded facts of a text; None where they cannot be encoded.

        Raises ChildProcessError where the text made its process die.
        """
        while key not in self._of[key].found:
            self._turn()
        line = self._of.pop(key)
        if key == line.killer:
            raise ChildProcessError("the parser does not survive it")
        return line.found.pop(key)

    def close(self) -> None:
        """End the processes."""
        for line in self._lines:
            line.close()
        for process in self._processes:
            os.waitpid(process, 0)
        self._lines, self._processes = [], []

    def _start(self) -> None:
        from lg_lint.facts import codec, extract

        down, up = os.pipe(), os.pipe()
        process = os.fork()
        if not process:
            others = [end for line in self._lines for end in (line.down, line.up)]
            _work(
                down[0],
                up[1],
                [down[1], up[0], *others],
                lambda text: codec.encode(extract.extract(text)),
                self._limits,
            )
        self._processes.append(process)
        self._lines.append(_Line(down[1], up[0]))
        os.close(down[0])
        os.close(up[1])

    def _turn(self, *, wait: bool = True) -> bool:
        """Send and receive what can be, after waiting for something that can; whether there was."""
        alive = [line for line in self._lines if line.is_alive]
        readable, writable, _ = select.select(
            [line.up for line in alive],
            [line.down for line in alive if line.unsent],
            [],
            None if wait else 0,
        )
        for line in alive:
            if line.down in writable:
                line.send()
            if line.up in readable:
                line.receive()
                if not line.is_alive and line.waiting:
                    self._resume(line)
        return bool(readable or writable)

    def _resume(self, dead: _Line) -> None:
        """Have a new process go on behind the text that killed another."""
        dead.killer = next(iter(dead.waiting))
        dead.found[dead.killer] = None
        rest = {key: text for key, text in dead.waiting.items() if key != dead.killer}
        dead.waiting.clear()
        if rest:
            self._start()
            self._lines[-1].enqueue(rest)
            self._of.update(dict.fromkeys(rest, self._lines[-1]))


class _Line:
    """One process, seen from its parent: what it was given, and what it has answered."""

    def __init__(self, down: int, up: int) -> None:
        self.down = down
        self.up = up
        self.load = 0
        self.is_alive = True
        self.killer: str | None = None
        self.unsent = bytearray()
        self.waiting: dict[str, str] = {}
        self.found: dict[str, bytes | None] = {}
        self._received = bytearray()
        import fcntl  # not everywhere, but where there are workers

        os.set_blocking(down, False)
        with contextlib.suppress(OSError):  # there is a limit for the pipes of all processes
            fcntl.fcntl(down, fcntl.F_SETPIPE_SZ, _CHUNK)
            fcntl.fcntl(up, fcntl.F_SETPIPE_SZ, _CHUNK)

    def enqueue(self, texts: Mapping[str, str]) -> None:
        """Note texts to be sent; they are lowered in the order of their keys."""
        for key in sorted(texts):
            self.waiting[key] = texts[key]
            data = marshal.dumps(texts[key])
            self.unsent += len(data).to_bytes(_LENGTH, "big") + data

    def send(self) -> None:
        try:
            del self.unsent[: os.write(self.down, self.unsent[:_CHUNK])]
        except BrokenPipeError:  # it is dead, as its other pipe will say
            self.unsent.clear()

    def receive(self) -> None:
        chunk = os.read(self.up, _CHUNK)
        if not chunk:
            self.is_alive = False
            self.unsent.clear()
            return
        self._received += chunk
        while len(self._received) >= _LENGTH:
            length = int.from_bytes(self._received[:_LENGTH], "big")
            end = _LENGTH + length
            if len(self._received) < end:
                return
            key = next(iter(self.waiting))
            del self.waiting[key]
            self.found[key] = bytes(self._received[_LENGTH:end]) or None
            del self._received[:end]

    def close(self) -> None:
        os.close(self.down)
        os.close(self.up)


def _work(
    down: int,
    up: int,
    others: list[int],
    encoded: Callable[[str], bytes],
    limits: tuple[int, int],
) -> NoReturn:
    """Turn this copy of the parent into a process that answers until there is no more to read."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends, and the pipes with it
        for end in others:
            os.close(end)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a dying parser says helps nobody
        _serve(down, up, encoded, *limits)
        status = 0
    finally:
        os._exit(status)


def _serve(down: int, up: int, encoded: Callable[[str], bytes], seconds: int, memory: int) -> None:
    """Answer each text with its encoded facts, or with nothing."""
    import resource

    _limit(resource.RLIMIT_CORE, 0)  # a process that is ended is no reason for a dump
    if memory:
        _limit(resource.RLIMIT_AS, _size() + memory)
    with open(down, "rb") as source, open(up, "wb") as sink:
        while head := source.read(_LENGTH):
            text = marshal.loads(source.read(int.from_bytes(head, "big")))
            data = b""
            if seconds:
                used = resource.getrusage(resource.RUSAGE_SELF)
                _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)
            with contextlib.suppress(ValueError):  # nested too deeply
                data = encoded(text)
            sink.write(len(data).to_bytes(_LENGTH, "big") + data)
            sink.flush()


def _limit(kind: int, most: int) -> None:
    """What the system lets this process take; less where it is told so from outside."""
    import resource

    hard = resource.getrlimit(kind)[1]
    with contextlib.suppress(OSError, ValueError):
        unlimited = hard == resource.RLIM_INFINITY
        resource.setrlimit(kind, (most if unlimited else min(most, hard), hard))


def _size() -> int:
    """The address space of this process."""
    import resource

    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
