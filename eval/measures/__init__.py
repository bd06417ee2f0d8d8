"""One measure a file: its definition, its range and where it comes from."""
