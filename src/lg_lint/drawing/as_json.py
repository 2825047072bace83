"""Graphs as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lg_lint.base.finding import Finding, Place
from lg_lint.drawing.picture import Picture

_VERSION = 1


def render(drawn: Sequence[Picture]) -> str:
    """One JSON object: the version of its schema, and the graphs."""
    graphs = [_graph(picture) for picture in drawn]
    return json.dumps({"schema_version": _VERSION, "graphs": graphs}, indent=2) + "\n"


def _graph(picture: Picture) -> dict[str, Any]:
    return {
        "name": picture.name,
        "kind": picture.kind,
        **_at(picture.place),
        "saver": picture.saver or None,
        "complete": picture.complete,
        "findings": _found(picture.findings),
        "nodes": [
            {
                "name": node.name,
                **_at(node.place),
                "runs": node.runs,
                "emits": list(node.emits),
                "writes": list(node.writes),
                "subgraph": node.subgraph or None,
                "deferred": node.deferred,
                "resolved": node.resolved,
                "findings": _found(node.findings),
            }
            for node in picture.nodes
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "kind": edge.kind,
                **_at(edge.place),
                "waits": edge.waits,
                "findings": _found(edge.findings),
            }
            for edge in picture.edges
        ],
        "channels": [
            {"key": channel.key, "reducer": channel.reducer, **_at(channel.place)}
            for channel in picture.channels
        ],
    }


def _at(place: Place) -> dict[str, Any]:
    return {"filename": place.path, "row": place.row}


def _found(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            **_at(finding.place),
        }
        for finding in findings
    ]
