"""The order of tests where several processes share them: `pytest -n 2 --dist loadfile`."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What waits for servers and processes comes first, so that at the end no process waits for the other.
FIRST = ("proofs", "integration", "conformance", "robustness")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # it puts the files with the most tests first


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn_of(item.path))


def turn_of(path: Path) -> int:
    room = path.relative_to(HERE).parts[0]
    return FIRST.index(room) if room in FIRST else len(FIRST)
