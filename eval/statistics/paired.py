"""Do two runs on the same questions differ? McNemar for right or wrong, a sign-flip permutation for the rest."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from eval.statistics.bootstrap import SEED

Floats = npt.NDArray[np.float64]
EXACT = 14  # clusters; up to so many all sign patterns are tried
FLIPS = 10_000


def mcnemar(lost: int, won: int) -> float:
    """The exact two-sided p-value of `lost` against `won` changes (McNemar 1947); 1 without a change."""
    from scipy.stats import binomtest

    return float(binomtest(lost, lost + won, 0.5).pvalue) if lost + won else 1.0


def permutation(differences: Floats, clusters: Sequence[str]) -> float:
    """The two-sided p-value of the mean of paired `differences`, signs flipped by cluster.

    Every pattern is tried for few clusters; otherwise `FLIPS` random ones, and the observed one counts among them.
    """
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.bincount(cluster, weights=differences)
    observed = abs(float(sums.sum())) - 1e-12
    if len(sums) <= EXACT:
        bits = np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums)) & 1
        return float((np.abs((bits * 2 - 1) @ sums) >= observed).mean())
    signs = np.random.default_rng(SEED).integers(0, 2, (FLIPS, len(sums))) * 2 - 1
    return float((1 + (np.abs(signs @ sums) >= observed).sum()) / (1 + FLIPS))
