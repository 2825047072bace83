"""What a run leaves for the next one, in the user's cache folder and never in a project.

Nothing here imports more than `os` and a few built-in modules: a run in which nothing has changed
reads its result from here and ends.
"""
