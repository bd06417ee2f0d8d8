"""How well probabilities agree with yes or no: balanced accuracy, TPR, TNR, AUROC, kappa, calibration error.

All measures take weights, so that a bootstrap over documents is one product of matrices. Each is None where it is
undefined: a rate of no cases is no rate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

BINS = 10  # of equal width, in the calibration error
RESAMPLES = 1000
SEED = 20261125
LEVEL = 0.95  # of intervals


@dataclass(frozen=True, slots=True)
class Scored:
    """What a judge said of some claims, and what people say; one entry for each claim in all three."""

    probability: Floats
    verdict: Marks  # supported
    label: Marks


@dataclass(frozen=True, slots=True)
class Interval:
    """Percentile bootstrap interval at `LEVEL`."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Verdicts against labels. Shares are fractions; kappa and AUROC are as their definitions say."""

    supported: int
    unsupported: int
    true_positive_rate: float | None  # share of supported claims that are accepted
    true_negative_rate: float | None  # share of unsupported claims that are refused
    balanced_accuracy: float | None  # mean of the two
    auroc: float | None
    kappa: float | None
    ece: float | None


def agreement(scored: Scored) -> Agreement:
    """Every measure of one set of verdicts."""
    weights = np.ones((1, len(scored.label)))
    rows = {name: _number(measure(scored, weights)[0]) for name, measure in MEASURES.items()}
    return Agreement(int(scored.label.sum()), int((~scored.label).sum()), **rows)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def true_positive_rate(scored: Scored, weights: Floats) -> Floats:
    """Share of supported claims whose verdict is supported, for each row of weights. Range 0 to 1."""
    return _ratio(weights @ (scored.verdict & scored.label), weights @ scored.label)


def true_negative_rate(scored: Scored, weights: Floats) -> Floats:
    """Share of unsupported claims whose verdict is unsupported, for each row of weights. Range 0 to 1."""
    return _ratio(weights @ (~scored.verdict & ~scored.label), weights @ ~scored.label)


def balanced_accuracy(scored: Scored, weights: Floats) -> Floats:
    """Mean of true positive and true negative rate: one half for a judge that says always the same."""
    found: Floats = (true_positive_rate(scored, weights) + true_negative_rate(scored, weights)) / 2
    return found


def auroc(scored: Scored, weights: Floats) -> Floats:
    """Probability that a supported claim scores above an unsupported one, a tie counting one half. Range 0 to 1."""
    _, group = np.unique(scored.probability, return_inverse=True)
    size = int(group.max(initial=-1)) + 1
    found = np.full(len(weights), np.nan)
    for at, row in enumerate(weights):
        positive = np.bincount(group, row * scored.label, minlength=size)
        negative = np.bincount(group, row * ~scored.label, minlength=size)
        below = np.cumsum(negative) - negative
        total = positive.sum() * negative.sum()
        if total > 0:
            found[at] = (positive * (below + negative / 2)).sum() / total
    return found


def kappa(scored: Scored, weights: Floats) -> Floats:
    """Cohen's kappa of verdict and label: agreement beyond what their rates give by chance. At most 1.

    Cohen 1960, "A coefficient of agreement for nominal scales". Undefined when both say always the same.
    """
    total = weights.sum(axis=1)
    observed = _ratio(weights @ (scored.verdict == scored.label), total)
    said, true = _ratio(weights @ scored.verdict, total), _ratio(weights @ scored.label, total)
    chance = said * true + (1 - said) * (1 - true)
    return _ratio(observed - chance, 1 - chance)


def expected_calibration_error(scored: Scored, weights: Floats) -> Floats:
    """Mean gap of probability and share of supported claims, over ten bins of equal width, weighted by their size.

    Bins are [0, .1), [.1, .2) and so on, the last with 1 included. Naeini, Cooper and Hauskrecht 2015, with the
    probability of support in place of the confidence in the verdict. Range 0 to 1; depends on the number of bins.
    """
    bin_of = np.minimum((scored.probability * BINS).astype(int), BINS - 1)
    member = bin_of[:, None] == np.arange(BINS)
    gaps = np.abs(weights @ (member * (scored.probability - scored.label)[:, None])).sum(axis=1)
    return _ratio(gaps, weights.sum(axis=1))


def _ratio(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return found


Measure = Callable[[Scored, Floats], Floats]
MEASURES: dict[str, Measure] = {
    "true_positive_rate": true_positive_rate,
    "true_negative_rate": true_negative_rate,
    "balanced_accuracy": balanced_accuracy,
    "auroc": auroc,
    "kappa": kappa,
    "ece": expected_calibration_error,
}


def intervals(
    scored: Scored,
    documents: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Interval | None]:
    """The interval of each measure, from whole documents drawn with replacement; None below two documents.

    A draw in which a measure is undefined, because it lost a class, is left out of that measure's interval.
    """
    names, document = np.unique(np.asarray(documents, dtype=np.str_), return_inverse=True)
    if len(names) < 2:
        return dict.fromkeys(MEASURES)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    weights = drawn[:, document].astype(np.float64)
    found: dict[str, Interval | None] = {}
    for name, measure in MEASURES.items():
        values = measure(scored, weights)
        values = values[~np.isnan(values)]
        tail = (1 - LEVEL) / 2
        found[name] = (
            Interval(float(np.quantile(values, tail)), float(np.quantile(values, 1 - tail))) if values.size else None
        )
    return found


def best_threshold(probability: Floats, label: Marks) -> float:
    """The threshold with the highest balanced accuracy on these pairs: supported from there on.

    Half-way between two neighbouring probabilities; of equally good ones the nearest to one half. One half where there
    is nothing to choose by: one class only, or one probability for all.
    """
    values = np.unique(probability)
    if len(values) < 2 or label.all() or not label.any():
        return 0.5
    cuts = (values[:-1] + values[1:]) / 2
    supported, unsupported = np.sort(probability[label]), np.sort(probability[~label])
    accepted = 1 - np.searchsorted(supported, cuts) / len(supported)
    refused = np.searchsorted(unsupported, cuts) / len(unsupported)
    quality = accepted + refused
    best = np.flatnonzero(quality >= quality.max() - 1e-12)
    return float(cuts[best[np.argmin(np.abs(cuts[best] - 0.5))]])
