"""What `scripts/generate.py` writes is what the repository holds, and the schema is a true one."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import jsonschema
import pytest

from lg_lint.rules.registry import all_rules
from lg_lint.settings import Settings, SettingsError, as_toml, load

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(PROJECT / "scripts" / "generate.py"))
GENERATED: dict[Path, str] = SCRIPT["generated"]()
SCHEMA = json.loads(GENERATED[Path("lg-lint.schema.json")])


@pytest.mark.parametrize("name", sorted(GENERATED), ids=str)
def test_the_file_is_as_generated(name: Path) -> None:
    held = (PROJECT / name).read_text(encoding="utf-8")
    assert held == GENERATED[name], "run scripts/generate.py"


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    pages = {path.stem for path in (PROJECT / "docs" / "rules").glob("*.md")}
    assert pages == {rule.code for rule in all_rules()} | {"README"}


def test_the_script_removes_the_pages_of_rules_that_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = SCRIPT["main"]
    monkeypatch.setitem(main.__globals__, "ROOT", tmp_path)
    stale = tmp_path / "docs" / "rules" / "LG999.md"
    stale.parent.mkdir(parents=True)
    stale.touch()
    page = tmp_path / "docs" / "architecture.md"
    page.write_bytes((PROJECT / "docs" / "architecture.md").read_bytes())
    main()
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == set(GENERATED)


def accepted(table: str) -> bool:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    return bool(jsonschema.Draft7Validator(SCHEMA).is_valid(tomllib.loads(table)))


def loaded(folder: Path, table: str) -> bool:
    (folder / "base.toml").touch()
    (folder / "lg-lint.toml").write_text(table)
    try:
        load(folder)
    except SettingsError:
        return False
    return True


@pytest.mark.parametrize(
    "table",
    [
        "",
        as_toml(Settings()),
        'select = ["ALL"]\nignore = ["LG1", "unused-ignore"]\nextend-select = ["LG101"]',
        'extend = "base.toml"',
        '[per-file-ignores]\n"tests/**" = ["LG101"]',
        '[severity]\nLG101 = "warning"\nLG0 = "info"',
        'min-confidence = "low"\nfail-on = "never"\ntests = true\nmax-file-size = 1',
        'blocking-calls = ["crm.fetch"]',
    ],
)
def test_what_the_schema_accepts_is_read(tmp_path: Path, table: str) -> None:
    assert accepted(table)
    assert loaded(tmp_path, table)


@pytest.mark.parametrize(
    "table",
    [
        'selct = ["ALL"]',
        'select = "ALL"',
        'select = ["LG999"]',
        '[per-file-ignores]\n"tests/**" = "LG101"',
        '[severity]\nLG101 = "bad"',
        '[severity]\nLG999 = "info"',
        'min-confidence = "none"',
        'fail-on = "always"',
        "tests = 1",
        "max-file-size = 0",
        "blocking-calls = [1]",
        "extend = 1",
    ],
)
def test_what_the_schema_refuses_is_an_error(tmp_path: Path, table: str) -> None:
    assert not accepted(table)
    assert not loaded(tmp_path, table)
