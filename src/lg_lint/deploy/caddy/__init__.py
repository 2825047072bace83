"""Caddyfiles: what they do to a stream.

`reading.read` makes facts of a file's bytes. `sites.sites` puts imports and snippets in and gives
the sites; `ways.way_for` follows a request to its `reverse_proxy`; `streaming` has the questions
about one.
"""
