"""The modules of a fixture case, imported as those of a project of its own."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import django_project  # noqa: F401
from fixture_cases import source_files
from not_installed import is_excused


def import_roots(root: Path) -> list[Path]:
    """Where imports begin: the case itself, `src` folders, and projects in folders of their own."""
    folders = {path for path in root.rglob("src") if path.is_dir()}
    for name in ("Dockerfile", "pyproject.toml"):
        folders |= {path.parent for path in root.rglob(name)}
    return [root, *sorted(folders - {root})]


def modules_of(root: Path, roots: list[Path]) -> list[str]:
    """Of all files that a statement could import."""
    return [module_name(path, roots) for path in source_files(root) if path.stem.isidentifier()]


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.path[:] = path
        found = [name for name, module in list(sys.modules.items()) if is_below(module, root)]
        for name in found:  # a namespace's path is asked of its parent, which is still there
            del sys.modules[name]
        sys.modules.update(hidden)


def import_one(name: str) -> None:
    """Import a module, or leave it where it wants a package of `tests/not_installed.py`."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not is_excused(error.name):
            raise ModuleNotFoundError(
                f"{error}: add its package to the test extra in pyproject.toml, or to "
                f"tests/not_installed.py with the reason"
            ) from error
