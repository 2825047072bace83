"""The names of the subcommands."""

from __future__ import annotations

COMMANDS = {
    "check": "Find what cuts, stalls or delays streams (the default command).",
    "graph": "Draw the graphs of a project.",
    "path": "Show each stream's way, hop by hop, and its weakest hop.",
    "resolution": "Count what of a project is not understood, by cause.",
    "baseline": "Record the findings to live with, and check what is left of them.",
    "clean": "Remove the cache.",
    "rule": "Explain a rule, or all rules.",
    "config": "List the settings, or say what one means.",
    "completion": "Print the script that makes a shell complete options and rules.",
    "version": "Print the version.",
}
ALIASES = {"explain": "rule"}
DEFAULT = "check"
