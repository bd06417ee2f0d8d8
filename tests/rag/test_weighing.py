from dataclasses import replace

import numpy as np
import pytest

from index.article import ArticleMeta
from index.errors import ModelError
from rag.answer import RetrievedPassage
from rag.claim_ranking import Bearing
from rag.evidence import Candidate
from rag.stance import Judged
from rag.trace import _counting
from rag.weighing import FEATURES, Weighing, weigh
from rag.windows import Ranked

SUPPORTS, REFUTES, OPEN = Judged(0.9, 0.05, 0.05, bears=4.0), Judged(0.05, 0.9, 0.05, bears=4.0), Judged(0.1, 0.1, 0.8)


def bearing(article: str, judged: Judged, *, score: float = 14.0, relevance: float = 0.8) -> Bearing:
    text = "The ferry left the quay."
    meta = ArticleMeta(
        id=article, source_id=article, path="-", title=None, source=None, authors=(), published_at=None, url=None
    )
    passage = RetrievedPassage(row=0, article=meta, start=0, end=len(text), text=text, score=0.5, rank=1)
    ranked = Ranked(Candidate(passage, 0, len(text), text, "", "", 0), relevance, relevance, relevance)
    return Bearing(ranked, judged, score)


def test_a_near_sentence_is_followed_and_a_far_one_is_not_with_the_shipped_weights() -> None:
    weighing = Weighing()
    assert weighing([bearing("a", SUPPORTS)]) == "supports"
    assert weighing([bearing("a", REFUTES)]) == "refutes"
    assert weighing([bearing("a", replace(OPEN, bears=-3.0), score=4.0, relevance=0.35)]) == "neither"
    assert weighing([]) == "neither"


def test_a_sentence_far_behind_the_best_hardly_weighs() -> None:
    row = dict(zip(FEATURES, weigh([bearing("a", SUPPORTS), bearing("b", REFUTES, score=4.0)]), strict=True))
    assert np.exp(row["supports"]) == pytest.approx(0.9, abs=0.001)
    even = dict(zip(FEATURES, weigh([bearing("a", SUPPORTS), bearing("b", REFUTES)]), strict=True))
    assert even["supports"] == pytest.approx(even["refutes"])


def test_weights_of_something_else_are_refused() -> None:
    with pytest.raises(ModelError, match=r"eval\.fit_verdict"):
        Weighing({"rules": {}})


def test_of_the_side_taken_one_of_an_article_counts_and_nothing_far_behind() -> None:
    found = [bearing("a", SUPPORTS), bearing("a", SUPPORTS), bearing("b", SUPPORTS), bearing("c", SUPPORTS, score=10.0)]
    assert _counting(found, "supports") == [True, False, True, False]
    assert _counting(found, "neither") == [False] * 4
    assert _counting(found, "refutes") == [False] * 4  # nothing is refuted without a sentence that does


def test_the_other_side_counts_when_it_is_sure_and_near() -> None:
    unsure = Judged(0.3, 0.6, 0.1)
    assert _counting([bearing("a", SUPPORTS), bearing("b", REFUTES)], "supports") == [True, True]
    assert _counting([bearing("a", SUPPORTS), bearing("b", unsure)], "supports") == [True, False]
    assert _counting([bearing("a", SUPPORTS), bearing("b", REFUTES, score=10.0)], "supports") == [True, False]
    number = replace(REFUTES, kind="number")
    assert _counting([bearing("a", SUPPORTS), bearing("b", number, score=10.0)], "supports") == [True, True]
    assert _counting([bearing("a", SUPPORTS), bearing("a", REFUTES)], "supports") == [True, False]
