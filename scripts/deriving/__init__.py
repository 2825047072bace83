"""How rows of knowledge are made of installed packages; `scripts/derive_knowledge.py` runs it."""
