"""Write src/lg_lint/knowledge/derived/: what waits in installed packages, found by introspection.

    python -m venv V && V/bin/pip install -r scripts/derived-packages.txt
    V/bin/python scripts/derive_knowledge.py [PACKAGE ...]

Run it with the Python of an environment that has the packages of `scripts/derived-packages.toml`.
Their modules are imported and the source of their functions is read; no client is made, nothing is
called.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import tomllib

ROOT = Path(__file__).parents[1]
LIST = ROOT / "scripts" / "derived-packages.toml"
TARGET = ROOT / "src" / "lg_lint" / "knowledge" / "derived"


def listed() -> dict[str, dict[str, Any]]:
    return tomllib.loads(LIST.read_text("utf-8"))


def main() -> None:
    words = sys.argv[1:]
    if words[:1] == ["--one"]:
        print(json.dumps(_one(words[1])))
        return
    for name in words or listed():
        run = subprocess.run(
            [sys.executable, __file__, "--one", name], capture_output=True, text=True, timeout=900
        )
        if run.returncode:
            print(f"{name}: failed: {run.stderr.strip().splitlines()[-1:]}")
            continue
        found = json.loads(run.stdout.splitlines()[-1])
        TARGET.mkdir(exist_ok=True)
        text = written(found)
        (TARGET / f"{name}.json").write_text(text, encoding="utf-8")
        count = sum(
            len(names) for cls in found["classes"].values() for *_, names in cls.get("waits", ())
        )
        (TARGET / "index.json").write_text(index(), encoding="utf-8")
        sizes = f"{len(found['classes'])} classes, {count} methods, {len(text)} bytes"
        print(f"{name} {found['version']}: {sizes}")


def index() -> str:
    """To each top module of some package's rows, the package."""
    tops = {
        module: path.stem
        for path in sorted(TARGET.glob("*.json"))
        if path.name != "index.json"
        for module in json.loads(path.read_text("utf-8"))["modules"]
    }
    return json.dumps(tops, indent=0, sort_keys=True) + "\n"


def _one(name: str) -> dict[str, Any]:
    sys.setrecursionlimit(20000)
    sys.path.insert(0, str(ROOT / "scripts"))
    from deriving.report import report
    from deriving.rows import Package

    row = listed()[name]
    try:
        number = version(row.get("distribution", name))
    except PackageNotFoundError:
        number = "?"
    package = Package(row, number)
    package.explore()
    return report(name, package)


def written(found: dict[str, Any]) -> str:
    """One class a line, so that a change of one can be read."""
    head = {key: value for key, value in found.items() if not isinstance(value, dict)}
    lines = [json.dumps(head)[:-1]]
    for key, value in found.items():
        if isinstance(value, dict):
            inner = ",\n".join(
                f"{json.dumps(name)}: {json.dumps(each)}" for name, each in sorted(value.items())
            )
            lines.append(
                f"{json.dumps(key)}: {{\n{inner}\n}}" if inner else f"{json.dumps(key)}: {{}}"
            )
    return ",\n".join(lines) + "}\n"


if __name__ == "__main__":
    main()
