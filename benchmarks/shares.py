"""Where the time of a cold run goes: by stage, and by rule."""

from __future__ import annotations

import re
import statistics
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.commands import SLOW_LINES, lg_lint, lines
from benchmarks.environment import Environment
from benchmarks.growth import calls
from lg_lint.rules.registry import all_rules

RUNS = 5
TOLD = 5
_STAGE = re.compile(r"^(?:lg-lint: )?(\w+): (\d+) ms$", re.MULTILINE)


def shares(env: Environment, projects: Mapping[str, Path]) -> str:
    """A table of stages and one of rules, with a row for each project; small ones in the second."""
    stages, rules, head = [], [], ""
    for name, folder in projects.items():
        print(f"shares: {name}", flush=True)
        seconds = _stages(env, folder)
        whole = sum(seconds.values())
        cells = " | ".join(f"{each / whole:.0%}" for each in seconds.values())
        stages.append(f"| {name} | {whole:.2f} | {cells} |\n")
        head = " | ".join(seconds)
        if lines(folder) <= SLOW_LINES:
            rules.append(f"| {name} | {_costliest(env, folder)} |\n")
    text = (
        "\n## Where a cold run goes\n\n"
        f"`lg-lint -v --no-cache -j1`, medians of {RUNS} runs. `parse` is a file's way from text "
        "to facts, `resolve` links\nthese: imports, and the names and calls of every module. "
        "`model` makes graphs, routes and responses of them, and infers\nthe values that this "
        "takes; `check` is all rules, which go on inferring. What one has inferred, all know.\n\n"
        f"| project | s | {head} |\n|---|---{'|---' * len(head.split(' | '))}|\n{''.join(stages)}"
    )
    if rules:
        text += (
            "\nWhat leaving out one rule saves, in Python calls of a whole run; what rules share "
            "is saved by none.\n\n"
            f"| project | the {TOLD} costliest rules |\n|---|---|\n{''.join(rules)}"
        )
    return text


def _stages(env: Environment, folder: Path) -> dict[str, float]:
    """Seconds by stage."""
    found: dict[str, list[float]] = {}
    for _ in range(RUNS):
        command = lg_lint(env, "--no-cache", "-j1", "-v", path=str(folder))
        said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
        for stage, milliseconds in _STAGE.findall(said):
            found.setdefault(stage, []).append(int(milliseconds) / 1000)
    return {stage: statistics.median(seconds) for stage, seconds in found.items()}


def _costliest(env: Environment, folder: Path) -> str:
    whole = calls(env, folder)
    saved = {rule.code: 1 - calls(env, folder, rule.code) / whole for rule in all_rules()}
    worst = sorted(saved.items(), key=lambda item: -item[1])[:TOLD]
    return ", ".join(f"{code} {share:.1%}" for code, share in worst)
