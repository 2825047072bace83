"""Every case is real code: its modules import under the libraries that it uses."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from fixture_cases import all_cases, case_id, copy_case, source_files

# Frameworks that the cases speak of and that the tests do not install.
NOT_INSTALLED = {
    "brotli_asgi",
    "chainlit",
    "docker",
    "sanic",
}


def import_roots(root: Path) -> list[Path]:
    return [root, *(path for path in sorted(root.rglob("src")) if path.is_dir())]


def module_name(path: Path, roots: list[Path]) -> str:
    holding = [each for each in roots if path.is_relative_to(each)]
    root = max(holding, key=lambda each: len(each.parts))
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def is_below(module: ModuleType, root: Path) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", [])]
    return any(place and Path(place).is_relative_to(root) for place in places)


@contextmanager
def importable(root: Path, roots: list[Path]) -> Iterator[None]:
    """Let the modules of a case be imported, instead of others of their names, then forget them."""
    path = list(sys.path)
    sys.path[:0] = [str(each) for each in roots]
    names = {module_name(file, roots).partition(".")[0] for file in source_files(root)}
    others = [name for name in sys.modules if name.partition(".")[0] in names]
    hidden = {name: sys.modules.pop(name) for name in others}
    try:
        yield
    finally:
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            if is_below(module, root):
                del sys.modules[name]
        sys.modules.update(hidden)


@pytest.mark.parametrize("case", all_cases(), ids=case_id)
def test_case_imports(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_case(case, tmp_path)
    monkeypatch.chdir(root)
    roots = import_roots(root)
    with importable(root, roots), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in source_files(root):
            if " " not in path.name:
                import_or_skip(module_name(path, roots))


def import_or_skip(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in NOT_INSTALLED:
            raise
