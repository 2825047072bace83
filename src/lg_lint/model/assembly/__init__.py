"""From a program to the project that rules ask: the one place that knows the order."""
