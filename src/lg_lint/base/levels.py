"""The words for how bad a finding is and how sure, from the most to the least."""

from __future__ import annotations

SEVERITIES = ("error", "warning", "info")
CONFIDENCES = ("high", "medium", "low")
