"""Whether a text holds a piece of evidence: the rule under every evidence measure."""

import re
from collections.abc import Sequence

from eval.datasets.model import EvidenceSets, Span
from eval.runs.model import Passage

GRAM = 5  # words


def covers(span: Span, passages: Sequence[Passage]) -> bool:
    """Whether one of `passages` holds the span.

    A quote is held by a text with at least half of its word 5-grams, wherever that text stands: a copy of the article
    proves as well. Without a quote any passage of the article will do.
    """
    if span.quote is None:
        return any(passage.article_id == span.article_id for passage in passages)
    return covered(span.quote, [passage.text for passage in passages])


def complete(evidence: EvidenceSets, passages: Sequence[Passage]) -> bool:
    """Whether every span of one of the alternative sets is covered; False where no evidence is known."""
    return any(all(covers(span, passages) for span in alternative) for alternative in evidence)


def share(evidence: EvidenceSets, passages: Sequence[Passage]) -> float:
    """The largest share of an alternative set's spans that is covered, between 0 and 1."""
    shares = [sum(covers(span, passages) for span in one) / len(one) for one in evidence if one]
    return max(shares, default=0.0)


def covered(quote: str, texts: Sequence[str]) -> bool:
    """Whether one of `texts` holds at least half of the word 5-grams of `quote`."""
    wanted = grams(quote)
    return any(len(wanted & grams(text)) >= 0.5 * len(wanted) for text in texts)


def grams(text: str) -> frozenset[tuple[str, ...]]:
    """The word 5-grams of `text`, lower-cased; of a shorter text, all of its words as one."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(tuple(words[at : at + GRAM]) for at in range(max(1, len(words) - GRAM + 1)))
