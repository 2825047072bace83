"""Deployment files to facts: each file kind has one adapter, a pure function of the file's bytes.

Stands beside `facts/`: imports neither `program/` nor `model/`. Nothing is executed, fetched or
constructed from what is read, and no adapter opens a file: whoever calls it hands the bytes in.
Parsers are imported inside the adapter that needs them, so that a project without such a file
pays nothing.
"""
