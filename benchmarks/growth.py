"""How the cost of a cold run grows when one thing at a time gets eight times as large."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import corpora
from benchmarks.commands import lg_lint
from benchmarks.environment import HERE, Environment
from benchmarks.measure import Command, in_turns

FACTORS = (1, 2, 4, 8)
RUNS = 5
FLAT = 0.1


def axes(env: Environment, scale: float) -> dict[str, Callable[[Path, int], Path]]:
    """Each axis makes a project of so many times its smallest size."""

    def of(size: int, factor: int) -> int:
        return max(1, round(size * factor * scale))

    def written(make: Callable[[int], dict[str, str]], root: Path, count: int) -> Path:
        root.mkdir()
        for path, text in make(count).items():
            (root / path).write_text(text)
        return root

    installed = env.packages
    chains = runpy.run_path(str(HERE.parent / "tests" / "robustness" / "chains.py"))
    return {
        **{
            f"links in which each leads to the one before twice: {name} (4 to 32)": partial(
                lambda make, root, factor: written(make, root, of(4, factor)), make
            )
            for name, make in chains["DOUBLING"].items()
        },
        **{
            f"much of one thing: {name} (25 to 200)": partial(
                lambda make, root, factor: written(make, root, of(25, factor)), make
            )
            for name, make in chains["GROWING"].items()
        },
        "lines, all relevant (5,000 to 40,000)": lambda root, factor: corpora.application(
            root, of(5_000, factor)
        ),
        "files, 30 of them relevant (1,000 to 8,000)": lambda root, factor: corpora.monorepo(
            root, installed, of(1_000, factor), of(30, 1), of(970, 1)
        ),
        "relevant share of 2,000 files (1 % to 8 %)": lambda root, factor: corpora.monorepo(
            root, installed, of(2_000, 1), of(20, factor)
        ),
        "length of call chains in 20,000 lines (25 to 200)": lambda root, factor: (
            corpora.application(root, of(20_000, 1), 25 * factor)
        ),
        "one strongly connected component (1,000 to 8,000 functions)": lambda root, factor: (
            corpora.component(root, of(1_000, factor))
        ),
    }


def grown(env: Environment, folder: Path, only: str | None, scale: float) -> str:
    """Two table rows an axis, at 1x to 8x: Python calls, and CPU seconds in turns."""
    rows = []
    for name, make in axes(env, scale).items():
        if only and only not in name:
            continue
        print(name, flush=True)
        projects = [make(folder / f"x{factor}", factor) for factor in FACTORS]
        runs = [Command(str(root), lg_lint(env, "--no-cache", path=str(root))) for root in projects]
        in_turns(runs, folder, RUNS)
        rows.append(_row(name, "million calls", [calls(env, root) / 1e6 for root in projects]))
        rows.append(_row("", "seconds", [min(each.cpu) for each in runs]))
        for root in projects:
            shutil.rmtree(root)
    if not rows:
        return ""
    return (
        "\n## How a cold run grows\n\n"
        "Calls that Python makes in a run, counted: they are the same in each run. CPU seconds of "
        f"lg-lint --no-cache, the least\nof {RUNS} runs, started processes with them, and as noisy "
        "as the machine. Slope: the cost of one more unit between 4x and 8x,\n"
        "against that between 1x and 4x; 1.00 is a straight line; "
        f"flat: 8x costs less than {1 + FLAT:.1f} times 1x.\n\n"
        "| what grows | in | 1x | 2x | 4x | 8x | 8x to 1x | slope |\n"
        f"{'|---' * 8}|\n{''.join(rows)}"
    )


def calls(env: Environment, folder: Path, *without: str) -> int:
    """How many calls Python makes in a run, without some rules."""
    command = [str(env.own_python), str(HERE / "counter.py"), str(folder), *without]
    fixed = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=fixed)
    return int(done.stdout)


def _row(name: str, unit: str, costs: list[float]) -> str:
    first, _, half, last = costs
    flat = last / first < 1 + FLAT
    slope = "flat" if flat else f"{(last - half) / 4 / ((half - first) / 3):.2f}"
    cells = " | ".join(f"{each:.2f}" for each in costs)
    return f"| {name} | {unit} | {cells} | {last / first:.2f} | {slope} |\n"
