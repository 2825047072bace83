"""The entry point of `lg-lint` and `python -m lg_lint`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    gc.disable()  # nothing here holds cycles that a short run would have to look for
    from lg_lint.cache.replay import replay

    spot = replay(sys.argv[1:])

    import contextlib

    from lg_lint.cli import run

    status = run(sys.argv[1:], spot)
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    os._exit(status)  # a large program takes seconds to be taken apart


if __name__ == "__main__":
    main()
