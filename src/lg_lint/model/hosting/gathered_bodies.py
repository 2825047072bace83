"""Bodies of Django's streams that a server of the other kind gathers before it sends any."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.knowledge import named, names
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Served
from lg_lint.model.web.body_kinds import body_is_async
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import External


class Gathered(Struct, frozen=True):
    """A live response whose body is not of the kind that its server iterates.

    `is_async` is the kind of the body. `certain` is False where another deployment of the project
    has a server that fits.
    """

    served: Served
    join: Join
    is_async: bool
    certain: bool


def gathered_bodies(project: Project) -> Iterator[Gathered]:
    """Each response once, with the first server that gathers it."""
    if not any(_is_of_django(response) and response.live for response in project.responses):
        return
    joins: dict[StreamResponse, list[tuple[Join, Served]]] = {}
    for join in project.once(Servers).joins:
        if not join.is_certain or join.process.command.failure:
            continue
        for served in join.served:
            if served.certain and _is_of_django(served.response):
                joins.setdefault(served.response, []).append((join, served))
    for response, found in joins.items():
        is_async = body_is_async(project.program, response.values)
        if is_async is not None:
            yield from _judged(project, found, is_async)


def _judged(
    project: Project, found: list[tuple[Join, Served]], is_async: bool
) -> Iterator[Gathered]:
    """Silent where a deployment has servers of both kinds: a proxy may choose the one that fits."""
    stacks = [(_stack(project.program, join), join, served) for join, served in found]
    wanted = "asgi" if is_async else "wsgi"
    fits = {id(join.deployment) for stack, join, _ in stacks if stack in (wanted, "")}
    for stack, join, served in stacks:
        if stack not in (wanted, "") and id(join.deployment) not in fits:
            yield Gathered(served, join, is_async, not fits)
            return


def _is_of_django(response: StreamResponse) -> bool:
    return response.type == named("django_stream")


def _stack(program: Program, join: Join) -> str:
    """The protocol by which Django is called; "" where its module wraps one kind in the other."""
    stack = join.process.command.stack
    made = {
        "asgi" if "asgi" in callee.name else "wsgi"
        for meant in names("django_application")
        for site, scope in program.calls_named(meant.rpartition(".")[2])
        if scope.module.path == join.module
        for callee in inference.infer(program, site.node.func, program.env(scope))
        if isinstance(callee, External) and callee.name == meant
    }
    return stack if made == {stack} else ""
