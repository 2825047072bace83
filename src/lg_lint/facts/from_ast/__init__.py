"""Python's own syntax tree, lowered."""
