"""The modules of a package, imported as far as they can be, and the names that they offer."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import sys
import types
import warnings
from typing import Any

_LEFT_OUT = (
    "test", "tests", "testing", "conftest", "benchmarks", "examples", "__main__", "cli", "_cli",
    "mypy", "vendor", "_vendor", "pytest_plugin", "contrib",
)  # fmt: skip


def load(names: list[str], offering: list[str]) -> list[types.ModuleType]:
    """The modules named and all below them, and those that only offer names."""
    warnings.simplefilter("ignore")
    for name in names:
        module = _imported(name)
        for path in _below(module):
            _imported(path)
    found = [
        module
        for name, module in sorted(sys.modules.items())
        if module is not None and _is_within(name, names)
    ]
    found += [module for name in offering if (module := _imported(name)) is not None]
    for module in found:
        late = _imported_late(module) if "__getattr__" in vars(module) else []
        for name in (*(getattr(module, "__all__", None) or ()), *late):
            _taken(module, name)
    return found


def _imported_late(module: types.ModuleType) -> list[str]:
    """The names that a module imports for type checkers, and itself once they are asked for."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return []
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [alias.asname or alias.name for node in imports for alias in node.names]


def _is_within(name: str, names: list[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in names)


def _below(module: Any) -> list[str]:
    found = []
    queue = [module] if module is not None else []
    while queue:
        current = queue.pop()
        for info in pkgutil.iter_modules(getattr(current, "__path__", ()), f"{current.__name__}."):
            if info.name.rpartition(".")[2] in _LEFT_OUT or "test" in info.name.split(".")[-1]:
                continue
            found.append(info.name)
            if info.ispkg:
                below = _imported(info.name)
                if below is not None:
                    queue.append(below)
    return found


def _imported(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit):
        return None


def _taken(module: types.ModuleType, name: str) -> None:
    """Ask for a name, which modules that import late then have."""
    try:
        vars(module).setdefault(name, getattr(module, name))
    except Exception:
        return


def offered(modules: list[types.ModuleType]) -> dict[str, Any]:
    """What public modules offer by public names: dotted name to value."""
    found: dict[str, Any] = {}
    tops = {module.__name__.partition(".")[0] for module in modules}
    for module in modules:
        if any(part.startswith("_") for part in module.__name__.split(".")):
            continue
        for name, value in list(vars(module).items()):
            if not name.startswith("_") and _is_own(value, tops) and _is_meant(module, name, value):
                found[f"{module.__name__}.{name}"] = value
    return found


def _is_own(value: Any, tops: set[str]) -> bool:
    if isinstance(value, types.ModuleType):
        return False
    owner = value if isinstance(value, type) or callable(value) else type(value)
    if isinstance(value, types.MethodType):
        owner = value.__func__
    if isinstance(value, functools.partial):
        owner = value.func
    try:
        module = owner.__module__
    except Exception:
        return False
    return isinstance(module, str) and module.partition(".")[0] in tops


def _is_meant(module: types.ModuleType, name: str, value: Any) -> bool:
    """Whether a module offers a name, and has not only imported it for itself."""
    return (
        name in (getattr(module, "__all__", None) or ())
        or hasattr(module, "__path__")
        or getattr(value, "__module__", module.__name__) == module.__name__
        or any(part.startswith("_") for part in str(getattr(value, "__module__", "")).split("."))
    )
