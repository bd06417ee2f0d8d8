from collections.abc import Sequence

import numpy as np
import pytest

from rag import answerability, reranking
from rag.answerability import Answerability
from rag.evidence import CHEAP, Floats, candidates
from rag.evidence_tokens import Piece
from rag.selection import FusedSelector, LinearScore, Reader, answer_reader, load_weights, with_best
from tests.rag.samples import evidence, meta, passage

FOUND = [
    passage("Rain fell on the hills that whole week.", "Marta Kovar opened the dam at Orle in May 2019.", row=1),
    passage("The dam is old and grey and much loved.", row=2, rank=2, score=0.7, article=meta("b.txt")),
]
TWO: dict[str, object] = {"stages": [{"weights": {"coverage": 1.0}}, {"weights": {"gain": 1.0}}]}
QUESTION = "Who opened the dam at Orle?"


class Fixed:
    """A judge that likes sentences holding one word, and keeps what it was asked to read."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.read: list[Piece] = []

    def __call__(self, question: str, pieces: Sequence[Piece]) -> Floats:
        self.read += pieces
        liked = [self.word in piece.sentence for piece in pieces]
        return np.asarray([(0.0, 2.0) if like else (-4.0, -2.0) for like in liked], dtype=np.float32)


def select(readers: list[Reader], weights: dict[str, object] | None = None) -> list[str]:
    selector = FusedSelector(weight=lambda stem: 1.0, readers=readers, weights=weights)
    return [item.candidate.text for item in selector.select(QUESTION, FOUND)]


def test_the_sentence_that_answers_comes_first_and_none_is_lost() -> None:
    chosen = select([])
    assert chosen[0] == "Marta Kovar opened the dam at Orle in May 2019."
    assert len(chosen) == 3


def test_a_reader_can_change_the_order_of_what_it_reads_and_of_nothing_else() -> None:
    stages: dict[str, object] = {"stages": [{"weights": {"coverage": 1.0}}, {"weights": {"gain": 5.0}}]}
    judge = Fixed("grey")
    by_coverage = select([], stages)
    chosen = select([answer_reader(judge, 2)], stages)
    # First without evidence: what a sentence adds to the likelihood is the measure of gain.
    assert [piece.sentence for piece in judge.read] == ["", *by_coverage[:2]]
    assert set(chosen[:2]) == set(by_coverage[:2])
    assert chosen[0] == next((text for text in by_coverage[:2] if "grey" in text), by_coverage[0])
    assert chosen[2] == by_coverage[2]


def test_a_sentence_about_another_event_is_behind_one_that_reads_worse() -> None:
    found = [
        passage("Its last crossing was on 18 January.", "The first crossing took place on a Monday.", row=1),
        passage("The ferry made many a trip.", row=2, rank=2),
    ]
    weights: dict[str, object] = {
        "stages": [{"weights": {"lead": 0.0, "number_missing": -1.0, "starts_dependent": 2.0}}]
    }
    selector = FusedSelector(weight=lambda stem: 1.0, weights=weights)
    chosen = [item.candidate.text for item in selector.select("When was the first crossing?", found)]
    assert chosen[-1] == "Its last crossing was on 18 January."
    chosen = [item.candidate.text for item in selector.select("When was the crossing?", found)]
    assert chosen[0] == "Its last crossing was on 18 January."


def test_scores_fall_from_the_first_to_the_last() -> None:
    selector = FusedSelector(weight=lambda stem: 1.0, readers=[answer_reader(Fixed("dam"), 2)], weights=TWO)
    chosen = selector.select(QUESTION, FOUND)
    assert [item.score for item in chosen] == sorted((item.score for item in chosen), reverse=True)


def test_what_the_model_reads_adds_its_gain_its_odds_and_how_far_each_is_behind() -> None:
    reader = answer_reader(Fixed("grey"), 2)
    assert reader.features == ("gain", "gain_best", "fits", "fits_best")
    found = [item.candidate for item in evidence("The dam is grey.", "The dam is old.")]
    assert reader.columns(QUESTION, found).tolist() == [[4.0, 0.0, 2.0, 0.0], [0.0, -4.0, -2.0, -4.0]]
    assert with_best(np.zeros((0, 2), dtype=np.float32)).shape == (0, 4)


def test_a_sentence_is_judged_under_its_title_and_month_and_after_the_one_before() -> None:
    judge = Fixed("dam")
    answer_reader(judge, 1).read(QUESTION, candidates(FOUND[:1])[1:2])
    assert judge.read[1] == Piece(
        "Marta Kovar opened the dam at Orle in May 2019.",
        "Rain fell on the hills that whole week.",
        "Dam works delayed (2021-03)",
    )


def test_no_passages_select_nothing() -> None:
    selector = FusedSelector(weight=lambda stem: 1.0)
    assert selector.select(QUESTION, []) == []


def test_scores_are_the_weighted_sum_of_named_columns() -> None:
    score = LinearScore.read({"weights": {"b": 2.0, "a": 1.0}, "bias": 0.5})
    assert score(np.asarray([[1.0, 10.0]], dtype=np.float32), ("a", "b")).tolist() == [21.5]


@pytest.mark.parametrize(
    ("file", "part", "names"),
    [
        ("selection.json", 0, CHEAP),
        ("selection.json", 1, (*CHEAP, "gain", "gain_best", "fits", "fits_best")),
        ("reranking.json", None, reranking.FEATURES),
        ("answerability.json", None, answerability.FEATURES),
    ],
)
def test_shipped_weights_name_exactly_the_features_and_their_provenance(
    file: str, part: int | None, names: tuple[str, ...]
) -> None:
    document = load_weights(file)
    stages = document.get("stages", [document])
    assert isinstance(stages, list)
    weights = stages[part or 0]
    assert isinstance(weights, dict)
    assert tuple(weights["weights"]) == names
    provenance = document["provenance"]
    assert isinstance(provenance, dict)
    assert len(provenance["data_sha256"]) == 64
    assert "cross_validation" in provenance


def test_without_evidence_the_archive_does_not_answer() -> None:
    assert Answerability().probability([], []) == 0.0


def test_probability_grows_with_its_weighted_features() -> None:
    document = {"weights": {"similarity": 4.0}, "bias": -2.0, "threshold": 0.5}
    judge = Answerability(document)
    found = evidence("The dam at Orle opened in May.")
    found = [type(found[0])(found[0].candidate, 1.0, dict.fromkeys(CHEAP, 0.5))]
    assert judge.probability([FOUND[0]], found) == pytest.approx(0.5)
    assert judge.threshold == 0.5


def test_within_a_filter_a_passage_about_something_else_answers_nothing_however_sure_the_reader_is() -> None:
    document = {"weights": {"best_answers": 4.0}, "bias": 20.0, "threshold": 0.5}
    judge = Answerability(document)
    base = evidence("The dam at Orle opened in May.")[0].candidate

    def probability(similarity: float, coverage: float, *, narrowed: bool = True) -> float:
        features = dict.fromkeys(CHEAP, 0.5) | {"similarity": similarity, "coverage_passage": coverage}
        return judge.probability([FOUND[0]], [type(evidence("x y z w")[0])(base, 1.0, features)], narrowed=narrowed)

    assert probability(0.2, 0.2) == 0.0
    assert probability(0.2, 0.6) > 0.9  # other words of the same meaning, or the same words: either is enough
    assert probability(0.6, 0.2) > 0.9
    assert probability(0.2, 0.2, narrowed=False) > 0.9
