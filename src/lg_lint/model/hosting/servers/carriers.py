"""Which files of the project a container is given: mounted, copied into its image, or in a map."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from lg_lint.deploy import compose
from lg_lint.deploy.dockerfile import Dockerfile, Stage
from lg_lint.deploy.place import Word
from lg_lint.deploy.scripts import files_of
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.shell.records import Written
from lg_lint.deploy.values import known, value_of
from lg_lint.model.hosting.servers.layout import Layout
from lg_lint.model.hosting.servers.records import Carrier, Text

_MOST_STAGES = 20


def of_service(
    service: compose.Service,
    layout: Layout,
    dockerfile: str,
    path: str,
    configs: Mapping[str, compose.Text],
) -> Carrier:
    """The container of a compose service; `path` is the file that it stands in."""
    names = (service.name.text, known(service.container_name))
    mounted = [(mount.source, mount.target) for mount in layout.mounts]
    copied = of_image(layout, dockerfile)
    network = known(value_of(service.network_mode)) if service.network_mode is not None else ""
    return Carrier(
        path,
        service.name.line,
        service.name.text,
        tuple(filter(None, names)),
        copied.image or _text(service.image),
        dockerfile,
        (*mounted, *_configured(service, configs, path), *copied.sources),
        (*copied.texts, *_inline(service, configs, path)),
        tuple(port.published for port in service.ports if port.published is not None),
        network == "host",
        labels={name.lower(): each for name, each in service.labels.items()},
    )


def of_image(layout: Layout, path: str) -> Carrier:
    """A container that is made of an image and of nothing else."""
    stage, dockerfile = layout.stage, layout.dockerfile
    if stage is None or dockerfile is None:
        return Carrier(path, 1)
    chain = list(_chain(stage, dockerfile))
    return Carrier(
        path,
        stage.line,
        image=known(chain[-1].base) or "",
        dockerfile=path,
        sources=tuple(_copied(chain, layout.context)),
        texts=tuple(written_texts([each for one in chain[::-1] for each in one.writes], path)),
    )


def written_texts(writes: Iterable[Written], path: str) -> Iterator[Text]:
    """The files that a script writes, as they are in the end."""
    for each in files_of(writes):
        yield Text(path, each.path.text, each.lines)


def lines_of(setting: Setting) -> tuple[Word, ...]:
    """The lines of a text that stands in a YAML file."""
    found, at = [], 0
    for row in setting.text.split("\n"):
        found.append(Word(row, setting.line_at(at)))
        at += len(row) + 1
    return tuple(found)


def _chain(stage: Stage, dockerfile: Dockerfile) -> Iterator[Stage]:
    """A stage and those that it begins with."""
    for _ in range(_MOST_STAGES):
        yield stage
        if stage.parent is None:
            return
        stage = dockerfile.stages[stage.parent]


def _copied(chain: Iterable[Stage], context: str) -> Iterator[tuple[str, str]]:
    for stage in chain:
        for copy in stage.copies:
            target = known(copy.target)
            if copy.stage is not None or target is None:
                continue
            for source in filter(None, map(known, copy.sources)):
                plain = source.partition("*")[0] if "*" in source else source
                yield os.path.normpath(os.path.join(context, plain.lstrip("/"))), target


def _configured(
    service: compose.Service, configs: Mapping[str, compose.Text], path: str
) -> Iterator[tuple[str, str]]:
    for mount in service.configs:
        file = configs[mount.source.text].file if mount.source.text in configs else None
        if file is not None and file.known:
            folder = os.path.dirname(file.path or path)
            yield os.path.normpath(os.path.join(folder, file.text)), mount.target.text


def _inline(
    service: compose.Service, configs: Mapping[str, compose.Text], path: str
) -> Iterator[Text]:
    for mount in service.configs:
        content = configs[mount.source.text].content if mount.source.text in configs else None
        if content is not None:
            yield Text(content.path or path, mount.target.text, lines_of(content))


def _text(setting: Setting | None) -> str:
    return (known(value_of(setting)) or "") if setting is not None else ""
