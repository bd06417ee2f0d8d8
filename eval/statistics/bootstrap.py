"""Intervals by resampling clusters: questions on one article stand or fall together, so articles are drawn, not rows.

Percentile intervals (Efron and Tibshirani 1993, chapter 13) with a fixed seed: the same run gives the same interval.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
DRAWS = 5_000
SLOW_DRAWS = 500  # for figures that are no ratio of sums and are computed anew for each draw
SEED = 20_261_125
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its interval at 95%, over `n` rows in `clusters` clusters."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


def ratio(numerator: Floats, denominator: Floats, clusters: Sequence[str]) -> Interval:
    """`sum(numerator) / sum(denominator)`; a mean where the denominators are 1. Raises ValueError where they are all 0.

    Draws in which no denominator is left are put aside.
    """
    total = float(denominator.sum())
    if total == 0:
        raise ValueError("the denominators are all 0")
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    size = int(cluster.max()) + 1
    tops, bottoms = (np.bincount(cluster, weights=values, minlength=size) for values in (numerator, denominator))
    counts = _draws(size)
    below = counts @ bottoms
    values = (counts @ tops)[below > 0] / below[below > 0]
    low, high = _percentiles(values)
    return Interval(float(numerator.sum()) / total, low, high, len(numerator), size)


def mean(values: Floats, clusters: Sequence[str]) -> Interval:
    """The mean of `values`."""
    return ratio(values, np.ones_like(values), clusters)


def statistic(compute: Callable[[Indices], float], clusters: Sequence[str], draws: int = SLOW_DRAWS) -> Interval:
    """Any figure of the rows that `compute` is given by their indices."""
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    size = int(cluster.max()) + 1
    members = [np.flatnonzero(cluster == at) for at in range(size)]
    rng = np.random.default_rng(SEED)
    values = [compute(np.concatenate([members[at] for at in rng.integers(0, size, size)])) for _ in range(draws)]
    low, high = _percentiles(np.asarray(values))
    return Interval(compute(np.arange(len(clusters))), low, high, len(clusters), size)


def upper_bound(differences: Floats, clusters: Sequence[str], level: float = LEVEL) -> float:
    """The one-sided upper bound of the mean of `differences` at `level`."""
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    size = int(cluster.max()) + 1
    counts = _draws(size)
    sums, rows = np.bincount(cluster, weights=differences), np.bincount(cluster)
    return float(np.quantile((counts @ sums) / (counts @ rows), level))


_KNOWN: dict[int, Floats] = {}


def _draws(size: int) -> Floats:
    """How often each of `size` clusters is drawn, shape (DRAWS, size); the same every time."""
    if size not in _KNOWN:
        _KNOWN.clear()  # one set of clusters at a time is enough, and each takes up to 16 MB
        rng = np.random.default_rng(SEED)
        _KNOWN[size] = rng.multinomial(size, np.full(size, 1 / size), size=DRAWS).astype(np.float64)
    return _KNOWN[size]


def _percentiles(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
