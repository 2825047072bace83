"""The entry point of `lg-lint` and `python -m lg_lint`."""

from __future__ import annotations

import sys


def main() -> None:
    from lg_lint.cache.replay import replay

    spot = replay(sys.argv[1:])

    from lg_lint.cli import run

    sys.exit(run(sys.argv[1:], spot))


if __name__ == "__main__":
    main()
