"""Whether a text holds a piece of evidence: the rule under every evidence measure."""

from collections.abc import Sequence

from eval.datasets.model import EvidenceSets, Span
from eval.questions import covered
from eval.runs.model import Passage


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
