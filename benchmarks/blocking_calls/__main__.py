"""How many of the listed calls are told, and which of their async twins.

python -m benchmarks.blocking_calls --show
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from .snippets import Snippet, program, snippets

_RULES = {"LG101", "LG102", "LG103"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="name each call that is judged wrongly")
    parser.add_argument("--package", default="", help="only this package")
    options = parser.parse_args()
    cases = [case for case in snippets() if options.package in ("", case.package)]
    wrong: dict[str, list[str]] = defaultdict(list)
    counts: Counter[tuple[str, str, bool]] = Counter()
    for at_import in (False, True):
        for case, right in _judged(cases, at_import):
            counts[case.kind, case.area, right] += 1
            if not right:
                wrong[case.kind].append(f"{'module' if at_import else 'node'}: {case.name}")
    _print(counts)
    for kind, names in wrong.items():
        print(f"{kind}: {len(names)} wrong")
        if options.show:
            print(*(f"    {name}" for name in names), sep="\n")


def _print(counts: Counter[tuple[str, str, bool]]) -> None:
    for kind in sorted({kind for kind, _, _ in counts}):
        areas = sorted({area for other, area, _ in counts if other == kind})
        right = sum(counts[kind, area, True] for area in areas)
        total = right + sum(counts[kind, area, False] for area in areas)
        pairs = [(area, counts[kind, area, True], counts[kind, area, False]) for area in areas]
        shares = ", ".join(f"{area} {yes}/{yes + no}" for area, yes, no in pairs)
        print(f"{kind}: {right} of {total} right ({right / total:.3f}); {shares}")


def _judged(cases: list[Snippet], at_import: bool) -> list[tuple[Snippet, bool]]:
    with tempfile.TemporaryDirectory() as folder:
        lines: dict[str, int] = {}
        for number, case in enumerate(cases):
            text, at = program(case, at_import)
            name = f"case_{number:04}"
            lines[name] = at
            (Path(folder) / name).mkdir()
            (Path(folder) / name / "app.py").write_text(text, "utf-8")
        told = _told(folder)
    return [
        (case, _is_right(case.kind, at, told[name]))
        for case, (name, at) in zip(cases, lines.items(), strict=True)
    ]


def _is_right(kind: str, at: int, told: set[int]) -> bool:
    """A client of a pure block may wait where it is made; nothing of an async block does."""
    if kind == "async":
        return not told
    return (at in told) == (kind == "sync")


def _told(folder: str) -> dict[str, set[int]]:
    words = [
        "check",
        "--select",
        ",".join(sorted(_RULES)),
        "--output-format",
        "json",
        "--no-cache",
        "--exit-zero",
        ".",
    ]
    run = subprocess.run(
        [sys.executable, "-m", "lg_lint", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, set[int]] = defaultdict(set)
    for finding in json.loads(run.stdout):
        told[Path(finding["filename"]).parent.name].add(finding["location"]["row"])
    return told


if __name__ == "__main__":
    main()
