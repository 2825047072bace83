"""The command `lg-lint`: what an earlier run has written, or a run."""

import gc
import os
import sys

from lg_lint import finish, replay, run_key


def main() -> None:
    """Run the command line of this process, and end it."""
    gc.disable()  # nothing here holds cycles that a short run would have to look for
    arguments = sys.argv[1:]
    spot = run_key(arguments)
    doubt = replay(spot) if spot is not None else None
    if spot is not None and doubt is not None:
        from lg_lint.cache.renewal import revalidate

        if revalidate(doubt.record, spot, doubt.folders, doubt.files):
            finish(doubt.record)

    import contextlib

    from lg_lint.cli import run

    status = run(arguments, spot)
    with contextlib.suppress(OSError, AttributeError):  # full, or closed: told where it was written
        sys.stdout.flush()
    os._exit(status)  # a large program takes seconds to be taken apart


if __name__ == "__main__":
    main()
