"""The ways of a stream through the proxies of a project: which location carries it, and how."""
