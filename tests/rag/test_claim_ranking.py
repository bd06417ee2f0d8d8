from index.article import ArticleMeta
from rag.answer import RetrievedPassage
from rag.claim_ranking import FEATURES, ClaimRanking, most_of_each
from rag.evidence import Candidate
from rag.stance import Judged
from rag.windows import Ranked


def ranked(article: str, *, share: float = 0.5, similarity: float = 0.5, score: float = 0.5) -> Ranked:
    text = "The ferry left the quay."
    meta = ArticleMeta(
        id=article, source_id=article, path="-", title=None, source=None, authors=(), published_at=None, url=None
    )
    passage = RetrievedPassage(row=0, article=meta, start=0, end=len(text), text=text, score=score, rank=1)
    return Ranked(Candidate(passage, 0, len(text), text, "", "", 0), share, share, similarity)


OPEN = Judged(0.1, 0.1, 0.8)


def test_each_measure_moves_a_sentence_up_when_the_shipped_weights_are_used() -> None:
    order = ClaimRanking()
    plain = ranked("plain")
    for better, judged in (
        (ranked("better", share=0.6), OPEN),
        (ranked("better", similarity=0.6), OPEN),
        (ranked("better", score=0.6), OPEN),
        (ranked("better"), Judged(0.1, 0.6, 0.3)),
    ):
        assert [one.article for one in order([plain, better], [OPEN, judged])] == ["better", "plain"]


def test_the_odds_of_a_model_that_reads_both_go_before_the_probabilities() -> None:
    order = ClaimRanking({"weights": {name: float(name == "bears") for name in FEATURES}})
    sure, read = Judged(0.9, 0.05, 0.05, bears=-3.0), Judged(0.1, 0.1, 0.8, bears=2.0)
    assert [one.article for one in order([ranked("sure"), ranked("read")], [sure, read])] == ["read", "sure"]


def test_at_most_two_sentences_of_an_article_are_shown() -> None:
    order = ClaimRanking()
    several = [ranked("long", share=0.9), ranked("long", share=0.8), ranked("long", share=0.7), ranked("other")]
    found = order(several, [OPEN] * 4)
    assert [one.article for one in most_of_each(found, most=3)] == ["long", "long", "other"]
    assert [one.article for one in most_of_each(found, most=2)] == ["long", "long"]


def test_nothing_found_is_nothing_ordered() -> None:
    assert ClaimRanking()([], []) == []
