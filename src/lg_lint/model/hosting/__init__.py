"""Processes, servers and proxies."""
