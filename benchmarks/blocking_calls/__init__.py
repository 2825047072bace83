"""Usual calls of client libraries, from their documentation, and what lg-lint says of each."""
