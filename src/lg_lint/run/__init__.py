"""A run: from the settings and the files to the report."""
