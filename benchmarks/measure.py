"""Whole processes: wall time, CPU time and peak memory, run in turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Command:
    """A command to measure; `around` is entered for each run, unmeasured."""

    name: str
    arguments: Sequence[str]
    around: Callable[[], AbstractContextManager[None]] = nullcontext
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def run(self, folder: Path) -> None:
        with self.around(), tempfile.TemporaryFile() as sink:
            start = time.perf_counter()
            process = subprocess.Popen(self.arguments, cwd=folder, stdout=sink, stderr=sink)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall.append(time.perf_counter() - start)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 1):
                sink.seek(0)
                text = sink.read().decode(errors="replace")[-500:]
                raise RuntimeError(f"{self.name}: status {process.returncode}: {text}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory.append(usage.ru_maxrss / 1024)

    def medians(self) -> tuple[float, float, float]:
        return tuple(map(statistics.median, (self.wall, self.cpu, self.memory)))


def in_turns(commands: Sequence[Command], folder: Path, runs: int) -> list[Command]:
    """Run the commands one after the other, again and again. One that fails is left out."""
    left = list(commands)
    for _ in range(runs):
        for command in list(left):
            try:
                command.run(folder)
            except (OSError, RuntimeError) as error:
                print(f"  left out: {error}")
                left.remove(command)
    return left


def ratio(command: Command, base: Command) -> float:
    """The median of the ratios of runs that stood next to each other."""
    return statistics.median(a / b for a, b in zip(command.wall, base.wall, strict=True))
