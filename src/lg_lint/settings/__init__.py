"""What a run is told: the options, where they are read from, what they do to findings."""

from lg_lint.settings.applying import fails, visible
from lg_lint.settings.loading import load
from lg_lint.settings.mistakes import SettingsError
from lg_lint.settings.options import Option, Settings, as_toml, options

__all__ = [
    "Option",
    "Settings",
    "SettingsError",
    "as_toml",
    "fails",
    "load",
    "options",
    "visible",
]
