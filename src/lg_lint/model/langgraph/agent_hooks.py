"""The hooks of agent middleware, by what an async run does with one that has no async form."""

from __future__ import annotations

from lg_lint.knowledge import table

_HOOKS: dict[str, str] = table("middleware")["hooks"]

NODE_HOOKS = tuple(name for name, run in _HOOKS.items() if run == "loop")
"""Nodes of the graph: a plain function runs on the event loop."""

WRAPPERS = tuple(name for name, run in _HOOKS.items() if run == "refused")
"""Around a call of the model or of a tool: the run fails."""
