"""What the package index and the reports link to is in the repository, and has one address."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from lg_lint.base.address import HOME, page, raw
from lg_lint.rules.registry import all_rules
from lg_lint.settings.schema import schema

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = Path(__file__).parents[2]
SOURCE = PROJECT / "src" / "lg_lint"
README = (PROJECT / "README.md").read_text(encoding="utf-8")
METADATA = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)|(?:src|href)=\"([^\"#]+)")


def file_of(address: str) -> Path | None:
    """The file of the repository that an address shows."""
    for made in (page, raw):
        if address.startswith(made("")):
            return PROJECT / address.removeprefix(made(""))
    return None


def links() -> list[str]:
    return sorted({first or second for first, second in LINK.findall(README)})


@pytest.mark.parametrize("link", links())
def test_links_of_the_readme_work_on_the_package_index(link: str) -> None:
    assert link.startswith("https://")
    file = file_of(link)
    assert file is None or file.is_file()


def test_the_readme_links_to_pages() -> None:
    assert len([link for link in links() if file_of(link)]) >= 5


@pytest.mark.parametrize("link", sorted(METADATA["project"]["urls"].values()))
def test_urls_of_the_package(link: str) -> None:
    assert link.startswith(HOME)
    file = file_of(link)
    assert file is None or file.is_file()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_finding_links_to_the_page_of_its_rule(rule: object) -> None:
    file = file_of(rule.url)  # type: ignore[attr-defined]
    assert file is not None
    assert file.is_file()


def test_the_schema_says_where_it_is() -> None:
    file = file_of(schema()["$id"])
    assert file is not None
    assert file.is_file()


def test_one_place_holds_the_address() -> None:
    own = re.compile(r"https?://[^\s\"']*lg-lint[^\s\"']*")
    named = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if own.search(path.read_text(encoding="utf-8"))
    }
    assert named == {"base/address.py"}


def test_only_what_lies_at_the_root_is_published() -> None:
    patterns = METADATA["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert all(each.startswith("/") and (PROJECT / each[1:]).exists() for each in patterns)
