"""nginx configurations: what they do to a stream.

`reading.read` makes facts of a file's bytes. `including.whole` puts includes in, and
`servers.configuration` gives servers, locations and what is in force in them;
`rewriting.server_for` and `location_for` follow a request to its location and to the path at the
application; `streaming` has the questions about one location.
"""
