"""The way of each stream from the node that makes a token to the client that reads it."""
