"""Link lists that a page prints inside its sentences, after a name: they are no words of the story.

The Hill's scraped pages have "Charles Schumer Charles (Chuck) Ellis SchumerOvernight Health Care: ... MORE (D-N.Y.)".
"""

import re
from collections.abc import Iterator

_LINKS = re.compile(
    r"\b(?P<surname>[A-Z][\w’'-]+)(?P<links>\s(?:[^\s]{1,20}\s){0,6}?(?P=surname)(?=[A-Z0-9])[^\n]{0,900}?\sMORE\b)"
)


def inline_links(text: str) -> Iterator[tuple[int, int]]:
    """Half-open code points of each list, in order: from after the name to the word MORE."""
    if " MORE" in text:
        yield from (match.span("links") for match in _LINKS.finditer(text))


def without_links(text: str) -> str:
    """The text with spaces in place of such lists, so that all else keeps its place."""
    parts, at = [], 0
    for start, end in inline_links(text):
        parts += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*parts, text[at:]])
