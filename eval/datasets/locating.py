"""Where a quote stands in a text, white space aside."""

import re

from eval.datasets.model import Span


def locate(text: str, quote: str) -> tuple[int, int] | None:
    """The half-open span of the first place where `quote` stands in `text`, any white space matching any; or None."""
    words = quote.split()
    if not words:
        return None
    start = text.find(quote)
    if start >= 0 and quote == quote.strip():
        return start, start + len(quote)
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return None if found is None else found.span()


def span_of(article_id: str, text: str | None, quote: str) -> Span:
    """The span of `quote`, with offsets where it can be found in the article's text."""
    place = locate(text, quote) if text is not None else None
    start, end = place or (None, None)
    return Span(article_id, start, end, quote)


def located(spans: list[Span]) -> str:
    """How many spans have offsets, in words."""
    return f"{sum(span.start is not None for span in spans)} of {len(spans)} evidence spans located in their articles"
