import numpy as np
import pytest
from scipy import stats

from eval.statistics.bootstrap import mean, ratio, statistic, upper_bound
from eval.statistics.detectable import detectable
from eval.statistics.holm import holm
from eval.statistics.paired import mcnemar, permutation


class TestBootstrap:
    def test_the_value_is_the_plain_mean_and_lies_in_its_interval(self) -> None:
        found = mean(np.array([1.0, 0, 1, 1]), ["a", "b", "c", "d"])
        assert found.value == 0.75
        assert found.low <= 0.75 <= found.high
        assert (found.n, found.clusters) == (4, 4)

    def test_clusters_make_the_interval_wider_than_rows_would(self) -> None:
        values = np.repeat([0.0, 1.0], 50)
        by_row = mean(values, [str(at) for at in range(100)])
        by_article = mean(values, [str(at // 10) for at in range(100)])
        assert by_article.high - by_article.low > 2 * (by_row.high - by_row.low)
        # ten clusters, half of them 1: the standard error is .5 / sqrt(10)
        assert by_article.high - by_article.low == pytest.approx(2 * 1.96 * 0.5 / 10**0.5, rel=0.1)

    def test_the_same_run_gives_the_same_interval(self) -> None:
        values, clusters = np.arange(20.0), [str(at % 7) for at in range(20)]
        assert mean(values, clusters) == mean(values, clusters)

    def test_a_ratio_leaves_out_draws_without_a_denominator(self) -> None:
        found = ratio(np.array([1.0, 0]), np.array([2.0, 0]), ["a", "b"])
        assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)
        with pytest.raises(ValueError, match="all 0"):
            ratio(np.array([1.0]), np.array([0.0]), ["a"])

    def test_any_statistic_is_resampled_by_cluster(self) -> None:
        values = np.array([1.0, 1, 3, 3])
        found = statistic(lambda at: float(np.median(values[at])), ["a", "a", "b", "b"])
        assert (found.value, found.low, found.high) == (2.0, 1.0, 3.0)

    def test_the_interval_is_about_that_of_scipy(self) -> None:
        values = np.random.default_rng(3).random(60)
        ours = mean(values, [str(at) for at in range(60)])
        reference = stats.bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(4))
        assert ours.low == pytest.approx(reference.confidence_interval.low, abs=0.01)
        assert ours.high == pytest.approx(reference.confidence_interval.high, abs=0.01)

    def test_no_difference_has_no_upper_bound_above_zero(self) -> None:
        assert upper_bound(np.zeros(10), [str(at) for at in range(10)]) == 0.0
        assert upper_bound(np.array([1.0] + [0.0] * 9), [str(at) for at in range(10)]) > 0.1


class TestPaired:
    def test_mcnemar_is_the_exact_binomial_test(self) -> None:
        assert mcnemar(4, 0) == pytest.approx(2 / 2**4, abs=1e-9)
        assert mcnemar(3, 3) == 1.0
        assert mcnemar(0, 0) == 1.0
        assert mcnemar(9, 2) == pytest.approx(stats.binomtest(2, 11, 0.5).pvalue, abs=1e-9)

    def test_few_rows_are_permuted_exactly_as_scipy_does(self) -> None:
        one, two = np.array([0.3, 0.9, 0.8, 0.7, 0.6, 0.5]), np.array([0.1, 0.7, 0.9, 0.2, 0.5, 0.3])
        reference = stats.permutation_test(
            (one, two), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
        )
        assert permutation(one - two, list("abcdef")) == pytest.approx(reference.pvalue, abs=1e-9)

    def test_rows_of_one_cluster_flip_together(self) -> None:
        differences = np.ones(12)
        assert permutation(differences, ["a"] * 6 + ["b"] * 6) == 0.5  # two clusters: two of four patterns
        assert permutation(differences, [str(at) for at in range(12)]) == pytest.approx(2 / 2**12, abs=1e-9)

    def test_many_rows_are_sampled_and_never_give_zero(self) -> None:
        assert 0 < permutation(np.ones(40), [str(at) for at in range(40)]) < 0.001


def test_holm_by_hand() -> None:
    # sorted .01 * 3, .03 * 2, .04 * 1 raised to .06
    assert holm({"a": 0.04, "b": 0.01, "c": 0.03}) == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06}, abs=1e-9)
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}


def test_the_detectable_difference_is_that_of_the_power_table() -> None:
    # paired, a fifth discordant, power .8: 12.5 points at 100 questions, 5.6 at 500 (shared/design/grounding.md, 3.5)
    assert detectable(100) == pytest.approx(0.125, abs=0.001)
    assert detectable(500) == pytest.approx(0.056, abs=0.001)
    with pytest.raises(ValueError, match="at least one"):
        detectable(0)
