"""What of lg-lint's knowledge no longer holds for the newest libraries.

    python -m tests.drift [FOLDER]

Makes an environment with the newest of everything that the tests install, in FOLDER or for this run
alone, and tries the rows of knowledge, the graphs and the gates of versions there. It is no part of
the tests: what others release does not make a change here wrong. Takes about three minutes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import venv
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = {
    "knowledge rows": sorted((ROOT / "tests" / "unit").glob("test_knowledge*.py")),
    "conformance graphs": [ROOT / "tests" / "conformance"],
    "version gates": [
        ROOT / "tests" / "unit" / "test_knowledge_versions.py",
        ROOT / "tests" / "unit" / "test_version_gates.py",
    ],
}
GATES = PARTS["version gates"][0]
MOST_LINES = 8
"""Of what a test says: which classes are new stands under the first one."""


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(folder: Path) -> None:
    venv.create(folder, with_pip=True)
    command = [python_of(folder), "-m", "pip", "install", "--quiet", "--upgrade"]
    subprocess.run([*command, f"{ROOT}[test]"], check=True)


def versions(folder: Path) -> dict[str, str]:
    command = [python_of(folder), "-m", "pip", "list", "--format", "freeze"]
    listed = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    pairs = [line.split("==") for line in listed.splitlines() if "==" in line]
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


def news(installed: dict[str, str]) -> list[str]:
    """The packages whose version is none of those that are pinned."""
    pinned: dict[str, list[str]] = {}
    for line in (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, is_pin, version = line.partition(";")[0].strip().partition("==")
        if is_pin:
            pinned.setdefault(name, []).append(version)
    return [
        f"{name} {' or '.join(pinned[name])} -> {version}"
        for name, version in sorted(installed.items())
        if name in pinned and version not in pinned[name]
    ]


def lost(folder: Path, paths: list[Path]) -> tuple[int, list[str]]:
    """How many of some tests were tried, and what fails of them, each in a few lines."""
    with tempfile.TemporaryDirectory() as kept:
        report = Path(kept) / "report.xml"
        command = [python_of(folder), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["--tb=no", f"--junitxml={report}", *paths]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, capture_output=True, encoding="utf-8"
        )
        if done.returncode not in (0, 1) or not report.exists():
            return 0, [f"the tests do not run: {line}" for line in done.stdout.splitlines()[-5:]]
        return failures(report)


def failures(report: Path) -> tuple[int, list[str]]:
    tried, found = 0, []
    for case in ET.parse(report).iter("testcase"):
        tried += case.find("skipped") is None
        for kind in ("failure", "error", "skipped"):
            for problem in case.iter(kind):
                said = [line for line in (problem.get("message") or "?").splitlines() if line]
                why = "not tried: " if kind == "skipped" else ""
                found.append(f"{case.get('name')}: {why}" + "\n    ".join(said[:MOST_LINES]))
    return tried, found


def check(folder: Path) -> int:
    """Print what holds and what does not; returns the exit status."""
    new = news(versions(folder))
    print("Newer than what is pinned:", *(new or ["nothing"]), sep="\n  ", flush=True)
    broken = 0
    for part, paths in PARTS.items():
        tried = [path for path in paths if part == "version gates" or path != GATES]
        count, gone = lost(folder, tried)
        broken += len(gone)
        said = f"{len(gone)} no longer hold, or were not tried" if gone else "all hold"
        print(f"{part}: {said} ({count} tried)", flush=True)
        print(*(f"  {line}" for line in gone), sep="\n", end="\n" if gone else "", flush=True)
    return 1 if broken else 0


def main(arguments: list[str]) -> int:
    if arguments:
        folder = Path(arguments[0])
        install(folder)
        return check(folder)
    with tempfile.TemporaryDirectory() as name:
        install(Path(name))
        return check(Path(name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
