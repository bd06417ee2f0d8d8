import numpy as np
import pytest

from eval.fit_tracing import Found, cross_validated, fit
from rag.claim_ranking import FEATURES, Bearing
from rag.stance import Judged
from tests.rag.test_claim_ranking import ranked


def found(article: str, *, stance: str = "supports") -> Found:
    """Four sentences, three of the claim's own article; the marked one is the second."""
    shares = (0.9, 0.8, 0.7, 0.6)
    of = (article, article, article, "other")
    bearings = tuple(
        Bearing(ranked(name, share=share), Judged(0, 0, 1), 0.0) for name, share in zip(of, shares, strict=True)
    )
    rows = np.zeros((4, len(FEATURES)), dtype=np.float32)
    rows[:, FEATURES.index("share")] = shares
    rows[:, FEATURES.index("similarity")] = (0.5, 0.9, 0.8, 0.1)
    return Found(stance, article, bearings, rows, np.array([False, True, False, False]))


def test_what_the_marked_sentences_have_more_of_weighs() -> None:
    weights = dict(zip(FEATURES, fit([found("one"), found("two")]), strict=True))
    assert weights["similarity"] > 0
    assert weights["passage"] == pytest.approx(0)


def test_shares_are_of_claims_that_are_told_and_an_articles_sentences_are_limited() -> None:
    claims = [found(f"article {at}") for at in range(10)] + [found("open", stance="not_found")]
    figures = cross_validated(claims)
    assert (figures["claims"], figures["marked_first"]) == (10, 1.0)
    worse = [
        Found(one.stance, one.article, one.bearings, one.rows, np.roll(one.gold, at % 3))
        for at, one in enumerate(claims)
    ]
    told = cross_validated(worse)
    assert told["marked_among_3_with_1_an_article"] < told["marked_among_3_with_2_an_article"]  # type: ignore[operator]
