"""Which of the sentences about a claim come first: a fitted sum of what is measured of each.

How much of the claim stands there and how alike both are says what a sentence is about; whether a judge of stance finds
that it takes a side says more. Weights come from `weights/tracing.json`, fitted on claims on articles that no model was
trained on (`eval/fit_verdict.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.evidence import Floats
from rag.selection import LinearScore, load_weights
from rag.stance import Judged
from rag.windows import Ranked

FEATURES = (
    "share",  # of the claim's weight in the sentence, half as much for what stands near it
    "similarity",  # cosine of the claim and the sentence with the one before it
    "passage",  # the fused score of retrieval
    "bears",  # log odds that it supports or refutes the claim, by the model that reads both where there is one
)
# Of one article: with one, the marked sentence is among the first three for .92 / .77 of the held-out claims of
# gold/train.jsonl and of eval/newsroom, with two for .97 / .83, with three .97 / .85.
SENTENCES = 2
_LEAST = 0.01  # probability; keeps the log odds finite


@dataclass(frozen=True, slots=True)
class Bearing:
    """A sentence about a claim with its stance. `score` orders sentences of one claim; higher comes first."""

    ranked: Ranked
    judged: Judged
    score: float

    @property
    def article(self) -> str:
        return self.ranked.candidate.passage.article.id


class ClaimRanking:
    """Orders sentences with the shipped weights, or those given."""

    def __init__(self, weights: Mapping[str, object] | None = None) -> None:
        self._score = LinearScore.read(weights or load_weights("tracing.json"))

    def __call__(self, ranked: Sequence[Ranked], judged: Sequence[Judged]) -> list[Bearing]:
        """Every sentence, best first; equal ones as they came."""
        if not ranked:
            return []
        scores = self._score(measure(ranked, judged), FEATURES)
        found = [Bearing(one, stance, float(score)) for one, stance, score in zip(ranked, judged, scores, strict=True)]
        return sorted(found, key=lambda one: -one.score)


def measure(ranked: Sequence[Ranked], judged: Sequence[Judged]) -> Floats:
    """One row of `FEATURES` for each sentence, shape (len(ranked), len(FEATURES))."""
    rows = [
        (one.share, one.similarity, one.candidate.passage.score, _bears(stance))
        for one, stance in zip(ranked, judged, strict=True)
    ]
    return np.asarray(rows, dtype=np.float32).reshape(len(ranked), len(FEATURES))


def _bears(stance: Judged) -> float:
    if stance.bears is not None:
        return stance.bears
    neither = min(1 - _LEAST, max(_LEAST, stance.neither))
    return float(np.log((1 - neither) / neither))


def most_of_each(found: Sequence[Bearing], *, most: int, of_one: int = SENTENCES) -> list[Bearing]:
    """The first `most`, with at most `of_one` of an article."""
    kept: list[Bearing] = []
    for one in found:
        if len(kept) < most and sum(other.article == one.article for other in kept) < of_one:
            kept.append(one)
    return kept
