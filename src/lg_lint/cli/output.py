"""Where the output goes, and whether it is coloured."""

from __future__ import annotations

import contextlib
import io
import os
import sys

from lg_lint import terminal_width
from lg_lint.base import containment
from lg_lint.base.escape import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from lg_lint.base.problem import Problem
    from lg_lint.run.report import Report
    from lg_lint.settings import Nearest


EMPTY = "no Python file to check here"
VARIABLES = ("LG_LINT_CACHE_DIR", "LG_LINT_CACHE_SECRET", "LG_LINT_OUTPUT_FORMAT")


class OutputError(Exception):
    """Why stdout does not take what a run has to say."""


def write(text: str, output_file: Path | None, *, color: bool) -> None:
    """Write to the file, or to stdout. A reader that has gone away is not an error.

    Raises OutputError where stdout takes nothing.
    """
    if output_file is not None:
        try:
            containment.check(output_file)
            output_file.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            import click

            raise click.FileError(str(output_file), error.strerror) from error
        return
    if sys.stdout is None:
        raise OutputError("stdout is closed")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        _echo(text, color)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would be written, and fail again, when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise OutputError(f"stdout cannot be written to: {error.strerror}") from error


def _echo(text: str, color: bool) -> None:
    if not color and "\x1b" not in text:
        sys.stdout.write(text)
        return
    import click

    click.echo(text, file=sys.stdout, nl=False, color=color)


def write_lines(lines: Iterable[str]) -> None:
    """Write lines of text that may quote scanned files to stdout."""
    write("".join(f"{visible(line)}\n" for line in lines), None, color=False)


def encoded(text: str) -> bytes:
    """The bytes that `write` sends to stdout."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.replace("\n", os.linesep).encode(encoding, "backslashreplace")


def use_color(choice: str, output_file: Path | None) -> bool:
    """Whether to colour: as asked, else stdout as NO_COLOR, FORCE_COLOR and the terminal say."""
    if choice != "auto":
        return choice == "always"
    if output_file is not None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width(output_file: Path | None) -> int | None:
    """The columns of the terminal, or those that COLUMNS says; None where there are none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and columns.isascii() and len(columns) < 6 and int(columns):
        return int(columns)
    return None if output_file is not None else terminal_width()


def note(message: str) -> None:
    """One line on stderr, as far as that takes it."""
    with contextlib.suppress(OSError):
        print(visible(message), file=sys.stderr)


def note_problem(problem: Problem) -> None:
    """Notes on standard error what went wrong, and in which file."""
    place = f"{problem.path}: " if problem.path else ""
    note(f"lg-lint: {place}{problem.message}")


def note_empty(report: Report, named: Sequence[object]) -> None:
    """Named folders without a file to check are to be mended: a path may have changed."""
    from lg_lint.base.problem import Problem

    if named:
        report.problems += [Problem(EMPTY, path) for path in report.empty]


def note_warnings(nearest: Nearest) -> bool:
    """Say what looks as if it were read, and is not; whether there is any."""
    warnings = [*map(str, nearest.warnings), *_unknown_variables()]
    for warning in warnings:
        note(f"lg-lint: warning: {warning}")
    return bool(warnings)


def _unknown_variables() -> Iterator[str]:
    """What the environment says that nobody reads."""
    for name in os.environ:
        if name.startswith("LG_LINT_") and name not in VARIABLES:
            from lg_lint.base.suggest import suggest

            yield f"the environment's {name} is not read{suggest(name, VARIABLES)}"


def append_step_summary(make: Callable[[], str]) -> None:
    """Add to the page that GitHub shows for the step, where it runs under GitHub Actions."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(make())
    except OSError as error:
        note(f"lg-lint: the step summary was not written: {error.strerror}: {path}")


def repository_prefix() -> str:
    """The way from the repository's root, as the CI service names it, to the working directory."""
    root = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR")
    if not root:
        return ""
    from pathlib import Path

    try:
        relative = Path.cwd().resolve().relative_to(Path(root).resolve())
    except (OSError, ValueError):
        return ""
    return "" if relative == Path() else relative.as_posix()
