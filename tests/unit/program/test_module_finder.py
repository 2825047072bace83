"""Which file an import means."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.program.import_closure import Imports, import_statements, imports
from lg_lint.program.modules import ModuleFinder

ROOT = "/repo"


def finder(*paths: str) -> ModuleFinder:
    return ModuleFinder(ROOT, [f"{ROOT}/{path}" for path in paths], frozenset({"langgraph"}))


@pytest.mark.parametrize(
    ("name", "importer", "expected"),
    [
        ("pkg.a", "app.py", "pkg/a.py"),
        ("pkg", "app.py", "pkg/__init__.py"),
        ("beside", "deep/er/mod.py", "deep/er/beside.py"),
        ("lib", "app.py", "src/lib.py"),
        ("pkg.nowhere", "app.py", None),
        ("logging", "app.py", None),
        ("langgraph.graph", "app.py", None),
        ("space.inner", "app.py", "space/inner.py"),
        ("pkg", "pkg/__init__.py", "pkg/__init__.py"),
        ("web.api", "back/web/api/__init__.py", "back/web/api/__init__.py"),
        ("api", "back/web/api/__init__.py", None),
    ],
)
def test_absolute_import(name: str, importer: str, expected: str | None) -> None:
    files = finder(
        "app.py",
        "pkg/__init__.py",
        "pkg/a.py",
        "deep/er/mod.py",
        "deep/er/beside.py",
        "src/lib.py",
        "logging.py",
        "langgraph/graph.py",
        "space/inner.py",
        "back/web/api/__init__.py",
    )
    found = files.absolute(name, f"{ROOT}/{importer}")
    assert found == (f"{ROOT}/{expected}" if expected else None)


def test_nearest_package_wins() -> None:
    files = finder("a/core/__init__.py", "a/app.py", "b/core/__init__.py", "b/app.py")
    for side in "ab":
        assert files.absolute("core", f"{ROOT}/{side}/app.py") == f"{ROOT}/{side}/core/__init__.py"


def test_relative_import_counts_its_dots() -> None:
    files = finder("pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/b.py")
    importer = f"{ROOT}/pkg/sub/b.py"
    assert files.relative("", 1, importer) == f"{ROOT}/pkg/sub/__init__.py"
    assert files.relative("a", 2, importer) == f"{ROOT}/pkg/a.py"
    assert files.relative("nowhere", 2, importer) is None


def test_importers_are_followed_backwards_and_submodules_count() -> None:
    texts = {
        f"{ROOT}/seed.py": "",
        f"{ROOT}/pkg/__init__.py": "",
        f"{ROOT}/pkg/inner.py": "import seed",
        f"{ROOT}/app.py": "from pkg import (\n    inner,\n)",
        f"{ROOT}/far.py": "import app as a, os",
        f"{ROOT}/alone.py": "import os",
    }
    files = ModuleFinder(ROOT, texts, frozenset())
    assert imports(files, f"{ROOT}/app.py", texts[f"{ROOT}/app.py"]) == {
        f"{ROOT}/pkg/__init__.py",
        f"{ROOT}/pkg/inner.py",
    }
    statements = {path: import_statements(text) for path, text in texts.items()}
    found = Imports(files, statements).importers([f"{ROOT}/seed.py"])
    assert found == {f"{ROOT}/{name}" for name in ("seed.py", "pkg/inner.py", "app.py", "far.py")}


def test_a_process_is_what_imports_a_seed_with_all_that_this_imports() -> None:
    names = [f"{ROOT}/{name}.py" for name in ("main", "seed", "view", "deep", "apart")]
    files = ModuleFinder(ROOT, names, frozenset())
    texts = ("import seed\nimport view", "", "import deep", "", "import deep")
    imports_of = Imports(files, dict(zip(names, texts, strict=True)))
    assert imports_of.processes([names[1]]) == set(names[:4])


def test_who_loads_a_file_by_a_text_imports_it() -> None:
    names = [f"{ROOT}/{name}.py" for name in ("main", "seed")]
    imports_of = Imports(ModuleFinder(ROOT, names, frozenset()), dict.fromkeys(names, ""))
    assert imports_of.importers(names[1:]) == {names[1]}
    imports_of.note({names[0]: [names[1]]})
    assert imports_of.importers(names[1:]) == set(names)


def test_import_statements_of_a_text() -> None:
    text = "import a  # why\nx = 1\nif x:\n    from b import (\n        c,\n    )\nimportant = 2\n"
    said = import_statements(text)
    assert "x = 1" not in said
    assert "important" not in said
    assert import_statements(said) == said


def test_what_a_name_means_does_not_depend_on_who_asks_first() -> None:
    files = [f"{ROOT}/redis.py", f"{ROOT}/a.py", f"{ROOT}/z.py"]
    for order in (files, files[::-1]):
        finder = ModuleFinder(ROOT, files)
        found = {path: finder.absolute("redis", path) for path in order}
        assert found == {files[0]: None, files[1]: files[0], files[2]: files[0]}


def test_a_package_imported_by_dots_alone_is_imported() -> None:
    names = [f"{ROOT}/pkg/{name}.py" for name in ("__init__", "one", "two", "sub/__init__", "x")]
    texts = {
        names[0]: "",
        names[1]: "from . import x",
        names[2]: "import os",
        names[3]: "from ..\\\n import nothing\nfrom .. import x",
        names[4]: "",
    }
    statements = {path: import_statements(text) for path, text in texts.items()}
    imports_of = Imports(ModuleFinder(ROOT, texts), statements)
    assert imports_of.importers(names[:1]) == {names[0], names[1], names[3]}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("common.keys", "libs/common/common/keys.py"),
        ("settings", None),
        ("tools.mail", None),
        ("app.keys", None),
        ("company.pay", "libs/pay/src/company/pay.py"),
    ],
)
def test_other_applications_lend_packages_alone(
    tmp_path: Path, name: str, expected: str | None
) -> None:
    names = [
        "orders/app/__init__.py", "orders/app/main.py", "orders/src/company/orders.py",
        "billing/app/__init__.py", "billing/app/keys.py", "billing/settings.py",
        "billing/tools/mail.py", "notes/tools/mail.py",
        "libs/common/common/keys.py", "libs/pay/src/company/pay.py",
    ]  # fmt: skip
    for folder in ("orders", "billing", "notes", "libs/common", "libs/pay"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "pyproject.toml").touch()
    root = str(tmp_path)
    found = ModuleFinder(root, [f"{root}/{each}" for each in names]).absolute(
        name, f"{root}/orders/app/main.py"
    )
    assert found == (expected and f"{root}/{expected}")


def test_a_folder_of_the_search_path_is_searched_by_those_below_who_adds_it() -> None:
    names = [f"{ROOT}/{name}.py" for name in ("web/main", "web/sub/view", "lib-x/tool", "job/run")]
    finder = ModuleFinder(ROOT, names)
    finder.search(f"{ROOT}/web", f"{ROOT}/lib-x")
    found = [finder.absolute("tool", name) for name in names if name != names[2]]
    assert found == [names[2], names[2], None]
