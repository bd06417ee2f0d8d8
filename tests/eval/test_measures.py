"""Measures against examples worked by hand, and against their reference package where there is one."""

from math import log2
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import f1_score

from eval.datasets.model import Claim, Question, Span
from eval.measures import answer, calibration, citation, claim, cost, evidence, quotation, quote, ranking
from eval.measures.coverage import covered, grams, share
from eval.measures.risk_coverage import curve, excess_area
from eval.runs.model import Answer, Passage, Said
from tests.eval.made import ARTICLES, CARRIED, CLAIMS, COST, OPENED, QUOTATIONS, VISITORS


def held(span: Span) -> Passage:
    return Passage(span.article_id, span.start or 0, span.end or 0, span.quote or "")


def said(text: str, *quotes: str) -> Said:
    return Said(text, "supported", tuple(Passage("a", 0, len(each), each) for each in quotes))


def answered(*sentences: Said, **fields: Any) -> Answer:
    return Answer("q", "answered", sentences=sentences, **fields)


def test_half_of_the_five_grams_cover_a_quote() -> None:
    quote = "one two three four five six seven eight"  # four 5-grams
    assert covered(quote, ["zero one two three four five six end"])
    assert not covered(quote, ["zero one two three four five end"])
    assert not covered(quote, [])


def test_a_short_quote_is_one_gram() -> None:
    assert grams("Yes, we can") == {("yes", "we", "can")}


class TestEvidence:
    question = Question("q", "multi", "?", evidence=((OPENED, VISITORS), (CARRIED,)))

    def test_recall_is_of_the_best_alternative(self) -> None:
        found = answered(passages=(held(OPENED), held(COST)))
        assert evidence.recall_at(self.question, found, 10) == 0.5
        assert evidence.recall_at(self.question, answered(passages=(held(COST), held(CARRIED))), 1) == 0.0
        assert evidence.recall_at(self.question, answered(passages=(held(COST), held(CARRIED))), 2) == 1.0

    def test_all_evidence_needs_one_complete_set(self) -> None:
        assert not evidence.all_at(self.question, answered(passages=(held(OPENED),)), 10)
        assert evidence.all_at(self.question, answered(passages=(held(OPENED), held(VISITORS))), 10)
        assert evidence.all_at(self.question, answered(passages=(held(CARRIED),)), 10)

    def test_a_span_without_a_quote_is_held_by_any_passage_of_its_article(self) -> None:
        assert share(((Span("dam.txt"),),), [Passage("dam.txt", 5, 9, "mayo")]) == 1.0
        assert share(((Span("fair.txt"),),), [Passage("dam.txt", 5, 9, "mayo")]) == 0.0

    def test_a_question_without_evidence_has_none(self) -> None:
        assert not evidence.all_at(Question("q", "ask", "?"), answered(passages=(held(OPENED),)), 10)

    def test_citations_of_all_sentences_count_together(self) -> None:
        sentences = [Said("x", "supported", (held(span),)) for span in (OPENED, VISITORS)]
        assert evidence.cited(self.question, answered(*sentences))
        assert not evidence.cited(self.question, answered(sentences[0]))


class TestRanking:
    def test_values_are_those_worked_by_hand(self) -> None:
        found = ranking.ranking({"1": {"a": 1, "b": 1, "z": 0}, "2": {"c": 1}}, {"1": ["x", "a", "y", "b"]})
        ideal = 1 + 1 / log2(3)
        assert found["nDCG@10"]["1"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal, abs=1e-9)
        assert (found["RR@10"]["1"], found["Success@10"]["1"], found["R@10"]["1"]) == (0.5, 1.0, 1.0)
        assert {values["2"] for values in found.values()} == {0.0}

    def test_only_ten_articles_count(self) -> None:
        found = ranking.ranking({"1": {"a": 1}}, {"1": [*"0123456789", "a"]})
        assert {values["1"] for values in found.values()} == {0.0}

    def test_gain_is_the_grade_itself(self) -> None:
        found = ranking.ranking({"1": {"a": 1, "b": 3}}, {"1": ["a", "b"]})
        assert found["nDCG@10"]["1"] == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)), abs=1e-9)

    def test_the_order_given_is_the_order_scored_and_not_that_of_names(self) -> None:
        for order in (["a", "b"], ["b", "a"]):
            assert ranking.ranking({"1": {"b": 1}}, {"1": order})["RR@10"]["1"] == 1 / (1 + order.index("b"))


class TestAnswer:
    def test_lenient_is_anywhere_and_strict_is_first(self) -> None:
        question = Question("q", "ask", "?", patterns=(r"\b214\b",))
        late = answered(said("It ran aground."), said("It carried 214 people."))
        assert answer.right(question, late)
        assert not answer.right_strict(question, late)
        assert answer.right_strict(question, answered(said("x"), said("y"), short=("214",)))
        assert not answer.right(question, answered(said("It carried 2145.")))

    def test_strings_are_compared_after_normalisation_and_as_whole_words(self) -> None:
        question = Question("q", "ask", "?", strings=("The Verge",))
        assert answer.right(question, answered(said("so the verge, said")))
        assert not answer.right(question, answered(said("on the verges")))

    def test_exact_match_and_f1_are_squads(self) -> None:
        question = Question("q", "ask", "?", strings=("Denver Broncos", "Broncos of Denver"))
        assert answer.exact_match(question, answered(said("the Denver Broncos!")))
        assert not answer.exact_match(question, answered(said("Denver Broncos won")))
        # two common words of three said and two expected: 2 * 2 / 5
        assert answer.word_f1(question, answered(said("Denver Broncos won"))) == pytest.approx(0.8, abs=1e-9)
        assert answer.word_f1(question, answered(said("nobody"))) == 0.0


class TestCitation:
    judge = citation.Verbatim()

    def test_recall_takes_a_sentences_citations_together(self) -> None:
        one = said("a b", "a b c")
        uncited, wrong = said("a b"), said("a b", "c d")
        assert citation.recall(answered(one, uncited, wrong, one), self.judge) == 0.5

    def test_precision_is_zero_for_an_unsupported_sentence(self) -> None:
        assert citation.precision(answered(said("a b", "c", "d")), self.judge) == 0.0
        assert citation.precision(answered(said("a b")), self.judge) == 0.0

    def test_a_citation_that_others_do_without_is_irrelevant(self) -> None:
        # "a b" alone supports; "x" does not, and the rest does without it: one of two citations is relevant
        assert citation.precision(answered(said("a b", "a b", "x")), self.judge) == 0.5

    def test_two_citations_that_are_both_needed_are_both_relevant(self) -> None:
        class Together:
            name = "together"

            def __call__(self, premise: str, sentence: str) -> bool:
                return set(sentence.split()) <= set(premise.split())

        assert citation.precision(answered(said("a b", "a", "b")), Together()) == 1.0
        assert citation.recall(answered(said("a b", "a", "b")), Together()) == 1.0

    def test_the_judges_name_is_part_of_the_measure(self) -> None:
        assert citation.recall_measure(self.judge).id == "citation_recall@verbatim"
        assert citation.unsupported_measure(self.judge).better == "lower"

    def test_nothing_supports_an_empty_sentence(self) -> None:
        assert not citation.supported(said("  ", "a"), self.judge)


class TestQuote:
    def test_a_quote_is_exact_only_at_its_offsets(self) -> None:
        exact = held(OPENED)
        assert quote.is_exact(exact, ARTICLES)
        assert not quote.is_exact(Passage("dam.txt", 1, exact.end + 1, exact.text), ARTICLES)
        assert not quote.is_exact(Passage("nowhere", exact.start, exact.end, exact.text), ARTICLES)
        assert not quote.is_exact(Passage("dam.txt", 3, 3, ""), ARTICLES)

    def test_white_space_does_not_put_a_quote_out_of_its_article(self) -> None:
        texts = {"a": "one two three"}
        cites = [Said("s", "supported", (Passage("a", 0, 0, text),)) for text in ("one\n two", "one three")]
        assert quote.not_in_article(answered(*cites), texts) == 1


class TestRiskCoverage:
    def test_the_area_is_the_mean_of_the_risks(self) -> None:
        found = curve(np.array([0.9, 0.8, 0.7, 0.6]), np.array([0.0, 1.0, 0.0, 1.0]))
        assert found.risk.tolist() == [0, 1 / 2, 1 / 3, 2 / 4]
        assert found.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
        assert found.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4, abs=1e-9)

    def test_equal_confidences_are_one_block_whatever_their_order(self) -> None:
        even = np.full(4, 0.5)
        assert curve(even, np.array([0.0, 0, 1, 1])).area == curve(even, np.array([1.0, 1, 0, 0])).area == 0.5

    def test_a_perfect_order_has_no_excess(self) -> None:
        wrong = np.array([0.0, 0, 1, 1])
        assert excess_area(np.array([0.9, 0.8, 0.2, 0.1]), wrong) == pytest.approx(0, abs=1e-9)
        assert excess_area(np.array([0.1, 0.2, 0.8, 0.9]), wrong) > 0.3

    def test_no_answer_has_no_curve(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            curve(np.array([]), np.array([]))


class TestCalibration:
    def test_two_bins_by_hand(self) -> None:
        said, true = np.array([0.1, 0.3, 0.8, 0.9]), np.array([0.0, 1.0, 1.0, 1.0])
        # bins of two: |.5 - .2| and |1 - .85|, each half of the weight
        assert calibration.expected_calibration_error(said, true, 2) == pytest.approx(0.5 * 0.3 + 0.5 * 0.15, abs=1e-9)

    def test_bins_are_those_of_scikit_learn(self) -> None:
        rng = np.random.default_rng(1)
        said = rng.random(200)
        true = (rng.random(200) < said).astype(float)
        found = calibration.bins(said, true)
        frequency, probability = calibration_curve(true, said, n_bins=10, strategy="quantile")
        assert [one.frequency for one in found] == pytest.approx(frequency.tolist(), abs=1e-9)
        assert [one.probability for one in found] == pytest.approx(probability.tolist(), abs=1e-9)

    def test_brier_by_hand(self) -> None:
        assert calibration.brier(np.array([0.2, 0.9]), np.array([0.0, 1.0])) == pytest.approx(0.025, abs=1e-9)


class TestClaims:
    def given(self, verdict: str, *spans: Span) -> Answer:
        return Answer("c", verdict, evidence=tuple(map(held, spans)))

    def test_the_fever_score_wants_evidence_unless_not_found(self) -> None:
        supports, _, absent = CLAIMS
        assert claim.fever(supports, self.given("supported", COST, OPENED))
        assert not claim.fever(supports, self.given("supported", COST))
        assert not claim.fever(supports, self.given("refuted", OPENED))
        assert claim.fever(absent, self.given("not_found"))

    def test_only_the_first_pieces_of_evidence_count(self) -> None:
        supports = CLAIMS[0]
        assert not claim.evidence_at(supports, self.given("supported", COST, COST, COST, OPENED))
        assert claim.fever(supports, self.given("supported", COST, COST, COST, OPENED))
        assert not claim.fever(supports, self.given("supported", *[COST] * 5, OPENED))

    def test_either_alternative_will_do(self) -> None:
        either = Claim("c", "x", "supports", ((OPENED, VISITORS), (CARRIED,)))
        assert claim.fever(either, self.given("supported", CARRIED))
        assert not claim.fever(either, self.given("supported", OPENED))

    def test_macro_f1_by_hand_and_as_scikit_learn_has_it(self) -> None:
        expected = ["supports", "supports", "refutes", "not_found"]
        verdicts = ["supported", "refuted", "refuted", "conflicting"]
        found = claim.macro_f1(expected, verdicts)  # type: ignore[arg-type]
        assert found == pytest.approx((2 / 3 + 2 / 3 + 0) / 3, abs=1e-9)
        wanted = [claim.VERDICTS[each] for each in expected]  # type: ignore[index]
        labels = ["supported", "refuted", "not_found"]
        reference = f1_score(wanted, verdicts, labels=labels, average="macro", zero_division=0)
        assert found == pytest.approx(reference, abs=1e-9)


def test_quotations_are_right_by_status_and_by_last_name() -> None:
    verbatim, altered = QUOTATIONS
    assert quotation.status_right(verbatim, Answer("w", "verbatim"))
    assert not quotation.status_right(altered, Answer("w", "verbatim"))
    assert quotation.speaker_right(verbatim, Answer("w", "verbatim", speaker="clerk Brandt"))
    assert not quotation.speaker_right(verbatim, Answer("w", "verbatim"))


def test_a_percentile_is_one_of_the_values() -> None:
    assert cost.nth([5.0, 1, 4, 2, 3], 0.5) == 3
    assert cost.nth([1.0, 2], 0.95) == 2
    assert cost.nth([7.0], 1.0) == 7
