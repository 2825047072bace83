"""What is run again after a failure: loops, decorators, helpers and policies."""
