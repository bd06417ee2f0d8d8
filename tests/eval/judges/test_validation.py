from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from eval.judges.agreement import Agreement, Interval
from eval.judges.ceiling import Ceiling
from eval.judges.cheap import Constant, Lexical
from eval.judges.judge import Pair, Probabilities
from eval.judges.label_free import Flips, LabelFree
from eval.judges.pairs import LabelledPair, with_documents
from eval.judges.validation import FLIPPED, change_failures, label_failures, validate
from tests.eval.judges.fakes import FERRY, Copies

GOOD = Agreement(100, 100, 0.9, 0.9, 0.9, 0.95, 0.8, 0.05)
SPREAD: dict[str, Interval | None] = {"kappa": Interval(0.6, 0.9)}


def ferries(count: int, source: str = "ferries") -> list[LabelledPair]:
    """A supported and an unsupported claim on each of `count` texts, with votes."""
    pairs = []
    for at in range(count):
        text = f"{FERRY} It was trip number {at + 3000} of that ship."
        right, wrong = f"It was trip number {at + 3000} of that ship.", f"It was trip number {at + 9000} of that ship."
        pairs.append(LabelledPair(source, right, text, True, (True, True, True)))
        pairs.append(LabelledPair(source, wrong, text, False, (False, False, True)))
    return with_documents(pairs)


def test_a_judge_that_reaches_every_bar_is_calibrated() -> None:
    (found,) = validate(Copies(), ferries(80), resamples=50).sources
    assert found.failures == ()
    assert found.calibrated
    assert (found.documents, found.agreement.supported, found.agreement.unsupported) == (80, 80, 80)
    assert found.agreement.balanced_accuracy == 1.0
    assert found.ceiling is not None
    # Of each pair of texts: three right of three supported votes, one wrong and none else of the unsupported.
    assert found.ceiling.balanced_accuracy == pytest.approx((1.0 + 0.0) / 2)


def test_too_few_labels_and_constants_are_uncalibrated() -> None:
    (few,) = validate(Copies(), ferries(20), resamples=50).sources
    assert few.failures == ("40 labels, of 150 needed",)
    for judge in (Constant("always-yes", 1.0), Constant("always-no", 0.0)):
        (found,) = validate(judge, ferries(80), resamples=50).sources
        assert found.agreement.balanced_accuracy == 0.5
        assert not found.calibrated


class Leaky:
    """Scores the first text's claims right only above .9 and all others' only above .1."""

    name = "leaky"
    of_product = False
    threshold: float | None = None

    def __init__(self, scores: dict[str, float]) -> None:
        self._scores = scores

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray([self._scores.get(pair.claim, 0.0) for pair in pairs])


def test_a_threshold_has_not_seen_the_documents_that_it_scores() -> None:
    # Two documents, so one in each half. In one the line lies between .2 and .4, in the other between .7 and .9:
    # each is scored with the other's line, and a threshold that had seen its own would make no mistake.
    pairs = [LabelledPair("s", claim, evidence, claim in "ac") for claim, evidence in zip("abcd", "xxyy", strict=True)]
    (found,) = validate(Leaky({"a": 0.4, "b": 0.2, "c": 0.9, "d": 0.7}), with_documents(pairs), resamples=9).sources
    assert sorted(found.thresholds) == pytest.approx([0.3, 0.8])
    assert (found.agreement.true_positive_rate, found.agreement.true_negative_rate) == (0.5, 0.5)
    assert found.agreement.auroc == pytest.approx(3 / 4)


def test_a_judges_own_threshold_is_kept() -> None:
    (found,) = validate(Copies(), ferries(4), resamples=9).sources
    assert found.thresholds == (0.5, 0.5)


def test_sources_are_reported_apart_with_mean_and_worst() -> None:
    bad = [replace(pair, supported=not pair.supported) for pair in ferries(6, "wrong way round")]
    report = validate(Copies(), [*ferries(6, "right"), *bad], resamples=9)
    assert [source.agreement.balanced_accuracy for source in report.sources] == [1.0, 0.0]
    assert report.mean("balanced_accuracy") == 0.5
    assert report.worst is not None
    assert report.worst.source == "wrong way round"


def test_a_source_of_one_class_has_no_balanced_accuracy_and_no_worst() -> None:
    report = validate(Lexical(), [pair for pair in ferries(6) if pair.supported], resamples=9)
    assert report.sources[0].agreement.balanced_accuracy is None
    assert "all labels are the same" in report.sources[0].failures
    assert report.worst is None
    assert report.mean("auroc") is None


def test_at_most_so_many_texts_are_changed() -> None:
    (found,) = validate(Copies(), ferries(9), resamples=9, texts=3).sources
    assert found.label_free.flips["document emptied"].accepted == 3


def ceiling(balanced_accuracy: float) -> Ceiling:
    return Ceiling(100, 300, replace(GOOD, balanced_accuracy=balanced_accuracy))


def test_each_bar_on_labels_fails_by_itself() -> None:
    low: dict[str, Interval | None] = {"kappa": Interval(0.59, 0.9)}
    assert label_failures(GOOD, SPREAD, None) == []
    assert label_failures(replace(GOOD, supported=49), SPREAD, None) == ["149 labels, of 150 needed"]
    assert label_failures(GOOD, low, None) == ["kappa at least 0.59, of 0.60 needed"]
    assert label_failures(GOOD, low, ceiling(0.94)) == []
    assert "beside people's 0.96" in label_failures(GOOD, low, ceiling(0.96))[0]
    assert label_failures(replace(GOOD, ece=0.11), SPREAD, None) == ["calibration error 0.11, at most 0.10 allowed"]


@pytest.mark.parametrize("name", FLIPPED)
def test_each_bar_on_changes_fails_by_itself(name: str) -> None:
    perfect = LabelFree(100, 100, {change: Flips(100, 100) for change in FLIPPED})
    assert change_failures(perfect) == []
    under = round(FLIPPED[name] * 100) - 1
    (failure,) = change_failures(replace(perfect, flips={**perfect.flips, name: Flips(100, under)}))
    assert failure.startswith(name)
    assert change_failures(replace(perfect, flips={**perfect.flips, name: Flips(19, 0)})) == []


def test_a_judge_that_refuses_copies_fails() -> None:
    flips = {change: Flips(0, 0) for change in FLIPPED}
    assert change_failures(LabelFree(100, 89, flips)) == ["accepts 0.89 of copied sentences, of 0.90 needed"]
