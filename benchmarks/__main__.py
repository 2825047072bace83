"""`python -m benchmarks [FOLDER...]`: lg-lint against other linters, written to RESULTS.md."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import corpora
from benchmarks.commands import SLOW_LINES, cached, commands, lines, start
from benchmarks.environment import HERE, Environment, environment
from benchmarks.growth import grown
from benchmarks.measure import Command, in_turns, ratio
from benchmarks.shares import shares

QUICK_RUNS = 12
"""Runs with nothing to do, for each of the others."""


def projects(env: Environment, scale: float) -> dict[str, Callable[[Path], Path]]:
    def monorepo(files: int, share: float) -> Callable[[Path], Path]:
        count = round(files * scale)
        return lambda root: corpora.monorepo(root, env.packages, count, round(count * share))

    def application(size: int) -> Callable[[Path], Path]:
        return partial(corpora.application, lines=round(size * scale))

    return {
        "small application, a third of it relevant": monorepo(56, 0.7),
        "small application, all of it relevant": application(9_000),
        "dense, 300,000 lines, a third of it relevant": monorepo(4_300, 0.303),
        "dense, 300,000 lines, all of it relevant": application(300_000),
        "monorepo, 4,000 files, 1 % relevant": monorepo(4_000, 0.01),
        "monorepo, 20,000 files, 1 % relevant": monorepo(20_000, 0.01),
        "nothing relevant, 1,000 files": monorepo(1_000, 0),
    }


def table(title: str, measured: list[Command]) -> str:
    base = measured[0]
    head = f"| command | wall s | CPU s | peak MiB | x {base.name} | runs |\n{'|---' * 6}|\n"
    rows = [
        f"| {each.name} | {wall:.3f} | {cpu:.3f} | {memory:.0f} | {ratio(each, base):.2f} "
        f"| {len(each.wall)} |\n"
        for each in measured
        for wall, cpu, memory in [each.medians()]
    ]
    return f"\n## {title}\n\n{head}{''.join(rows)}"


def measure(env: Environment, name: str, folder: Path, runs: int, others: bool) -> str:
    files = sum(1 for _ in folder.rglob("*.py"))
    print(name, flush=True)
    with tempfile.TemporaryDirectory() as cache:
        chosen = commands(env, folder, Path(cache), others)
        title = f"{name} ({files:,} files, {lines(folder):,} lines)"
        found = table(title, in_turns(chosen, folder, runs))
        quick = [*cached(env, Path(cache)), start(env)]
        return found + unchanged(in_turns(quick, folder, runs * QUICK_RUNS))


def unchanged(measured: list[Command]) -> str:
    """Runs of a hundredth of a second need more turns, and none that are slow between them."""
    base = measured[0]
    found = "; ".join(
        f"{each.name}: {each.medians()[0] * 1000:.1f} ms ({ratio(each, base):.2f}x)"
        for each in measured
    )
    return f"\nNothing changed, in {len(base.wall)} turns of their own: {found}.\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="projects, copied before use")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="what has this in its name, of projects and of growth")
    parser.add_argument("--no-others", action="store_true", help="ruff alone to compare with")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the size, two runs")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md")
    options = parser.parse_args()
    scale, runs = (0.05, 2) if options.quick else (1.0, options.runs)
    env = environment()
    others = not options.no_others
    options.output.write_text(heading(env, runs), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        for name, make in projects(env, scale).items():
            if not options.only or options.only in name:
                append(options.output, measure(env, name, make(root), runs, others))
                shutil.rmtree(root)
        append(options.output, grown(env, Path(folder), options.only, scale))
        copies = {}
        for given in options.folders:
            name = given.resolve().name
            copies[name] = shutil.copytree(given, Path(folder) / "given" / name, symlinks=True)
            append(options.output, measure(env, name, copies[name], runs, others))
        if not options.only or options.only in "shares":
            for size in (9_000, 40_000):
                made = Path(folder) / f"generated_{size}"
                copies[f"{size:,} lines, all relevant"] = corpora.application(
                    made, round(size * scale)
                )
        if copies:
            append(options.output, shares(env, copies))


def append(file: Path, text: str) -> None:
    """Write what is measured at once: the whole takes a quarter of an hour."""
    with file.open("a", encoding="utf-8") as output:
        output.write(text)


def heading(env: Environment, runs: int) -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    versions = ", ".join(
        f"{name} {env.versions[name]}"
        for name in ("ruff", "hydroid-cli", "semgrep", "flake8-async", "fixit")
        if name in env.versions
    )
    return (
        "# What lg-lint costs\n\n"
        f"Written by `python -m benchmarks`: medians of up to {runs} alternating runs of whole "
        "processes, all rules on.\n"
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load before: {load}; "
        f"{versions}.\n"
        "The ratio is the median over neighbouring runs, and holds better than seconds do. Peak "
        "memory is that of the\nlargest process. semgrep runs the rules of "
        "[semgrep.yml](semgrep.yml) and none from a network. flake8-async and\nfixit take minutes "
        f"on more than {SLOW_LINES:,} lines and are not run there. All are installed by the newest "
        "pip: what one\nbefore 25.2 puts first in a command, `import re`, would be 5 ms of each "
        "run of ours.\n"
    )


if __name__ == "__main__":
    main()
