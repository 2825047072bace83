"""What a function does with the state: an abstract interpreter. `analyse` is its door."""
