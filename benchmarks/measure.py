"""Whole processes: wall time, CPU time and peak memory, run in turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

LAUNCHER = Path(__file__).parent / "launcher.py"
# A command that has run this long in a case is not started again there.
SECONDS = 30.0
SLOW_SECONDS = 8.0


@dataclass
class Command:
    """A command to measure; `around` is entered for each run, unmeasured.

    A slow one has no first run to warm up, and is not started again once it has taken its time.
    """

    name: str
    arguments: Sequence[str]
    around: Callable[[], AbstractContextManager[None]] = nullcontext
    slow: bool = False
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def run(self, folder: Path) -> None:
        with self.around(), tempfile.NamedTemporaryFile() as sink:
            command = [sys.executable, "-S", "-I", str(LAUNCHER), sink.name, *self.arguments]
            said = subprocess.run(
                command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True
            )
            code, wall, cpu, memory = (float(each) for each in said.stdout.split())
            if code not in (0, 1):
                text = Path(sink.name).read_text(errors="replace")[-500:]
                raise RuntimeError(f"{self.name}: status {code:.0f}: {text}")
        self.wall.append(wall)
        self.cpu.append(cpu)
        self.memory.append(memory / 1024)

    def medians(self) -> tuple[float, float, float]:
        median = statistics.median
        return median(self.wall), median(self.cpu), median(self.memory)


def in_turns(commands: Sequence[Command], folder: Path, runs: int) -> list[Command]:
    """Run the commands one after the other, again and again. One that fails is left out."""
    left = list(commands)
    for command in [each for each in commands if not each.slow]:
        _tried(command, folder, left)
        command.wall, command.cpu, command.memory = [], [], []
    for _ in range(runs):
        for command in list(left):
            if sum(command.wall) < (SLOW_SECONDS if command.slow else SECONDS):
                _tried(command, folder, left)
    return left


def _tried(command: Command, folder: Path, left: list[Command]) -> None:
    try:
        command.run(folder)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"  left out: {error}")
        left.remove(command)


def ratio(command: Command, base: Command) -> float:
    """The median of the ratios of runs that stood next to each other."""
    return statistics.median(a / b for a, b in zip(command.wall, base.wall, strict=False))
