"""Run by the Python of lg-lint: `counter.py FOLDER [CODE]` counts the calls that Python makes.

They are those of one run in one process with all rules but CODE, and the same on any machine.
"""

from __future__ import annotations

import cProfile
import pstats
import sys

from lg_lint.run.check import lint
from lg_lint.settings import Settings


def main() -> None:
    profile = cProfile.Profile()
    profile.runcall(lint, [sys.argv[1]], Settings(ignore=tuple(sys.argv[2:])), jobs=1)
    print(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
