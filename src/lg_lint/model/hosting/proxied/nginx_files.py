"""The nginx configurations of a project, each with what it includes and with who carries it."""

from __future__ import annotations

import fnmatch
import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from lg_lint.deploy.kinds import YAML
from lg_lint.deploy.nginx.including import Included, whole
from lg_lint.deploy.nginx.reading import Nginx, read, read_lines
from lg_lint.deploy.nginx.records import Configuration
from lg_lint.deploy.nginx.servers import configuration
from lg_lint.model.hosting.proxied.carried import Areas, Carried, Carriers, nearest
from lg_lint.model.hosting.proxied.nginx_versions import FLOATING, nginx_version
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project

_WORDS = ("server", "location", "proxy_pass", "upstream")


class NginxFile(Struct, frozen=True, eq=False):
    """A configuration that no other file of the project includes, in one deployment.

    `says_version` is False where its image is whatever nginx is the newest: then nobody knows in
    which version of HTTP it speaks to applications. `is_alone` where what stands around its servers
    cannot be another file of the project. `by` is the container that runs it, None for a machine.
    """

    path: str
    configuration: Configuration
    says_version: bool = True
    is_alone: bool = True
    by: Carried | None = None


class NginxFiles:
    """Reads the configurations once. Ask `files`."""

    def __init__(self, project: Project, servers: Servers) -> None:
        self._carriers = Carriers(servers, "nginx")
        self._areas = Areas(servers)
        paths = [each for each in project.proxy_configs if not each.endswith(YAML)]
        self._deploying = servers.files
        self._read = {path: self._nginx(path) for path in paths}
        self._included: dict[str, set[str]] = {}
        self._versions: dict[tuple[str, tuple[int, ...] | None], Configuration] = {}
        for path, each in self._read.items():
            whole(path, each, self._find)
        self._frames = [path for path in self._read if self._made(path, None).is_whole]
        self.files = [
            file
            for path in self._read
            if self._is_root(path) and self._made(path, None).servers
            for file in self._in_deployments(path)
        ]
        self.files += self._texts()

    def _is_root(self, path: str) -> bool:
        """Whether no other file includes one; of files that include each other the first is one."""
        above = self._above(path)
        return not above - {path} or (path in above and path == min(above))

    def _above(self, path: str) -> set[str]:
        """The files that include a file, directly or through others."""
        found: set[str] = set()
        waiting = [path]
        while waiting:
            new = self._included.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def _in_deployments(self, path: str) -> Iterator[NginxFile]:
        """A configuration for each container that has it; as that of a machine where none has."""
        by: Iterable[Carried | None] = self._carriers.of(path) or (None,)
        for file, unread in whole(path, self._read[path], self._find).unread:
            self._deploying.tell(file, [unread])
        for each in by:
            versions = self._versions_of(path, each)
            is_known = FLOATING not in versions and len(versions) < 2
            version = next(iter(versions)) if len(versions) == 1 else None
            made = self._made(path, version or None)
            yield NginxFile(path, made, is_known, made.is_whole or self._has_no_frame(path), each)

    def _made(self, path: str, version: tuple[int, ...] | None) -> Configuration:
        key = (path, version)
        if key not in self._versions:
            read = whole(path, self._read[path], self._find)
            self._versions[key] = configuration(read, version)
        return self._versions[key]

    def _versions_of(self, path: str, by: Carried | None) -> set[tuple[int, ...]]:
        """The versions of the image that runs a file; of those nearest to it where none is seen."""
        images = [by.carrier] if by is not None else nearest(path, self._carriers.running())
        found = {nginx_version(each.image) for each in images}
        return {each for each in found if each is not None}

    def _has_no_frame(self, path: str) -> bool:
        """Whether no file of the same application may be what includes this one."""
        area = self._areas.of(path)
        return not any(each != path and self._areas.of(each) == area for each in self._frames)

    def _texts(self) -> Iterator[NginxFile]:
        """The configurations that stand in files of other kinds."""
        for by, text in self._carriers.texts():
            if sum(any(word in row.text for row in text.lines) for word in _WORDS) < 2:
                continue
            made = configuration(whole(text.path, read_lines(text.lines), self._find))
            if made.servers:
                versions = self._versions_of(text.path, by if by and by.carrier.image else None)
                is_known = FLOATING not in versions and len(versions) < 2
                version = next(iter(versions)) if len(versions) == 1 else None
                if version:
                    made = configuration(
                        whole(text.path, read_lines(text.lines), self._find), version
                    )
                yield NginxFile(text.path, made, is_known, True, by)

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
        for path in found:
            self._included.setdefault(path, set()).add(file)
        return [Included(path, self._read[path]) for path in sorted(found)]

    def _nginx(self, path: str) -> Nginx:
        """A file of that name may be of any program: what nginx cannot read is told of its own."""
        data = self._deploying.data(path)
        if data is None:
            return Nginx(())
        found = read(data)
        if "nginx" in path[len(self._deploying.root) :] or b"proxy_pass" in data:
            self._deploying.tell(path, found.unread)
        return found
