"""Does the archive answer the question at all? A probability, and the threshold under which Attest abstains.

A weak best sentence, names of the question that stand nowhere near it, an answer of another kind than was asked for:
each is a small sign. Weights and threshold come from `weights/answerability.json`, fitted on hand-written questions,
near misses, and questions whose article was taken away (`eval/fit_selection.py`).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from rag.answer import RetrievedPassage
from rag.evidence import Floats
from rag.selection import Evidence, LinearScore, load_weights

_OF_BEST = (
    "answers",  # the reader's log odds that it answers
    "answers_page",
    "span",
    "coverage_window",
    "number_missing",
    "names_window",
    "asked_offered",
)
FEATURES = (
    "score",  # the selector's score of the best sentence
    "similarity",  # the highest cosine of question and passage
    *(f"best_{name}" for name in _OF_BEST),
)


class Answerability:
    """A logistic score over the evidence found for one question."""

    def __init__(self, weights: Mapping[str, object] | None = None) -> None:
        document = weights or load_weights("answerability.json")
        self._score = LinearScore.read(document)
        self.threshold = float(str(document["threshold"]))
        # From which score of a span its words are shown as the short answer.
        self.short_threshold = float(str(document.get("short_threshold", "inf")))

    def probability(self, passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence]) -> float:
        """Probability that the best evidence answers, between 0 and 1; 0 without evidence."""
        if not evidence or not passages:
            return 0.0
        value = float(self._score(measure(passages, evidence), FEATURES)[0])
        if not np.isfinite(value):  # a reader gave no number: nothing is known, and so nothing is answered
            return 0.0
        return float(1.0 / (1.0 + np.exp(-np.clip(value, -30.0, 30.0))))


def measure(passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence]) -> Floats:
    """One row of `FEATURES`, shape (1, len(FEATURES))."""
    best = evidence[0]
    similarity = max(passage.similarity for passage in passages)
    return np.asarray([[best.score, similarity, *(best.features[name] for name in _OF_BEST)]], dtype=np.float32)
