"""A number with its noun, as people write it: "1 passage", "4,000 passages"."""


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """The number with the noun in the form that it asks for; `plural` where that is not the noun with an "s"."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
