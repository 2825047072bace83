"""What other tools find in the fixtures: `python -m benchmarks.peers`."""
