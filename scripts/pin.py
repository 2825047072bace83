"""Pins all that the tests install to its newest version: writes the constraints of the tests anew.

python scripts/pin.py

One file holds for every Python from 3.10 on and for every system, by markers. The older versions of
LangGraph that the conformance tests compare with have a file each. It takes half a minute, and uv.
"""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONFORMANCE = ROOT / "tests" / "conformance"
HEAD = "# Written by scripts/pin.py.\n"


def uv(folder: Path) -> str:
    """The program, installed into `folder` where there is none."""
    found = shutil.which("uv")
    if found:
        return found
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(scripts / "uv")


def pinned(program: str, *wanted: str, text: str = "") -> str:
    """The exact versions that give what is wanted, for all Pythons."""
    command = [program, "pip", "compile", "--quiet", "--universal", "--python-version", "3.10"]
    command += ["--no-header", "--no-annotate", "--strip-extras", *wanted]
    done = subprocess.run(
        command, input=text, cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    )
    exact = [line for line in done.stdout.splitlines() if "==" in line]
    return HEAD + "\n".join(exact) + "\n"


def main() -> None:
    versions = runpy.run_path(str(CONFORMANCE / "versions.py"))
    with tempfile.TemporaryDirectory() as folder:
        program = uv(Path(folder))
        texts = {
            ROOT / "tests" / "constraints.txt": pinned(program, "--extra", "test", "pyproject.toml")
        }
        for version, (packages, _) in versions["VERSIONS"].items():
            wanted = "\n".join((*packages, *versions["NEEDED"]))
            texts[versions["constraints"](version)] = pinned(program, "-", text=wanted)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {text.count('==')} versions")


if __name__ == "__main__":
    sys.exit(main())
