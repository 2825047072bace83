"""The web side of the model: handlers, dependencies, streaming responses and their headers."""
