"""Exit statuses."""

from __future__ import annotations

from typing import Final

CLEAN: Final = 0
FINDINGS: Final = 1
TROUBLE: Final = 2
INTERRUPTED: Final = 130
