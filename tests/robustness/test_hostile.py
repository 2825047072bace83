"""Hostile input: each ends, within the usual time and half the usual memory, and is reported on.

The budget of `max-time` and `max-memory` ends what takes longer with an LG000, which no input here
may have; the limits of the process are for what that does not reach.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import chains
import pytest

_MEMORY = 512_000_000
LAUNCHER = Path(__file__).parents[2] / "benchmarks" / "launcher.py"
"""Starts a command from a small process: a child is counted the memory of the one that starts it."""
_SECONDS = 10
_FINDING = re.compile(r"(?P<path>[^:]+):\d+:\d+: (?P<code>LG\d+) ")


class Outcome(NamedTuple):
    """What a run gave: the exit status, and the codes that it found by the path of the file."""

    status: int
    codes: dict[str, set[str]]


def _limit() -> None:
    """The guards: more than any input may take, so that the budget ends it before."""
    resource.setrlimit(resource.RLIMIT_CPU, (20 * _SECONDS, 20 * _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (8 * _MEMORY, 8 * _MEMORY))


def check(folder: Path, files: Mapping[str, str]) -> Outcome:
    """Write files and run the command on them."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    limits = [f"max-time = {_SECONDS}", f"max-memory = {_MEMORY}"]
    command = [
        *(sys.executable, "-m", "lg_lint", "check", "--isolated", "--no-cache", "--jobs", "1"),
        *(part for limit in limits for part in ("--config", limit)),
        *("--select", "ALL", "--min-confidence", "low", "--output-format", "concise"),
    ]
    output = folder.with_suffix(".txt")
    output.touch()
    launched = subprocess.run(
        [sys.executable, LAUNCHER, output, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=_limit,
    )
    status, _, _, peak = launched.stdout.split()
    assert status in ("0", "1", "2"), output.read_text()
    assert int(peak) * (1 if sys.platform == "darwin" else 1024) < _MEMORY
    codes: dict[str, set[str]] = {}
    for line in output.read_text().splitlines():
        found = _FINDING.match(line)
        if found is not None:
            assert found["code"] != "LG000", line
            codes.setdefault(found["path"], set()).add(found["code"])
    return Outcome(int(status), codes)


# --- chains in which each link leads to the one before by two ways ---------------------------

LINKS = 26
"""Enough that what doubles with each link would never end."""

UNKNOWN = {"annotations", "decorators", "helpers of a node", "streams"}
"""Where so long a chain is not followed to its end: nothing may be said."""


def test_what_doubles_with_each_link_is_done_once(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    names = {name: name.replace(" ", "_").replace("-", "_") for name in chains.DOUBLING}
    files = {
        f"{names[name]}/{path}": text
        for name, make in chains.DOUBLING.items()
        for path, text in make(LINKS).items()
    }
    outcome = check(folder, files)
    silent = {name for name in chains.DOUBLING if f"{names[name]}/app.py" not in outcome.codes}
    assert silent == UNKNOWN


# --- much of one thing -----------------------------------------------------------------------

MUCH: dict[str, tuple[int, set[str]]] = {
    "nodes in a chain of plain edges": (1_000, set()),
    "nodes all joined": (40, {"LG606", "LG608"}),
    "runs of one function": (20_000, {"LG101"}),
    "keys of one return": (80_000, {"LG607"}),
    "cases of one match": (10_000, {"LG101"}),
    "routes and what they call": (600, set()),
}


@pytest.mark.parametrize("name", MUCH)
def test_much_of_one_thing(name: str, tmp_path: Path) -> None:
    count, codes = MUCH[name]
    made: Callable[[int], dict[str, str]] = chains.GROWING[name]
    outcome = check(tmp_path / "project", made(count))
    assert outcome.codes.get("app.py", set()) == codes
