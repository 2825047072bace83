"""Which tests one process runs where there are two: `pytest -n 2 --dist loadgroup`."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Ratios between answers of servers are taken in these: no two of them at once.
ALONE = {"proofs": "proofs"}
# What starts many processes comes first, so that no process waits long for the other at the end.
FIRST = ("proofs", "integration", "conformance", "robustness")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A file is one process's work, since its tests share what they have computed."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item.path)))
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn_of(item.path))


def group_of(path: Path) -> str:
    name = path.relative_to(HERE)
    return ALONE.get(name.parts[0], name.as_posix())


def turn_of(path: Path) -> int:
    room = path.relative_to(HERE).parts[0]
    return FIRST.index(room) if room in FIRST else len(FIRST)
