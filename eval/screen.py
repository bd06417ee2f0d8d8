"""Lines for the screen of a long run."""


def say_at_once(line: str) -> None:
    """Print it now, also where stdout is a file or a pipe: the run may be ended by the clock."""
    print(line, flush=True)
