"""What names mean across files: scopes, abstract values, call graph, and where code runs."""
