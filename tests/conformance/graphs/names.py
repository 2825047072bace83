"""Names that other modules give their nodes."""

PLAN = "plan"
WRITE: str = "write"


class Step:
    CHECK = "check"
