"""Which streams of which responses nginx holds back, by their headers and their location."""

from __future__ import annotations

from lg_lint.model.hosting.fronts.fronts import Fronts
from lg_lint.model.hosting.fronts.records import Front
from lg_lint.model.hosting.proxied.ways import NginxWay, NginxWays
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.answers import buffering_header
from lg_lint.model.web.responses import ANTI_BUFFERING


class HeldBack:
    """Answers for each live response. Ask `project.once(HeldBack)`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.ways = project.once(NginxWays)

    def of(self, response: StreamResponse) -> list[NginxWay]:
        """The ways that hold a response back, of configurations in which all ways do."""
        found: list[NginxWay] = []
        if self.ways.files and not self.may_have_header(response):
            for ways in self.ways.by_file(response):
                if all(way.holds_back().is_so for way in ways):
                    found += ways
        return found

    def outside(self, response: StreamResponse) -> list[Front]:
        """The fronts of fronts that hold a response back, where all ways through their kind do."""
        groups: dict[tuple[int, str, int], list[Front]] = {}
        for front in self.project.once(Fronts).to(response).certain:
            if front.inner is not None:
                key = (id(front.join.deployment), front.kind, id(front.inner))
                groups.setdefault(key, []).append(front)
        found = groups.values()
        return [one for each in found if all(o.effects.holds_back for o in each) for one in each]

    def passing(self, response: StreamResponse) -> str:
        """The kind of the front that passes a response on at once, "" where one may not."""
        found = self.project.once(Fronts).to(response).certain
        if not found or any(each.effects.holds_back is not False for each in found):
            return ""
        return found[0].kind

    def may_have_header(self, response: StreamResponse) -> bool:
        """Whether something that is not seen may send `X-Accel-Buffering: no` with a response."""
        if (response.headers.get(ANTI_BUFFERING) or "").lower() == "no":
            return False  # it is seen, and nginx may be told to ignore it
        return buffering_header(self.project, response) in (None, "no")
