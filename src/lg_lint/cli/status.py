"""Exit statuses."""

from __future__ import annotations

CLEAN = 0
FINDINGS = 1
TROUBLE = 2
INTERRUPTED = 130
