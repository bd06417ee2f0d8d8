"""Articles of our own, and a judge that finds out whether a claim stands in its evidence."""

from collections.abc import Sequence

import numpy as np

from eval.judges.judge import Pair, Probabilities

FERRY = (
    "The harbour authority of Tollhaven met on Monday to hear the inquiry. The ferry carried 214 passengers in March "
    "2021 when it struck the northern quay. Captain Ada Quist was steering by hand that night. A report by Bo Lind "
    "blamed worn rudder cables for the accident."
)


class Copies:
    """Supports what stands word for word in the evidence, and counts how many pairs it was asked about."""

    name = "copies"
    of_product = False
    threshold: float | None = 0.5

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        self.asked += len(pairs)
        return np.asarray([float(pair.claim in pair.evidence) for pair in pairs], dtype=np.float64)
