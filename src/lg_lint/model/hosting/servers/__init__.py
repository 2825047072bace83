"""What a project's deployment files start, and which application each program serves."""
