"""The options of `lg-lint check`: one table, from which both readings of a command line are made.

`decorators` makes options of click of the rows; `usual` reads what most command lines say by
itself, as importing click takes longer than checking a hundred files.
"""

from __future__ import annotations

from lg_lint.base import levels
from lg_lint.reports import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FLAG = "flag"
TEXT = "text"
WORDS = "words, with commas between them"
CHOICE = "one of several words"
FILE = "file"
FOLDER = "folder"
NUMBER = "number"


class Row:
    """An option: what it takes, and what click is to know of it.

    `choices` are the words that it takes, where these are few. A `usual` option changes how a
    project is checked or shown; the others compare, write or list something.
    """

    def __init__(
        self,
        *names: str,
        kind: str = FLAG,
        choices: tuple[str, ...] = (),
        usual: bool = True,
        **attributes: Any,
    ) -> None:
        self.names = names
        self.kind = kind
        self.choices = choices
        self.usual = usual
        self.attributes = attributes
        self.key = names[-1][2:].replace("-", "_")

    @property
    def default(self) -> Any:
        """What is said where nothing is said."""
        if self.kind == WORDS or "multiple" in self.attributes:
            return ()
        return self.attributes.get("default", False if self.kind == FLAG else None)


CONFIG = Row(
    "--config",
    kind=TEXT,
    usual=False,
    multiple=True,
    metavar="FILE|'KEY = VALUE'",
    help="A settings file, or a single setting in TOML.",
)
ISOLATED = Row("--isolated", help="Read no settings files.")

ROWS = (
    Row(
        "--select",
        kind=WORDS,
        metavar="RULES",
        help="Check these rules only: codes, prefixes, names or ALL.",
    ),
    Row("--ignore", kind=WORDS, metavar="RULES", help="Leave out these rules."),
    Row("--extend-select", kind=WORDS, metavar="RULES", help="Check these rules in addition."),
    Row(
        "--min-confidence",
        kind=CHOICE,
        choices=levels.CONFIDENCES,
        help="Leave out findings that are less sure.",
    ),
    Row(
        "--fail-on",
        kind=CHOICE,
        choices=(*levels.SEVERITIES, "never"),
        help="The lowest severity that makes the exit status 1.",
    ),
    Row("--exit-zero", help="Exit with 0 even where there are findings."),
    CONFIG,
    ISOLATED,
    Row("--tests", help="Report findings in test code too."),
    Row(
        "--exclude",
        kind=WORDS,
        metavar="PATTERNS",
        help="Leave out these files, instead of the usual ones.",
    ),
    Row(
        "--extend-exclude",
        kind=WORDS,
        metavar="PATTERNS",
        help="Leave out these files in addition.",
    ),
    Row("--force-exclude", help="Leave out excluded files even where they are named."),
    Row("--no-respect-gitignore", help="Read what .gitignore files name, too."),
    Row(
        "--stdin-filename",
        kind=FILE,
        usual=False,
        help="Check what stdin holds as if this file held it.",
    ),
    Row(
        "--diff-base",
        kind=TEXT,
        usual=False,
        metavar="REV",
        help="Show only findings that touch a line changed since the branch left REV.",
    ),
    Row(
        "--staged",
        usual=False,
        help="Show only findings that touch a line that the next commit changes: see git add.",
    ),
    Row(
        "--baseline",
        kind=FILE,
        usual=False,
        help="Leave out the findings in this file: see lg-lint baseline.",
    ),
    Row(
        "--no-ignores",
        help="Show also what ignore comments, the baseline and settings files hide.",
    ),
    Row("--fix", usual=False, help="Apply the safe fixes, and report what is left."),
    Row("--unsafe-fixes", usual=False, help="Count fixes in that may change what the code does."),
    Row("--diff", usual=False, help="Print what --fix-only would change, and change nothing."),
    Row("--fix-only", usual=False, help="Apply fixes without reporting what is left."),
    Row("--show-fixes", usual=False, help="Name the findings that were fixed."),
    Row(
        "--add-ignore",
        kind=TEXT,
        usual=False,
        metavar="[=REASON]",
        help="Write ignore comments for all findings.",
    ),
    Row(
        "--output-format",
        kind=CHOICE,
        choices=FORMATS,
        default="full",
        show_default=True,
        envvar="LG_LINT_OUTPUT_FORMAT",
        show_envvar=True,
        help="How to show findings.",
    ),
    Row(
        "-o",
        "--output-file",
        kind=FILE,
        usual=False,
        help="Write to this file instead of stdout.",
    ),
    Row("--show-unresolved", usual=False, help="List graph-like calls that could not be resolved."),
    Row(
        "--statistics", usual=False, help="Count the findings of each rule instead of showing them."
    ),
    Row("--show-files", usual=False, help="List the files that would be checked."),
    Row("--show-settings", usual=False, help="Print the settings in force, as TOML."),
    Row(
        "--color",
        kind=CHOICE,
        choices=("auto", "always", "never"),
        default="auto",
        show_default=True,
        help="Colour the output. auto: on a terminal, and as NO_COLOR and FORCE_COLOR say.",
    ),
    Row("-v", "--verbose", help="Say on stderr how long each stage took."),
    Row("-q", "--quiet", help="Show findings only, without a summary."),
    Row(
        "--cache-dir",
        kind=FOLDER,
        envvar="LG_LINT_CACHE_DIR",
        show_envvar=True,
        help="Keep what was read in this folder instead of the user's cache folder.",
    ),
    Row("--no-cache", help="Neither use nor write the cache."),
    Row(
        "-j",
        "--jobs",
        kind=NUMBER,
        default=0,
        metavar="N",
        help="How many processes may read files; 0: as many as run side by side here.",
    ),
)


def words_of(value: str) -> tuple[str, ...]:
    """The words in a value of the kind WORDS."""
    return tuple(word.strip() for word in value.split(",") if word.strip())
