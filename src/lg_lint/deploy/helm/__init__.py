"""Helm charts to the records of `kubernetes`: `charts.releases` is the door."""
