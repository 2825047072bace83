"""Ingresses that somebody has told to buffer, in front of streams that do not say otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.settings import truth
from lg_lint.model.hosting.fronts.fronts import Fronts
from lg_lint.model.hosting.fronts.ingress_gates import IngressGate
from lg_lint.model.hosting.fronts.records import Front
from lg_lint.model.project import Project


class Buffering(Struct, frozen=True):
    """An ingress that is told to buffer; `is_certain` where it then holds small chunks back."""

    front: Front
    path: str
    line: int
    is_certain: bool


def buffering(project: Project) -> Iterator[Buffering]:
    """The ingresses before live streams, each place once."""
    seen: set[tuple[str, int]] = set()
    for response in project.responses:
        for front in project.once(Fronts).to(response).certain if response.live else ():
            gate = front.gate
            setting = gate.behaviour.buffering if isinstance(gate, IngressGate) else None
            if setting is None or not setting.chosen or not truth(setting):
                continue
            place = (setting.path or front.path, setting.line)
            if place not in seen and front.arriving.buffering not in (None, "no"):
                seen.add(place)
                yield Buffering(front, *place, bool(front.effects.holds_back))
