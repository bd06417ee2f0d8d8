import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, roc_auc_score

from eval.judges.agreement import Scored, agreement, best_threshold, intervals


def scored(probability: list[float], verdict: list[int], label: list[int]) -> Scored:
    return Scored(np.asarray(probability, float), np.asarray(verdict, bool), np.asarray(label, bool))


def test_every_measure_of_five_claims_is_as_worked_by_hand() -> None:
    # Three supported, of which two accepted; two unsupported, of which one refused.
    found = agreement(scored([0.95, 0.85, 0.15, 0.85, 0.05], [1, 1, 0, 1, 0], [1, 1, 1, 0, 0]))
    assert (found.supported, found.unsupported) == (3, 2)
    assert found.true_positive_rate == pytest.approx(2 / 3)
    assert found.true_negative_rate == pytest.approx(1 / 2)
    assert found.balanced_accuracy == pytest.approx(7 / 12)
    # Of six pairs .95 and .85 beat both .05; .95 beats .85, .85 ties it, .15 loses to it: 4.5 of 6.
    assert found.auroc == pytest.approx(4.5 / 6)
    # Observed 3/5; chance 3/5 * 3/5 + 2/5 * 2/5 = 13/25; (15 - 13) / (25 - 13).
    assert found.kappa == pytest.approx(1 / 6)
    # Gaps by bin: |.95-1| of 1, |.85-.5| of 2, |.15-1| of 1, |.05-0| of 1.
    assert found.ece == pytest.approx((0.05 + 2 * 0.35 + 0.85 + 0.05) / 5)


def test_with_one_class_rates_of_the_other_are_undefined_and_not_zero() -> None:
    found = agreement(scored([0.2, 0.9], [0, 1], [0, 0]))
    assert found.true_negative_rate == 0.5
    assert (found.true_positive_rate, found.balanced_accuracy, found.auroc) == (None, None, None)


def test_kappa_is_undefined_where_both_say_always_the_same() -> None:
    assert agreement(scored([1.0, 1.0], [1, 1], [1, 1])).kappa is None


def test_a_probability_of_one_is_in_the_last_bin() -> None:
    assert agreement(scored([1.0, 0.95], [1, 1], [1, 0])).ece == pytest.approx(abs(1.95 - 1) / 2)


rows = st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), min_size=4, max_size=40).filter(
    lambda values: len({label for _, _, label in values}) == 2 and len({verdict for _, verdict, _ in values}) == 2
)


@settings(deadline=None)  # how long it takes depends on what else the machine does
@given(rows)
def test_measures_agree_with_scikit_learn(values: list[tuple[int, bool, bool]]) -> None:
    probability, verdict, label = zip(*values, strict=True)
    item = scored([value / 20 for value in probability], list(verdict), list(label))
    found = agreement(item)
    assert found.balanced_accuracy == pytest.approx(balanced_accuracy_score(item.label, item.verdict), abs=1e-9)
    assert found.auroc == pytest.approx(roc_auc_score(item.label, item.probability), abs=1e-9)
    assert found.kappa == pytest.approx(cohen_kappa_score(item.label, item.verdict), abs=1e-9)


@settings(deadline=None)
@given(rows)
def test_the_best_threshold_is_beaten_by_no_other(values: list[tuple[int, bool, bool]]) -> None:
    probability = np.asarray([value / 20 for value, _, _ in values])
    label = np.asarray([mark for _, _, mark in values])

    def quality(threshold: float) -> float:
        accepted = probability >= threshold
        return float(accepted[label].mean() + (~accepted[~label]).mean())

    best = quality(best_threshold(probability, label))
    inner = [cut for cut in np.arange(0.025, 1.0, 0.05) if probability.min() < cut <= probability.max()]
    assert all(best >= quality(float(cut)) - 1e-9 for cut in inner)


def test_a_threshold_lies_half_way_and_is_one_half_where_there_is_nothing_to_choose_by() -> None:
    assert best_threshold(np.asarray([0.1, 0.2, 0.6, 0.9]), np.asarray([False, False, True, True])) == pytest.approx(
        0.4
    )
    assert best_threshold(np.asarray([0.7, 0.7]), np.asarray([True, False])) == 0.5
    assert best_threshold(np.asarray([0.7, 0.9]), np.asarray([True, True])) == 0.5


def test_a_bootstrap_draws_whole_documents() -> None:
    # Fifty copies of one good and of one bad document: as claims the interval would be narrow; as documents it is not.
    verdicts = [1] * 50 + [0] * 50 + [0] * 50 + [1] * 50
    item = scored([0.5] * 200, verdicts, [1] * 50 + [0] * 50 + [1] * 50 + [0] * 50)
    together = intervals(item, ["good"] * 100 + ["bad"] * 100, resamples=200)["balanced_accuracy"]
    apart = intervals(item, [str(at) for at in range(200)], resamples=200)["balanced_accuracy"]
    assert together is not None
    assert apart is not None
    assert (together.low, together.high) == (0.0, 1.0)
    assert 0.4 < apart.low < 0.5 < apart.high < 0.6


def test_one_document_has_no_interval() -> None:
    assert intervals(scored([0.5, 0.6], [1, 0], [1, 0]), ["a", "a"])["kappa"] is None


@settings(deadline=None)
@given(rows)
def test_the_same_seed_gives_the_same_interval(values: list[tuple[int, bool, bool]]) -> None:
    item = scored([row[0] / 20 for row in values], [row[1] for row in values], [row[2] for row in values])
    names = [str(at % 3) for at in range(len(values))]
    assert intervals(item, names, resamples=20) == intervals(item, names, resamples=20)
