"""Load balancers of which no file says what they lead to: the only one, of the only application."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.deploy.cloud.platforms import LoadBalancer
from lg_lint.model.hosting.fronts.platforms import PlatformFront, balancer_front
from lg_lint.model.hosting.servers.records import Deployment, Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Applications, Served


def balancers(project: Project, response: StreamResponse) -> Iterator[tuple[PlatformFront, Served]]:
    """The one load balancer of a project, with a stream of its one application.

    None where a stack says which program it leads to: then the join tells of it.
    """
    found = list(_all(project))
    if len({(each.kind, each.name) for _, each in found}) != 1:
        return
    applications = project.once(Applications)
    if len(applications.applications) != 1:
        return
    joins = project.once(Servers).joins
    for served in applications.served(set(applications.applications)):
        if served.response is response and served.certain:
            for deployment, balancer in found:
                if not any(_is_joined(join, deployment) for join in joins):
                    yield balancer_front(balancer, deployment.paths[-1]), served
            return


def _all(project: Project) -> Iterator[tuple[Deployment, LoadBalancer]]:
    for deployment in project.once(Servers).deployments:
        for each in deployment.found.balancers if deployment.found is not None else ():
            yield deployment, each


def _is_joined(join: Join, deployment: Deployment) -> bool:
    platform = join.process.platform
    return (
        join.deployment is deployment
        and join.is_certain
        and platform is not None
        and platform.kind == "ecs-task"
    )
