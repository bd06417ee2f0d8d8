"""Prompt templates and grammars as files. `read(name)` is the only way in."""

from importlib.resources import files


def read(name: str) -> str:
    """The text of the prompt or grammar file `name`, such as `likelihood.txt`, exactly as shipped."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
