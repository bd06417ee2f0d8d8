"""What had never happened before, and so has now: "it had never been below zero before" says that now it is."""

import re

_UNTIL_NOW = re.compile(
    r"\b(?:had|has|have)(?: \w+)? (?P<words>never [^.,;:!?]*?\bbefore)(?=[\"”’']?\s*(?:[.,;:!?]|$))", re.IGNORECASE
)
_NEVER = re.compile(r"\b(?:never|not|no)\b|n['’]t\b", re.IGNORECASE)
_TOO = re.compile(r"\bbefore\b|\buntil\b|\b(?:had|hadn['’]t)\b", re.IGNORECASE)


def never_before(sentence: str) -> str | None:
    """The words of `sentence` by which something has now happened for the first time; None without such."""
    said = _UNTIL_NOW.search(sentence)
    return None if said is None else " ".join(said["words"].split())


def denies(claim: str) -> bool:
    """Whether a claim denies that something happened at all, and not only until some day."""
    return _NEVER.search(claim) is not None and _TOO.search(claim) is None
