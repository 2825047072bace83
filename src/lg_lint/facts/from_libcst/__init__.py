"""libcst's syntax tree, lowered: slower, and at home in syntax newer than the running Python's."""
