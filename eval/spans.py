"""Which sentences prove a question, and which articles are kept from training."""

import hashlib

from rag.evidence import Candidate

HELD_OUT = 8  # one article in so many


def is_held_out(article_id: str) -> bool:
    """Whether questions on this article are kept from training any model, to fit and to test what uses them."""
    return int(hashlib.sha256(article_id.encode()).hexdigest()[:8], 16) % HELD_OUT == 0


def proves(candidate: Candidate, article_id: str, start: int, end: int) -> bool:
    """Whether the sentence holds at least half of the gold span, or lies within it for the most part."""
    if candidate.passage.article.source_id != article_id:
        return False
    return overlaps(candidate.start, candidate.end, start, end)


def overlaps(start: int, end: int, gold_start: int, gold_end: int) -> bool:
    """Whether a sentence holds at least half of the gold span, or lies within it for the most part."""
    common = min(end, gold_end) - max(start, gold_start)
    return common >= 0.5 * (gold_end - gold_start) or common >= 0.6 * (end - start)
