"""One module for each group of commands. A command takes parsed arguments and returns an exit code."""
