"""`python -m benchmarks [FOLDER...]`: lg-lint against other linters, written to RESULTS.md."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import corpora
from benchmarks.measure import Command, in_turns, ratio

HERE = Path(__file__).parent
SCRIPTS = Path(sys.executable).parent
GENERATED: dict[str, Callable[[Path], Path]] = {
    "small application": lambda root: corpora.application(root, 9_000),
    "dense, 300,000 lines": lambda root: corpora.application(root, 300_000),
    "monorepo, 4,000 files, 1 % relevant": lambda root: corpora.monorepo(root, 4_000, 0.01),
    "monorepo, 20,000 files, 1 % relevant": lambda root: corpora.monorepo(root, 20_000, 0.01),
    "nothing relevant, 1,000 files": lambda root: corpora.nothing_relevant(root, 1_000),
    "application, 2,500 lines": lambda root: corpora.application(root, 2_500),
    "application, 20,000 lines": lambda root: corpora.application(root, 20_000),
    "application, chains of 200 calls": lambda root: corpora.application(root, 20_000, 200),
}


def commands(folder: Path, cache: Path, others: bool) -> list[Command]:
    def tool(name: str) -> str:
        return str(SCRIPTS / name)

    @contextmanager
    def changed() -> Iterator[None]:
        file = min(folder.rglob("routes_0.py"), default=None) or min(folder.rglob("*.py"))
        data, status = file.read_bytes(), file.stat()
        file.write_bytes(data + f"# {time.time_ns()}\n".encode())
        yield
        file.write_bytes(data)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    lint = [sys.executable, "-m", "lg_lint", "check", "--select", "ALL", "--quiet"]
    lint += ["--output-format", "concise"]
    ruff = [tool("ruff"), "check", "--select", "ASYNC", "--quiet", "--isolated"]
    found = [
        Command("ruff --no-cache", [*ruff, "--no-cache", "."]),
        Command("lg-lint --no-cache", [*lint, "--no-cache", "."]),
        Command("ruff, cached", [*ruff, "--cache-dir", str(cache / "ruff"), "."]),
        Command("lg-lint, cached", [*lint, "--cache-dir", str(cache / "lg-lint"), "."]),
        Command(
            "lg-lint, one file changed",
            [*lint, "--cache-dir", str(cache / "changed"), "."],
            changed,
        ),
        Command("import libcst", [sys.executable, "-c", "import libcst"]),
    ]
    if others:
        found += [
            Command("flake8-async", [tool("flake8"), "--select", "ASYNC", "--isolated", "."]),
            Command("fixit", [tool("fixit"), "-q", "lint", "."]),
            Command(
                "semgrep",
                [
                    *(tool("semgrep"), "scan", "--metrics=off", "--disable-version-check"),
                    *("--quiet", "--config", str(HERE / "semgrep.yml"), "."),
                ],
            ),
            Command("hydroid", [tool("hydroid"), "."]),
        ]
    return found


def check_installed() -> None:
    """A tool that is missing ends with status 1, as one does that finds something."""
    with tempfile.TemporaryDirectory() as elsewhere:
        command = [sys.executable, "-m", "lg_lint", "--version"]
        subprocess.run(command, cwd=elsewhere, check=True, stdout=subprocess.DEVNULL)


def table(name: str, measured: list[Command]) -> str:
    base = measured[0]
    size = "| command | wall s | CPU s | peak MiB | x " + base.name + " |\n|---|---|---|---|---|\n"
    rows = [
        f"| {each.name} | {wall:.3f} | {cpu:.3f} | {memory:.0f} | {ratio(each, base):.2f} |\n"
        for each in measured
        for wall, cpu, memory in [each.medians()]
    ]
    return f"\n## {name}\n\n{size}{''.join(rows)}"


def measure(name: str, folder: Path, runs: int, others: bool) -> str:
    print(name, flush=True)
    with tempfile.TemporaryDirectory() as cache:
        chosen = commands(folder, Path(cache), others)
        in_turns(chosen, folder, 1)  # fills caches
        for each in chosen:
            each.wall, each.cpu, each.memory = [], [], []
        return table(name, in_turns(chosen, folder, runs))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="projects, copied before use")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="generated projects with this in their name; '-' for none")
    parser.add_argument("--no-others", action="store_true", help="ruff alone to compare with")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md")
    options = parser.parse_args()
    check_installed()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    parts = [
        "# What lg-lint costs\n\n",
        f"Medians of {options.runs} alternating runs of whole processes; Python "
        f"{platform.python_version()}, {os.cpu_count()} processors, load before: {load}. "
        "Ratios are medians of neighbouring runs; seconds depend on the machine.\n",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, make in GENERATED.items():
            if options.only is None or options.only in name:
                root = make(Path(folder) / "project")
                parts.append(measure(name, root, options.runs, not options.no_others))
                shutil.rmtree(root)
        for given in options.folders:
            root = Path(shutil.copytree(given, Path(folder) / "project", symlinks=True))
            parts.append(measure(given.resolve().name, root, options.runs, not options.no_others))
            shutil.rmtree(root)
    options.output.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
