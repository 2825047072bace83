"""The rules there are, by code and by name."""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Collection

from lg_lint.base.finding import Hop, Severity
from lg_lint.rules.rule import Rule


@functools.cache
def names() -> dict[str, str]:
    """The name of every rule by its code, in order of the codes. No rule is imported for that."""
    found = {rule.code: rule.name for rule in BUILT_IN}
    for module in _modules():
        code, _, name = module.partition("_")
        found[code.upper()] = name.replace("_", "-")
    return dict(sorted(found.items()))


def all_rules() -> tuple[Rule, ...]:
    """Every rule, ordered by code: those of the modules `lg<number>_*`, and the built-in ones."""
    return rules_of(names())


def rules_of(codes: Collection[str]) -> tuple[Rule, ...]:
    """The rules with these codes, ordered by code."""
    return tuple(_rule(code) for code in names() if code in codes)


@functools.cache
def _rule(code: str) -> Rule:
    for rule in BUILT_IN:
        if rule.code == code:
            return rule
    name = f"{code.lower()}_{names()[code].replace('-', '_')}"
    found: Rule = importlib.import_module(f"lg_lint.rules.{name}").RULE
    return found


def _modules() -> list[str]:
    files = map(os.path.splitext, os.listdir(os.path.dirname(__file__)))
    return [
        name
        for name, suffix in files
        if suffix == ".py" and name[:2] == "lg" and name[2:3].isdigit()
    ]


def select(selectors: list[str]) -> frozenset[str]:
    """The codes that selectors name: "ALL", a code, a prefix such as "LG1", or a rule's name.

    Raises KeyError with the selector that names no rule.
    """
    chosen: set[str] = set()
    for selector in selectors:
        codes = {
            code
            for code, name in names().items()
            if selector in ("ALL", name) or code.startswith(selector.upper())
        }
        if not codes or not selector:
            raise KeyError(selector)
        chosen |= codes
    return frozenset(chosen)


def _never(rule: Rule, project: object) -> tuple[()]:
    """The pipeline itself reports the built-in rules while it reads files and ignore comments."""
    return ()


BUILT_IN = (
    Rule(code="LG000", name="unreadable-source", severity=Severity.ERROR, hop=Hop.SOURCE,
         check=_never, page="""\
A file that cannot be read as Python, or a check that was given up

## What it does
Reports a syntax error, undecodable bytes, a NUL byte or a broken notebook. Reports also that a file
or a rule was given up, as it would take more processor time than `max-time` or more memory than
`max-memory` allows: the place is the code that was looked at then. The exit status is 2 in any
case, and nothing of such a run is kept in the cache.

## Why it cuts the stream
Nothing in the file is checked, and what other files use of it is unknown. What a rule that was
given up would have found is not shown; all other rules are checked.

## What is seen
- not checked: a file that cannot be read, or that took too long

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
Exclude files that are not meant to be Python, such as templates, and generated code that takes too
long. A slow machine may need more than the usual limits.

## Fix safety
No fix.

## Evidence
The parser's own message.
"""),
    Rule(code="LG001", name="unused-ignore", severity=Severity.WARNING, hop=Hop.SOURCE,
         check=_never, page="""\
An ignore comment that hides nothing

## What it does
Reports `# lg-lint: ignore[...]` and `# lg-lint: file-ignore[...]` comments whose codes match no
finding.

## Why it cuts the stream
A stale comment hides the next defect that appears on its line.

## What is seen
- not checked: a comment that hides nothing, as the code has changed

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
"""),
    Rule(code="LG002", name="unknown-ignore-code", severity=Severity.WARNING, hop=Hop.SOURCE,
         check=_never, page="""\
An ignore comment that names no rule

## What it does
Reports codes or names in ignore comments that are no rule of lg-lint.

## Why it cuts the stream
The comment looks as if it hid a finding, and does not.

## What is seen
- not checked: a comment whose code is no rule

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
"""),
)  # fmt: skip
UNREADABLE = BUILT_IN[0]
