"""Which folder each service of a compose file is built from."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.model.hosting.compose import services


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("services:\n  chat:\n    build: ./chat\n", {"chat": "chat"}),
        ("services:\n  chat:\n    build:\n      context: chat  # here\n", {"chat": "chat"}),
        ("services:\n  chat:\n    build: { context: ./chat, target: x }\n", {"chat": "chat"}),
        (
            "services:\n    chat:\n        hostname: talk\n        build: 'chat'\n",
            {"chat": "chat", "talk": "chat"},
        ),
        ("services:\n  proxy:\n    image: nginx\n", {}),
        ("volumes:\n  chat:\n    build: ./chat\n", {}),
        ("services:\n  chat:\n    labels:\n      build: ./no\n", {}),
        ("- a list\n: and nothing\n\tat all", {}),
    ],
)
def test_services(tmp_path: Path, text: str, found: dict[str, str]) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(text)
    assert services(str(path)) == {name: str(tmp_path / folder) for name, folder in found.items()}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert services(str(tmp_path / "compose.yaml")) == {}
