"""nDCG, MRR, Success and recall over the ranked articles of `run.trec`, by ir-measures (trec_eval)."""

from collections.abc import Mapping, Sequence

from eval.measures.measure import Measure

DEPTH = 10
SOURCE = "trec_eval, by way of ir-measures; articles in the order of their first passage"
NDCG = Measure("nDCG@10", "discounted gain of the first ten articles over that of the ideal ten", "0 to 1", SOURCE)
RR = Measure("RR@10", "1 / rank of the first relevant article among ten, else 0 (its mean is MRR)", "0 to 1", SOURCE)
SUCCESS = Measure("Success@10", "1 when a relevant article is among the first ten", "0 or 1", SOURCE)
RECALL = Measure("R@10", "share of the relevant articles among the first ten", "0 to 1", SOURCE)


def ranking(
    relevant: Mapping[str, Mapping[str, int]], ranked: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Measure id -> question id -> value, for every question of `relevant`; one without a ranking has 0.

    `ranked` has distinct article ids, best first. Their order is kept: scores are made of the ranks, so that trec_eval
    finds no ties to order by name.
    """
    import ir_measures
    from ir_measures import R, Success, nDCG

    measures = {
        nDCG @ DEPTH: NDCG.id,
        ir_measures.RR @ DEPTH: RR.id,
        Success @ DEPTH: SUCCESS.id,
        R @ DEPTH: RECALL.id,
    }
    found: dict[str, dict[str, float]] = {name: dict.fromkeys(relevant, 0.0) for name in measures.values()}
    qrels = {question: dict(grades) for question, grades in relevant.items()}
    run = {
        question: {article: float(-rank) for rank, article in enumerate(articles)}
        for question, articles in ranked.items()
        if question in qrels and articles
    }
    if run:
        for value in ir_measures.iter_calc(list(measures), qrels, run):
            found[measures[value.measure]][value.query_id] = float(value.value)
    return found
