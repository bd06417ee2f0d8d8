"""Runs as files: what a system answered, how it ranked, and where it ran."""
