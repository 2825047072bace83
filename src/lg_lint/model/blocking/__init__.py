"""Calls that make the thread wait."""
