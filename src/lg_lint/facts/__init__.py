"""What one file says: source text in, the lowered syntax tree out."""
