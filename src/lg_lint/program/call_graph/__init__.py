"""Who calls whom in which thread, and which paths can be taken."""
