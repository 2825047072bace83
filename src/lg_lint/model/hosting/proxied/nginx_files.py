"""The nginx configurations of a project, each with what it includes."""

from __future__ import annotations

import fnmatch
import os
import posixpath
from collections.abc import Sequence

from msgspec import Struct

from lg_lint.base import door
from lg_lint.deploy.kinds import YAML
from lg_lint.deploy.nginx.including import Included, whole
from lg_lint.deploy.nginx.reading import Nginx, read
from lg_lint.deploy.nginx.records import Configuration
from lg_lint.deploy.nginx.servers import configuration
from lg_lint.model.hosting.proxied.nginx_versions import FLOATING, nginx_versions
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.project import Project


class NginxFile(Struct, frozen=True, eq=False):
    """A configuration that no other file of the project includes.

    `says_version` is False where its image is whatever nginx is the newest: then nobody knows in
    which version of HTTP it speaks to applications. `is_alone` where what stands around its servers
    cannot be another file of the project.
    """

    path: str
    configuration: Configuration
    says_version: bool = True
    is_alone: bool = True


class NginxFiles:
    """Reads the configurations once. Ask `files`."""

    def __init__(self, project: Project, deploying: DeploymentFiles) -> None:
        self._root = project.program.finder.root
        paths = [each for each in project.proxy_configs if not each.endswith(YAML)]
        self._read = {path: _nginx(path) for path in paths}
        self._included: set[str] = set()
        versions = nginx_versions(deploying)
        version = next(iter(versions)) if len(versions) == 1 else None
        made = {
            path: configuration(whole(path, each, self._find), version or None)
            for path, each in self._read.items()
        }
        roots = {path: each for path, each in made.items() if path not in self._included}
        has_frame = any(each.is_whole for each in made.values())
        says_version = FLOATING not in versions and len(versions) < 2
        self.files = [
            NginxFile(path, each, says_version, each.is_whole or not has_frame)
            for path, each in roots.items()
            if each.servers
        ]

    def _find(self, pattern: str, file: str) -> Sequence[Included] | None:
        """The files that an include means: beside it, or where nginx's own folder is laid out."""
        inside = pattern.removeprefix("/etc/nginx/").lstrip("/")
        folder = os.path.dirname(file)
        for base in (folder, os.path.dirname(folder)):
            found = self._below(base, inside, file)
            if found:
                return found
        name = posixpath.basename(inside)
        if any(sign in name for sign in "*?["):
            return None
        return self._below(folder, f"*/{name}", file) or self._below(folder, name, file) or None

    def _below(self, base: str, pattern: str, file: str) -> list[Included]:
        wanted = os.path.normpath(os.path.join(base, pattern))
        found = [path for path in self._read if path != file and fnmatch.fnmatchcase(path, wanted)]
        self._included.update(found)
        return [Included(path, self._read[path]) for path in sorted(found)]


def _nginx(path: str) -> Nginx:
    try:
        return read(door.read(path))
    except OSError:
        return Nginx(())
