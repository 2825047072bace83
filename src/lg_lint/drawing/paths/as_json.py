"""Paths as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lg_lint.base.finding import Finding, Place
from lg_lint.model.paths.records import PathHop, StreamPath

_VERSION = 1


def render(paths: Sequence[StreamPath]) -> str:
    """One JSON object: the version of its schema, and the paths."""
    found = [_path(path) for path in paths]
    return json.dumps({"schema_version": _VERSION, "paths": found}, indent=2) + "\n"


def _path(path: StreamPath) -> dict[str, Any]:
    return {
        "route": path.route,
        "function": path.function,
        **_at(path.place),
        "addresses": list(path.addresses),
        "deployment": path.deployment or None,
        "weakest": path.weakest,
        "why": path.why or None,
        "hops": [_hop(hop) for hop in path.hops],
    }


def _hop(hop: PathHop) -> dict[str, Any]:
    return {
        "hop": hop.hop.value,
        "known": hop.is_known,
        "title": hop.title or None,
        **_at(hop.place),
        "facts": list(hop.facts),
        "question": hop.question or None,
        "findings": [_finding(finding) for finding in hop.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "help": finding.help or None,
        **_at(finding.place),
    }


def _at(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"filename": None, "row": None}
    return {"filename": place.path, "row": place.row}
