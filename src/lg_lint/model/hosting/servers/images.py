"""Images: what a Dockerfile of the project starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lg_lint.deploy.dockerfile import Dockerfile, Stage, read_dockerfile
from lg_lint.deploy.values import Environment
from lg_lint.model.hosting.servers.files import DeploymentFiles

_NAMES = ("dockerfile", "containerfile")


class Images:
    """The Dockerfiles of a project, each read once for the arguments that it is built with."""

    def __init__(self, files: DeploymentFiles) -> None:
        self.files = files
        self._read: dict[tuple[object, ...], Dockerfile] = {}

    def paths(self) -> Iterator[str]:
        """All Dockerfiles, but those that say what is left out of an image."""
        for path in self.files.named(*_NAMES):
            if not path.endswith(".dockerignore"):
                yield path

    def read(self, path: str, arguments: Environment | None = None) -> Dockerfile | None:
        """A Dockerfile; None where there is none."""
        given = arguments or {}
        key = (path, tuple(sorted((name, value.text) for name, value in given.items())))
        if key not in self._read:
            data = self.files.data(path)
            if data is None:
                return None
            found = self._read[key] = read_dockerfile(data, given)
            self.files.tell(path, found.unread)
        return self._read[key]


def variables(stage: Stage | None, path: str) -> tuple[Environment, Mapping[str, str]]:
    """The variables that an image gives its containers, and the file that says so."""
    if stage is None:
        return {}, {}
    return dict(stage.environment), dict.fromkeys(stage.environment, path)
