"""What a run is told: the options, where they are read from, what they do to findings."""

from lg_lint.settings.applying import fails, visible
from lg_lint.settings.loading import Loader, load
from lg_lint.settings.mistakes import SettingsError
from lg_lint.settings.nearest import Nearest
from lg_lint.settings.options import Option, as_toml, options
from lg_lint.settings.values import Settings

__all__ = [
    "Loader",
    "Nearest",
    "Option",
    "Settings",
    "SettingsError",
    "as_toml",
    "fails",
    "load",
    "options",
    "visible",
]
