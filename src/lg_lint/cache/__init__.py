"""What a run leaves for the next one, in the user's cache folder and never in a project."""
