"""Which compose files belong together: each deployment of a project is one set of services.

Files beside each other are alternatives. Two of them are one deployment where Compose itself merges
them, and where one has services that only make sense on top of another file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs

from lg_lint.deploy.compose import Compose, Service, Text
from lg_lint.deploy.place import Unread
from lg_lint.deploy.settings import Setting

PLAIN = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""What `docker compose up` reads, the first that is there."""
OVERRIDES = (
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
)
_APPENDED = ("ports", "expose", "env_files", "configs", "profiles")
_DEEPEST = 10


class Deployment(Struct, frozen=True):
    """Services that run together, and the files that say so, later ones over earlier ones.

    Without `certain` no file says that these belong together: one of them needs another, and the
    plain file in its folder is taken. `unread` are files that are named and not there, with the
    path of the file that names them.
    """

    paths: tuple[str, ...]
    services: Mapping[str, Service]
    configs: Mapping[str, Text] = {}
    certain: bool = True
    unread: tuple[tuple[str, Unread], ...] = ()


def deployments(files: Mapping[str, Compose]) -> tuple[Deployment, ...]:
    """The deployments that a project's compose files describe, by path."""
    return _Files(files).deployments()


def merged(base: Service, over: Service) -> Service:
    """A service of two files: what the second says over what the first says."""
    changes: dict[str, Any] = {}
    for name in Service.__struct_fields__:
        old, new = getattr(base, name), getattr(over, name)
        if _is_reset(name, over):
            changes[name] = new
        elif isinstance(new, Mapping):
            changes[name] = {**old, **new}
        elif name == "volumes":
            targets = {mount.target.text for mount in new}
            kept = tuple(mount for mount in old if mount.target.text not in targets)
            changes[name] = kept + new
        elif name in _APPENDED or name == "depends_on":
            changes[name] = old + tuple(item for item in new if item not in old)
        elif name == "build" and old is not None and new is not None:
            changes[name] = structs.replace(
                new,
                context=new.context if new.context.chosen else old.context,
                dockerfile=new.dockerfile or old.dockerfile,
                target=new.target or old.target,
                args={**old.args, **new.args},
                inline=new.inline or old.inline,
            )
        else:
            changes[name] = new if new is not None else old
    if over.entrypoint is not None and over.command is None:
        changes["command"] = base.command
    return structs.replace(over, **{**changes, "resets": (), "extends": over.extends})


def _is_reset(name: str, over: Service) -> bool:
    key = {"env_files": "env_file", "replicas": "deploy"}.get(name, name)
    return key in over.resets


class _Files:
    def __init__(self, files: Mapping[str, Compose]) -> None:
        self.files = {posixpath.normpath(path): compose for path, compose in files.items()}
        self.unread: dict[str, list[tuple[str, Unread]]] = {}

    def deployments(self) -> tuple[Deployment, ...]:
        found = []
        parts = self._parts()
        for path, compose in self.files.items():
            name = posixpath.basename(path)
            if name in OVERRIDES or path in parts or not (compose.services or compose.include):
                continue
            found.append(self._deployment(path, compose))
        return tuple(found)

    def _deployment(self, path: str, compose: Compose) -> Deployment:
        folder, name = posixpath.split(path)
        paths, certain = [path], True
        services, configs = self._own(path, 0)
        if name in PLAIN:
            for each in OVERRIDES:
                over = posixpath.join(folder, each)
                if over in self.files:
                    paths.append(over)
                    services = self._over(services, over)
                    configs = {**configs, **self.files[over].configs}
                    break
        else:
            base = self._plain(folder)
            if base is not None and self._needs(compose, self.files[base]):
                paths.insert(0, base)
                certain = False
                services = self._over(self._own(base, 0)[0], path)
                configs = {**self.files[base].configs, **configs}
        unread = tuple(item for each in paths for item in self.unread.get(each, ()))
        return Deployment(tuple(paths), services, configs, certain, unread)

    def _own(self, path: str, depth: int) -> tuple[dict[str, Service], dict[str, Text]]:
        """What a file says together with what it includes."""
        services: dict[str, Service] = {}
        configs: dict[str, Text] = {}
        compose = self.files[path]
        for named in compose.include:
            inner = self._named(named, path)
            if inner is not None and depth < _DEEPEST:
                more, texts = self._own(inner, depth + 1)
                services.update(more)
                configs.update(texts)
        for name, service in compose.services.items():
            services[name] = self._extended(service, path, {(path, name)})
        configs.update(compose.configs)
        return services, configs

    def _over(self, services: Mapping[str, Service], path: str) -> dict[str, Service]:
        found = dict(services)
        for name, service in self._own(path, 0)[0].items():
            found[name] = merged(found[name], service) if name in found else service
        return found

    def _extended(self, service: Service, path: str, seen: set[tuple[str, str]]) -> Service:
        if service.extends is None or not service.extends.service.known:
            return service
        file = service.extends.file
        where = path if file is None else self._named(file, path)
        name = service.extends.service.text
        if where is None or (where, name) in seen or len(seen) > _DEEPEST:
            return service
        base = self.files[where].services.get(name)
        if base is None:
            return service
        return merged(self._extended(base, where, {*seen, (where, name)}), service)

    def _named(self, setting: Setting, path: str) -> str | None:
        """The file that a file names; what is not there is told once."""
        if not setting.known:
            return None
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), setting.text))
        if found in self.files:
            return found
        told = (path, Unread(setting.line, f"{setting.text} is not there"))
        if told not in self.unread.setdefault(path, []):
            self.unread[path].append(told)
        return None

    def _plain(self, folder: str) -> str | None:
        for name in PLAIN:
            path = posixpath.join(folder, name)
            if path in self.files:
                return path
        return None

    def _needs(self, compose: Compose, base: Compose) -> bool:
        """Whether a service of a file has nothing to run, and would in the plain file."""
        return any(
            service.image is None
            and (service.build is None or not service.build.context.chosen)
            and service.extends is None
            and name in base.services
            for name, service in compose.services.items()
        )

    def _parts(self) -> set[str]:
        """Files that another one includes: they are no deployment of their own."""
        found = set()
        for path, compose in self.files.items():
            for setting in compose.include:
                inner = self._named(setting, path)
                if inner is not None and inner != path:
                    found.add(inner)
        return found
