"""Does a stated probability come true as often as it says?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.measures.measure import Measure

Floats = npt.NDArray[np.float64]
BINS = 10
ECE = Measure(
    "ece",
    "mean over ten bins of equal size of |share that came true - mean probability|, weighted by size",
    "0 to 1",
    "Naeini et al. 2015, with equal-mass bins (Nguyen and O'Connor 2015); biased upwards for few questions",
    "lower",
)
BRIER = Measure("brier", "mean squared difference of probability and outcome", "0 to 1", "Brier 1950", "lower")


@dataclass(frozen=True, slots=True)
class Bin:
    """Mean probability, share that came true, and how many."""

    probability: float
    frequency: float
    count: int


def bins(probability: Floats, outcome: Floats, count: int = BINS) -> list[Bin]:
    """Bins of equal size in the order of probability; equal probabilities may be split, in the order given."""
    order = np.argsort(probability, kind="stable")
    return [
        Bin(float(probability[part].mean()), float(outcome[part].mean()), len(part))
        for part in np.array_split(order, min(count, len(order)))
        if len(part)
    ]


def expected_calibration_error(probability: Floats, outcome: Floats, count: int = BINS) -> float:
    """ECE between 0 and 1."""
    found = bins(probability, outcome, count)
    return sum(one.count * abs(one.frequency - one.probability) for one in found) / len(probability)


def brier(probability: Floats, outcome: Floats) -> float:
    """The Brier score, by scikit-learn."""
    from sklearn.metrics import brier_score_loss

    return float(brier_score_loss(outcome, probability))
