"""From paths to text: which files a project has, and what Python each of them holds."""
