"""Compares lg-lint's reading with older versions of LangGraph, each in an environment of its own.

    python tests/conformance/versions.py [FOLDER]

The environments are kept in FOLDER (default: a folder of this repository that git ignores), so that
only the first run installs. Takes about two minutes then, and ten seconds afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NEEDED = (str(ROOT), "pytest")
# With what each version is installed, and the subjects that it does not know.
VERSIONS = {
    "0.6": (("langgraph==0.6.*",), "not agents"),
    "1.0": (
        ("langgraph==1.0.*", "langgraph-prebuilt<1.0.9", "langchain==1.0.*"),
        "not agents",
    ),
}


def python_of(folder: Path) -> Path:
    scripts = "Scripts" if os.name == "nt" else "bin"
    return folder / scripts / "python"


def constraints(version: str) -> Path:
    """The exact versions that are installed with one of LangGraph."""
    return HERE / f"constraints-{version}.txt"


def prepare(folder: Path, packages: tuple[str, ...]) -> None:
    if not python_of(folder).exists():
        venv.create(folder, with_pip=True)
        install = [str(python_of(folder)), "-m", "pip", "install", "--quiet"]
        install += ["--constraint", str(constraints(folder.name))]
        subprocess.run([*install, *packages, *NEEDED], check=True)


def compare(folder: Path, subjects: str) -> int:
    command = [str(python_of(folder)), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [str(HERE / "test_wiring.py"), "-k", subjects]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main() -> int:
    kept = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".venv" / "conformance"
    worst = 0
    for version, (packages, subjects) in VERSIONS.items():
        folder = kept / version
        prepare(folder, packages)
        print(f"langgraph {version}", flush=True)
        worst = max(worst, compare(folder, subjects))
    return worst


if __name__ == "__main__":
    sys.exit(main())
