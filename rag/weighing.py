"""What the sentences found for a claim say of it together: supported, refuted, or neither plainly enough.

One sentence beside a claim is judged by `rag/stance.py`. Whether the best of those that were found is about the same
event is another matter: it shows in how well it fits the claim, how far ahead of the rest it is, and whether they
agree. A multinomial regression over seven measures of that (`weights/verdict.json`, fitted by `eval/fit_verdict.py`)
tells what the verdict should be; which sentences it rests on is chosen in `rag/trace.py`.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from rag.claim_ranking import Bearing, measure
from rag.evidence import Floats
from rag.selection import load_weights
from rag.stance import STANCES, Softmax, StanceName

FEATURES = (
    "supports",  # log of the mean probability over all sentences, each weighing as the exponential of its score
    "refutes",
    "neither",
    "relevance_first",  # of the sentence that comes first
    "relevance_most",  # the highest there is
    "bears_first",  # log odds by the claim reader that the first takes a side
    "score_first",  # its score, by which all are ordered
)
_LEAST = 1e-3  # probability; keeps the logs finite
_BEARS = -1  # column of `rag.claim_ranking.FEATURES`


class Weighing:
    """Weighs sentences with the shipped weights, or those given."""

    def __init__(self, weights: Mapping[str, object] | None = None) -> None:
        self._chances = Softmax.read(weights or load_weights("verdict.json"), "verdict")

    def __call__(self, found: Sequence[Bearing]) -> StanceName:
        """The likeliest stance of `found`, the best first, all together; "neither" when nothing was found."""
        if not found:
            return "neither"
        return STANCES[int(self._chances(weigh(found)[None], FEATURES)[0].argmax())]


def weigh(found: Sequence[Bearing]) -> Floats:
    """One row of `FEATURES`, shape (len(FEATURES),), of at least one sentence, the best first."""
    scores = np.asarray([one.score for one in found])
    weights = np.exp(scores - scores.max())
    judged = np.asarray([(one.judged.supports, one.judged.refutes, one.judged.neither) for one in found])
    mean = np.log(np.maximum(weights @ judged / weights.sum(), _LEAST))
    relevance = [one.ranked.relevance for one in found]
    bears = float(measure([found[0].ranked], [found[0].judged])[0, _BEARS])
    return np.asarray([*mean, relevance[0], max(relevance), bears, scores[0]], dtype=np.float32)
