"""The risk-coverage curve: how errors fall when only the most confident answers are kept."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.measures.measure import Measure

Floats = npt.NDArray[np.float64]
SOURCE = "Geifman and El-Yaniv 2017 (1705.08500); E-AURC: 1805.08206"
AURC = Measure(
    "aurc",
    "mean over i of the error rate among the i most confident answers; equal confidences enter as one block",
    "0 to 1",
    SOURCE,
    "lower",
)
EXCESS = Measure(
    "e_aurc", "AURC less that of a perfect order of the same answers: the skill without the base rate", "0 to 1",
    SOURCE, "lower",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Curve:
    """`risk[i]` is the error rate among the `i + 1` most confident, at `coverage[i]` of all."""

    coverage: Floats
    risk: Floats

    @property
    def area(self) -> float:
        """AURC."""
        return float(self.risk.mean())


def curve(confidence: Floats, wrong: Floats) -> Curve:
    """The curve over answers with their confidence and 1 for a wrong one. Raises ValueError without answers.

    Within a block of equal confidence every answer stands for the block's mean: no order among them is known.
    """
    if len(confidence) == 0:
        raise ValueError("a risk-coverage curve needs at least one answer")
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence, errors = confidence[order], wrong[order].astype(np.float64)
    _, block = np.unique(-sorted_confidence, return_inverse=True)
    means = np.bincount(block, weights=errors) / np.bincount(block)
    counts = np.arange(1, len(errors) + 1)
    return Curve(counts / len(errors), np.cumsum(means[block]) / counts)


def excess_area(confidence: Floats, wrong: Floats) -> float:
    """E-AURC: the area less that of the order that puts every right answer first."""
    best = np.cumsum(np.sort(wrong.astype(np.float64))) / np.arange(1, len(wrong) + 1)
    return curve(confidence, wrong).area - float(best.mean())
