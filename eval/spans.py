"""Which sentences prove a question, and which articles are kept from training."""

import hashlib

from rag.evidence import Candidate

HELD_OUT = 4  # one article in so many


def is_held_out(article_id: str) -> bool:
    """Whether questions on this article are kept from training the cross-encoder, to fit and to test what uses it."""
    return int(hashlib.sha256(article_id.encode()).hexdigest()[:8], 16) % HELD_OUT == 0


def proves(candidate: Candidate, article_id: str, start: int, end: int) -> bool:
    """Whether the sentence holds at least half of the gold span, or lies within it for the most part."""
    if candidate.passage.article.source_id != article_id:
        return False
    common = min(candidate.end, end) - max(candidate.start, start)
    return common >= 0.5 * (end - start) or common >= 0.6 * (candidate.end - candidate.start)
