"""What lg-lint costs, measured against other linters: `python -m benchmarks`."""
