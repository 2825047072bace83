"""What a stream carries, from the node to the response."""
