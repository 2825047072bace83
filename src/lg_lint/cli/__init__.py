"""The command line: from arguments to a run and an exit status.

Status 0 says that nothing was found, 1 that there are findings, 2 that something has to be mended
before the result counts: the arguments, the settings, an unreadable file, or lg-lint itself.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys

from lg_lint.cli.status import CLEAN, INTERRUPTED, TROUBLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lg_lint import RunKey


_OF_OUTPUT = frozenset({errno.EBADF, errno.EIO, errno.ENOSPC})


def run(arguments: Sequence[str], spot: RunKey | None = None) -> int:
    """Run one command line; returns the exit status. `spot` is where its result may be kept."""
    if sys.stderr is None:  # closed; where `print` is given no file, it takes stdout
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    try:
        from lg_lint.cli.usual import usual_options

        options = usual_options(list(arguments))
        if options is None:
            return _run_by_click(arguments, spot)
        from lg_lint.cli.running import run as check

        return check(options, options.settings(), spot)
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the terminal has shown ^C
        return INTERRUPTED
    except BrokenPipeError:
        return TROUBLE
    except Exception as error:
        return _failed(error, arguments)


def _run_by_click(arguments: Sequence[str], spot: RunKey | None) -> int:
    from lg_lint.cli.app import app

    try:
        status = app.main(list(arguments), prog_name="lg-lint", standalone_mode=False, obj=spot)
    except SystemExit:  # what click makes of a reader that has gone away, or completion ends with
        if "_LG_LINT_COMPLETE" in os.environ:
            raise
        return TROUBLE
    return status if isinstance(status, int) else CLEAN


def _failed(error: Exception, arguments: Sequence[str]) -> int:
    from lg_lint.cli.output import OutputError, note

    if isinstance(error, OutputError):
        note(f"lg-lint: {error}")
        return TROUBLE
    if isinstance(error, OSError) and error.errno in _OF_OUTPUT and error.filename is None:
        note(f"lg-lint: stdout cannot be written to: {error.strerror}")
        return TROUBLE
    if "click" in sys.modules:
        import click

        if isinstance(error, click.Abort):
            return INTERRUPTED
        if isinstance(error, click.ClickException):
            from lg_lint.base.escape import visible_lines

            vars(error)["message"] = visible_lines(error.message)
            error.show()
            return TROUBLE
    return _internal_error(error, verbose=_is_verbose(arguments))


def _is_verbose(arguments: Sequence[str]) -> bool:
    return "-v" in arguments or "--verbose" in arguments


def _internal_error(error: Exception, *, verbose: bool) -> int:
    if verbose:
        import traceback

        from lg_lint.base.escape import visible_lines

        with contextlib.suppress(OSError):
            print(visible_lines("".join(traceback.format_exception(error))), file=sys.stderr)
    advice = "" if verbose else ", with the traceback that -v prints"
    kind = type(error).__name__
    message = f"lg-lint: internal error: {kind}: {error}".replace("\n", " ")
    from lg_lint.cli.output import note

    note(f"{message} (a defect of lg-lint: please report it{advice})")
    return TROUBLE
