"""Lets these tests use the helpers of `tests/rules`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "rules"))
