"""Clients of streams: the requests that they send, what they wait for, what they send again."""
