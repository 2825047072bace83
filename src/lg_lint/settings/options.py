"""The options: one table that parsing, `--show-settings` and the documentation read."""

from __future__ import annotations

from collections.abc import Mapping

from lg_lint.settings import kinds, names
from lg_lint.settings.values import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lg_lint.settings.kinds import Kind


class Option:
    """A row of the table of options."""

    def __init__(self, key: str, kind: Kind, doc: str) -> None:
        self.key = key
        self.kind = kind
        self.doc = doc
        self.default: object = getattr(Settings, key.replace("-", "_"))


_TABLE = (
    Option(
        "select",
        kinds.SELECTORS,
        "Rules to check, by code, prefix or name. Files that cannot be read (LG000) are told of "
        "unless that is ignored.",
    ),
    Option("ignore", kinds.MORE_SELECTORS, "Rules to leave out."),
    Option("extend-select", kinds.MORE_SELECTORS, "Rules to check in addition to `select`."),
    Option(
        "per-file-ignores",
        kinds.SELECTORS_BY_PATTERN,
        "Rules to leave out in files that match a pattern; one after ! means all others.",
    ),
    Option("severity", kinds.SEVERITIES, "Severities that replace those of the rules."),
    Option("min-confidence", kinds.CONFIDENCE, "Findings that are less sure are not shown."),
    Option(
        "fail-on", kinds.FAIL_ON, "The lowest severity of a finding that makes the exit code 1."
    ),
    Option("exclude", kinds.PATTERNS, "Files and folders that are not read."),
    Option(
        "extend-exclude",
        kinds.MORE_PATTERNS,
        "Files and folders that are not read, in addition to `exclude`.",
    ),
    Option(
        "force-exclude",
        kinds.FLAG,
        "Leave out what is excluded even where it is named on the command line.",
    ),
    Option("respect-gitignore", kinds.FLAG, "Leave out what .gitignore files name."),
    Option(
        "deploy",
        kinds.PATTERNS,
        "Deployment files that count, such as Dockerfiles, compose files, manifests and files of "
        "nginx; those that a pattern after ! matches do not. Without a pattern that names any, all "
        "count that are known by their names.",
    ),
    Option("tests", kinds.FLAG, "Report findings in test code too."),
    Option("max-file-size", kinds.SIZE, "Code of a file, in bytes, above which it is declined."),
    Option(
        "max-time",
        kinds.SECONDS,
        "Seconds of processor time that reading a file, or checking a rule, may take before it is "
        "given up. A rule has more in a project of more than 1 MB of Python, in proportion.",
    ),
    Option(
        "max-memory",
        kinds.SIZE,
        "Memory in bytes that reading a file, or checking a rule, may take before it is given up, "
        "beyond what is taken already. A rule has more in a large project, as with `max-time`.",
    ),
    Option(
        "blocking-calls",
        names.NAMES,
        "Functions, by dotted name, that block the thread that calls them.",
    ),
    Option(
        "graph-factories", names.NAMES, "Functions, by dotted name, that return a compiled graph."
    ),
    Option(
        "graph-types", names.NAMES, "Classes, by dotted name, whose instances are compiled graphs."
    ),
    Option(
        "offloaders",
        names.NAMES,
        "Functions, by dotted name, that run their first argument in a thread, and decorators "
        "that make a function run in one.",
    ),
    Option(
        "retry-decorators",
        names.NAMES,
        "Decorators, by dotted name, that call a function again when it fails. What a "
        "generator function returns they do not iterate.",
    ),
    Option(
        "reducers",
        names.NAMES,
        "Reducers, by dotted name, that add what is written to what is there, as "
        "`operator.add` does.",
    ),
    Option(
        "savers",
        names.SAVERS,
        "Checkpointers, by dotted name of their class, and the calls they serve.",
    ),
)


def options() -> dict[str, Option]:
    """Every option by its key in TOML."""
    return {option.key: option for option in _TABLE}


def as_toml(settings: Settings) -> str:
    """The settings in force as TOML, with what each option means."""
    blocks = []
    for option in options().values():
        value = getattr(settings, option.key.replace("-", "_"))
        blocks.append(f"# {option.doc}\n{option.key} = {as_toml_value(value)}\n")
    return "\n".join(blocks)


def as_toml_value(value: object) -> str:
    """A value as TOML has it."""
    import json
    from enum import Enum

    if isinstance(value, Enum):
        return as_toml_value(value.value)
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(key)} = {as_toml_value(item)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }" if value else "{}"
    if isinstance(value, tuple):
        return "[" + ", ".join(as_toml_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
