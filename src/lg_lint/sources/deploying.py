"""Which files may say how a project is deployed, by their names or by what the settings name."""

from __future__ import annotations

from lg_lint.base.listing import may_deploy
from lg_lint.sources.ignores import IgnoreRules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Deploying:
    """Answers by the patterns of the setting `deploy`; those after ! leave out what they match."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._rules = IgnoreRules("", patterns) if patterns else None
        self._names_any = any(not pattern.startswith("!") for pattern in patterns)

    def takes(self, name: str, path: str) -> bool:
        """Whether a file is read: by its path where the setting speaks of it, else by its name."""
        is_known = name.endswith(".conf") or "nginx" in name or may_deploy(name)
        if self._rules is None:
            return is_known
        judged = self._rules.judge(path, folder=False)
        if judged is None:
            return is_known and not self._names_any
        return judged

    def is_config(self, name: str) -> bool:
        """Whether a file that is taken may be one of nginx: by its name, or as it has no other."""
        return name.endswith(".conf") or "nginx" in name or not may_deploy(name)
