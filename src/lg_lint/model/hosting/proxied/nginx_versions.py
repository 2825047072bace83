"""Which nginx runs a project's configurations, by the images that its files name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.deploy import compose
from lg_lint.deploy.dockerfile import read_dockerfile
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.values import known, value_of
from lg_lint.model.hosting.servers.files import DeploymentFiles

FLOATING: tuple[int, ...] = ()
"""The version of an image that is another one next month: `nginx`, `nginx:alpine`, `nginx:1`."""

_image = re.compile(r"(?:[\w.:-]+/)*(?:nginx|nginx-unprivileged|openresty)(?::([\w.-]+))?(?:@.*)?")
_DOCKERFILES = ("dockerfile", "containerfile")


def nginx_versions(files: DeploymentFiles) -> set[tuple[int, ...]]:
    """The versions of all images of nginx; `FLOATING` for one that nothing pins."""
    found = set()
    for text in _images(files):
        match = _image.fullmatch(text)
        if match is not None:
            numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", match[1] or "")
            found.add(tuple(int(each) for each in numbers.groups("0")) if numbers else FLOATING)
    return found


def _images(files: DeploymentFiles) -> Iterator[str]:
    for path in files.of_kind("compose"):
        for service in compose.read(files.data(path) or b"", {}, path).services.values():
            yield _text(service.image)
    for path in files.named(*_DOCKERFILES):
        for stage in read_dockerfile(files.data(path) or b"").stages:
            yield known(stage.base) or ""


def _text(setting: Setting | None) -> str:
    return (known(value_of(setting)) or "") if setting is not None else ""
