"""What follows from the shape of a graph and from what its nodes write."""
