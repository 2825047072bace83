"""How rules tell which version of a library a finding rests on."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Place, Step
from lg_lint.model.project import Project
from lg_lint.model.versions import Change, Pin
from lg_lint.rules.telling.growth import weaker


def pin_step(project: Project, pin: Pin | None) -> Iterator[Step]:
    """The row that says the version, as a step of a trace."""
    if pin is not None:
        place = Place(project.display(pin.path), pin.row, 1, pin.row, 2)
        yield Step(place, f"pins {pin.text}")


def confidence_given(change: Change | None, confidence: Confidence) -> Confidence:
    """The confidence of a finding, less where it rests on an assumed version."""
    if change is None or change.certain:
        return confidence
    return weaker(confidence, Confidence.MEDIUM)
