"""nginx configurations: what they do to a stream."""
