"""What a run is told: the value of each option."""

from __future__ import annotations

from functools import cached_property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lg_lint.base.finding import Severity
    from lg_lint.program.additions import Additions

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
UNREADABLE = "LG000"
"""The rule of files that cannot be read: the others say nothing of these."""

_NOTHING: Mapping[str, Any] = {}


class Settings:
    """Each attribute is an option, in TOML with dashes for underscores; `options` tells of them.

    Patterns hold a slash and start at the file system's root once they have been read; a pattern
    without one is the name of a file or folder, wherever it is.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = _NOTHING
    severity: Mapping[str, Severity] = _NOTHING
    min_confidence: str = "medium"
    fail_on: str = "info"
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    deploy: tuple[str, ...] = ()
    tests: bool = False
    max_file_size: int = 2_000_000
    max_time: int = 10
    max_memory: int = 1_000_000_000
    blocking_calls: tuple[str, ...] = ()
    graph_factories: tuple[str, ...] = ()
    graph_types: tuple[str, ...] = ()
    offloaders: tuple[str, ...] = ()
    retry_decorators: tuple[str, ...] = ()
    reducers: tuple[str, ...] = ()
    savers: Mapping[str, str] = _NOTHING

    def __init__(self, **values: Any) -> None:
        self.file: str | None = None  # that they were read from
        for name in values:
            if name not in Settings.__annotations__:
                raise TypeError(f"there is no setting {name}")
        vars(self).update(values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and all(
            getattr(self, name) == getattr(other, name) for name in Settings.__annotations__
        )

    @cached_property
    def additions(self) -> Additions:
        """What the settings add to the tables of `knowledge/`."""
        from lg_lint.program.additions import Additions

        return Additions(**{name: getattr(self, name) for name in Additions.__annotations__})

    @cached_property
    def shown_codes(self) -> frozenset[str]:
        """The codes of the rules to tell of: files that cannot be read are, unless ignored."""
        from lg_lint.settings.kinds import codes_of

        if any(UNREADABLE in codes_of(selector) for selector in self.ignore):
            return self.selected_codes
        return self.selected_codes | {UNREADABLE}

    @cached_property
    def selected_codes(self) -> frozenset[str]:
        """The codes of the rules to check: of selectors that disagree, the narrower one counts."""
        from lg_lint.settings.kinds import codes_of

        narrowest: dict[str, int] = {}
        ignored: set[str] = set()
        wanted = [(selector, False) for selector in (*self.select, *self.extend_select)]
        for selector, is_ignored in [*wanted, *((selector, True) for selector in self.ignore)]:
            codes = codes_of(selector)
            for code in codes:
                if len(codes) <= narrowest.get(code, len(codes)):
                    narrowest[code] = len(codes)
                    (ignored.add if is_ignored else ignored.discard)(code)
        return frozenset(narrowest.keys() - ignored)
