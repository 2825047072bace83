"""The rules there are, by code and by name."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from lg_lint.finding import Hop, Severity
from lg_lint.rules.rule import Rule


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, ordered by code: those of the modules `lg<number>_*`, and the built-in ones."""
    package = importlib.import_module("lg_lint.rules")
    found = list(BUILT_IN)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("lg") and module.name[2:3].isdigit():
            found.append(importlib.import_module(f"lg_lint.rules.{module.name}").RULE)
    return tuple(sorted(found, key=lambda rule: rule.code))


def select(selectors: list[str]) -> frozenset[str]:
    """The codes that selectors name: "ALL", a code, a prefix such as "LG1", or a rule's name.

    Raises KeyError with the selector that names no rule.
    """
    chosen: set[str] = set()
    for selector in selectors:
        codes = {
            rule.code
            for rule in all_rules()
            if selector == "ALL" or rule.name == selector or rule.code.startswith(selector.upper())
        }
        if not codes or not selector:
            raise KeyError(selector)
        chosen |= codes
    return frozenset(chosen)


def _never(rule: Rule, project: object) -> tuple[()]:
    """The pipeline itself reports the built-in rules while it reads files and ignore comments."""
    return ()


BUILT_IN = (
    Rule("LG000", "unreadable-source", Severity.ERROR, Hop.SOURCE, """\
A file that cannot be read as Python

## What it does
Reports a syntax error, undecodable bytes, a NUL byte or a broken notebook.

## Why it cuts the stream
Nothing in the file is checked, and what other files use of it is unknown.

## Example
```python
def chat(:
    pass
```

## Use instead
```python
def chat():
    pass
```

## When to ignore
Exclude files that are not meant to be Python, such as templates.

## Fix safety
No fix.

## Evidence
The parser's own message.
""", _never),
    Rule("LG001", "unused-ignore", Severity.WARNING, Hop.SOURCE, """\
An ignore comment that hides nothing

## What it does
Reports `# lg-lint: ignore[...]` and `# lg-lint: file-ignore[...]` comments whose codes match no
finding.

## Why it cuts the stream
A stale comment hides the next defect that appears on its line.

## Example
```python
x = 1  # lg-lint: ignore[LG101] nothing here
```

## Use instead
```python
x = 1
```

## When to ignore
Where the finding depends on a file that is not always there.

## Fix safety
No fix.

## Evidence
The run's own findings.
""", _never),
    Rule("LG002", "unknown-ignore-code", Severity.WARNING, Hop.SOURCE, """\
An ignore comment that names no rule

## What it does
Reports codes or names in ignore comments that are no rule of lg-lint.

## Why it cuts the stream
The comment looks as if it hid a finding, and does not.

## Example
```python
x = 1  # lg-lint: ignore[LG999]
```

## Use instead
```python
x = 1
```

## When to ignore
Never: correct the code.

## Fix safety
No fix.

## Evidence
`lg-lint rule --all`.
""", _never),
)  # fmt: skip
