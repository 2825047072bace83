"""The command line: from arguments to a run and an exit status.

Status 0 says that nothing was found, 1 that there are findings, 2 that something has to be mended
before the result counts: the arguments, the settings, an unreadable file, or lg-lint itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lg_lint.cli.status import CLEAN, INTERRUPTED, TROUBLE

if TYPE_CHECKING:
    from lg_lint.cache.replay import Spot


def run(arguments: Sequence[str], spot: Spot | None = None) -> int:
    """Run one command line; returns the exit status. `spot` is where its result may be kept."""
    import click

    from lg_lint.cli.app import app

    try:
        status = app.main(list(arguments), prog_name="lg-lint", standalone_mode=False, obj=spot)
    except click.ClickException as error:
        error.show()
        return TROUBLE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        return _internal_error(error, verbose=_is_verbose(arguments))
    return status if isinstance(status, int) else CLEAN


def _is_verbose(arguments: Sequence[str]) -> bool:
    return "-v" in arguments or "--verbose" in arguments


def _internal_error(error: Exception, *, verbose: bool) -> int:
    if verbose:
        import traceback

        traceback.print_exception(error)
    advice = "" if verbose else ", with the traceback that -v prints"
    kind = type(error).__name__
    message = f"lg-lint: internal error: {kind}: {error}".replace("\n", " ")
    print(f"{message} (a defect of lg-lint: please report it{advice})", file=sys.stderr)
    return TROUBLE
