"""What rules say alike: where a path starts, how sure a finding is, which fix it carries."""
