"""Words and helpers that every room shares; it imports no other room."""
