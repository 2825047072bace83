"""One anti-pattern a file; `registry` finds them."""
