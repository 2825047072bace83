"""The options: one table that parsing, `--show-settings` and the documentation read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from lg_lint.finding import Confidence, Severity
from lg_lint.program.additions import Additions
from lg_lint.settings import kinds, names
from lg_lint.settings.kinds import Kind

DEFAULT_EXCLUDE = (
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


def _about(kind: Kind, doc: str) -> dict[str, Any]:
    return {"kind": kind, "doc": doc}


@dataclass(frozen=True)
class Settings:
    """What a run is told. Each field is an option, in TOML with dashes for underscores.

    Patterns hold a slash and start at the file system's root once they have been read; a pattern
    without one is the name of a file or folder, wherever it is.
    """

    select: tuple[str, ...] = field(
        default=("ALL",),
        metadata=_about(kinds.SELECTORS, "Rules to check, by code, prefix or name."),
    )
    ignore: tuple[str, ...] = field(
        default=(),
        metadata=_about(kinds.MORE_SELECTORS, "Rules to leave out."),
    )
    extend_select: tuple[str, ...] = field(
        default=(),
        metadata=_about(kinds.MORE_SELECTORS, "Rules to check in addition to `select`."),
    )
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=_about(
            kinds.SELECTORS_BY_PATTERN,
            "Rules to leave out in files that match a pattern; one after ! means all others.",
        ),
    )
    severity: Mapping[str, Severity] = field(
        default_factory=dict,
        metadata=_about(kinds.SEVERITIES, "Severities that replace those of the rules."),
    )
    min_confidence: Confidence = field(
        default=Confidence.MEDIUM,
        metadata=_about(kinds.CONFIDENCE, "Findings that are less sure are not shown."),
    )
    fail_on: str = field(
        default="info",
        metadata=_about(
            kinds.FAIL_ON, "The lowest severity of a finding that makes the exit code 1."
        ),
    )
    exclude: tuple[str, ...] = field(
        default=DEFAULT_EXCLUDE,
        metadata=_about(kinds.PATTERNS, "Files and folders that are not read."),
    )
    extend_exclude: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            kinds.MORE_PATTERNS, "Files and folders that are not read, in addition to `exclude`."
        ),
    )
    force_exclude: bool = field(
        default=False,
        metadata=_about(
            kinds.FLAG, "Leave out what is excluded even where it is named on the command line."
        ),
    )
    respect_gitignore: bool = field(
        default=True,
        metadata=_about(kinds.FLAG, "Leave out what .gitignore files name."),
    )
    tests: bool = field(
        default=False,
        metadata=_about(kinds.FLAG, "Report findings in test code too."),
    )
    max_file_size: int = field(
        default=2_000_000,
        metadata=_about(kinds.SIZE, "Code of a file, in bytes, above which it is declined."),
    )
    blocking_calls: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            names.NAMES, "Functions, by dotted name, that block the thread that calls them."
        ),
    )
    graph_factories: tuple[str, ...] = field(
        default=(),
        metadata=_about(names.NAMES, "Functions, by dotted name, that return a compiled graph."),
    )
    graph_types: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            names.NAMES, "Classes, by dotted name, whose instances are compiled graphs."
        ),
    )
    offloaders: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            names.NAMES,
            "Functions, by dotted name, that run their first argument in a thread, and decorators "
            "that make a function run in one.",
        ),
    )
    retry_decorators: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            names.NAMES,
            "Decorators, by dotted name, that call a function again when it fails. What a "
            "generator function returns they do not iterate.",
        ),
    )
    reducers: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            names.NAMES,
            "Reducers, by dotted name, that add what is written to what is there, as "
            "`operator.add` does.",
        ),
    )
    savers: Mapping[str, str] = field(
        default_factory=dict,
        metadata=_about(
            names.SAVERS, "Checkpointers, by dotted name of their class, and the calls they serve."
        ),
    )

    @cached_property
    def additions(self) -> Additions:
        """What the settings add to the tables of `knowledge/`."""
        return Additions(**{each.name: getattr(self, each.name) for each in fields(Additions)})

    @cached_property
    def selected_codes(self) -> frozenset[str]:
        """The codes of the rules to check: of selectors that disagree, the narrower one counts."""
        narrowest: dict[str, int] = {}
        ignored: set[str] = set()
        wanted = [(selector, False) for selector in (*self.select, *self.extend_select)]
        for selector, is_ignored in [*wanted, *((selector, True) for selector in self.ignore)]:
            codes = kinds.codes_of(selector)
            for code in codes:
                if len(codes) <= narrowest.get(code, len(codes)):
                    narrowest[code] = len(codes)
                    (ignored.add if is_ignored else ignored.discard)(code)
        return frozenset(narrowest.keys() - ignored)


class Option(NamedTuple):
    """A row of the table of options."""

    key: str
    kind: Kind
    default: object
    doc: str


def options() -> dict[str, Option]:
    """Every option by its key in TOML."""
    defaults = Settings()
    table = {}
    for each in fields(Settings):
        key = each.name.replace("_", "-")
        default = getattr(defaults, each.name)
        table[key] = Option(key, each.metadata["kind"], default, each.metadata["doc"])
    return table


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

    if isinstance(value, Enum):
        return as_toml_value(value.value)
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(key)} = {as_toml_value(item)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }" if value else "{}"
    if isinstance(value, tuple):
        return "[" + ", ".join(as_toml_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
