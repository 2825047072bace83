"""Write what is made of the code: pages (rules, symptoms, settings, rooms), the schema, the tables.

    python scripts/generate.py

A test fails where the files are not those that this would write.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lg_lint import knowledge
from lg_lint.cli import symptom
from lg_lint.cli.rule import markdown
from lg_lint.rules.registry import all_rules
from lg_lint.rules.telling.terms import TERMS, section
from lg_lint.settings import options
from lg_lint.settings.nearest import OF_EACH_FILE
from lg_lint.settings.options import as_toml_value
from lg_lint.settings.schema import schema

sys.path.insert(0, str(Path(__file__).parent))

import rooms

ROOT = Path(__file__).parents[1]
RULES = Path("docs/rules")
KNOWLEDGE = Path("src/lg_lint/knowledge")
ARCHITECTURE = Path("docs/architecture.md")
PICTURE = ("<!-- rooms -->\n", "\n<!-- end of rooms -->")
NOTE = "<!-- Made by scripts/generate.py: edit the code instead. -->\n\n"


def generated() -> dict[Path, str]:
    """The text of each file, by its path in the repository."""
    pages = {RULES / f"{rule.code}.md": NOTE + markdown(rule) for rule in all_rules()}
    return {
        **pages,
        RULES / "README.md": NOTE + rule_table(),
        Path("docs/settings.md"): NOTE + settings_page(),
        Path("docs/symptoms.md"): NOTE + symptom.page(),
        ARCHITECTURE: architecture(),
        Path("lg-lint.schema.json"): json.dumps(schema(), indent=2) + "\n",
        KNOWLEDGE / knowledge.PACKED: knowledge.pack(),
    }


def rule_table() -> str:
    rows = [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.summary} | {rule.severity.value} "
        f"| {rule.hop.value} | {rule.fixable} |"
        for rule in all_rules()
    ]
    head = "| Code | Name | Finds | Severity | Hop | Fix |"
    table = ["# Rules", "", head, "| --- " * 6 + "|", *rows, ""]
    return "\n".join([*table, section(TERMS, "## Terms\n"), ""])


def architecture() -> str:
    """The page as it is, with the picture of the rooms made anew."""
    before, _, rest = (ROOT / ARCHITECTURE).read_text(encoding="utf-8").partition(PICTURE[0])
    after = rest.partition(PICTURE[1])[2]
    return "".join((before, PICTURE[0], rooms.picture(), PICTURE[1], after))


def _listed(keys: tuple[str, ...]) -> str:
    words = [f"`{key}`" for key in keys]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def settings_page() -> str:
    sections = [
        f"## {option.key}\n\n{option.doc}\n\nExpects {option.kind.expects}. Default:\n\n"
        f"```toml\n{option.key} = {as_toml_value(option.default)}\n```\n"
        for option in options().values()
    ]
    intro = (
        "# Settings\n\n"
        "In `[tool.lg-lint]` of pyproject.toml, or in lg-lint.toml or .lg-lint.toml. `extend`\n"
        "names a file to build on.\n\n"
        "Of each Python file, the nearest settings file above it decides about its findings, and\n"
        f"counts alone: {_listed(OF_EACH_FILE)}.\n"
        "All else is said by the nearest settings file above all checked paths: what is read,\n"
        "what the project has, what makes a run fail. The command line wins over all of them.\n"
    )
    return "\n".join([intro, *sections])


def main() -> None:
    wanted = generated()
    for path in (ROOT / RULES).glob("*.md"):
        if path.relative_to(ROOT) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
