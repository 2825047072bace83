"""What the program is about: graphs, entry points, responses and the hops between them."""
