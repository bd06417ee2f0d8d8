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
    "cosine",
    "similarity",
    "coverage",
    "coverage_window",
    "coverage_passage",
    "names_window",
    "numbers_window",
    "asked_offered",
    "number_missing",
    "answers",
    "gain",
)
FEATURES = (
    "score",  # the selector's score of the best sentence
    "margin",  # to the best sentence of another passage
    "similarity",  # the highest cosine of question and passage
    "similarity_drop",  # from the highest to the fifth
    *(f"best_{name}" for name in _OF_BEST),
    "top_answers",  # the highest of any sentence read
    "mean_answers",  # of the three highest
    "top_gain",
    "top_coverage_passage",
)


class Answerability:
    """A logistic score over the evidence found for one question."""

    def __init__(self, weights: Mapping[str, object] | None = None) -> None:
        document = weights or load_weights("answerability.json")
        self._score = LinearScore.read(document)
        self.threshold = float(str(document["threshold"]))

    def probability(self, passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence]) -> float:
        """Probability that the best evidence answers, between 0 and 1; 0 without evidence."""
        if not evidence or not passages:
            return 0.0
        value = float(self._score(measure(passages, evidence), FEATURES)[0])
        if not np.isfinite(value):  # a reader gave no number: nothing is known, and so nothing is answered
            return 0.0
        return float(1.0 / (1.0 + np.exp(-np.clip(value, -30.0, 30.0))))


def measure(passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence]) -> Floats:
    """One row of `FEATURES`, shape (1, len(FEATURES)). What no reader measured counts as 0."""
    best = evidence[0]
    other = next((item for item in evidence if item.candidate.passage.row != best.candidate.passage.row), None)
    similarities = sorted((passage.similarity for passage in passages), reverse=True)
    answers = sorted((item.features["answers"] for item in evidence if "answers" in item.features), reverse=True)
    row = [
        best.score,
        min(best.score - other.score, 5.0) if other else 0.0,
        similarities[0],
        similarities[0] - similarities[min(4, len(similarities) - 1)],
        *(best.features.get(name, 0.0) for name in _OF_BEST),
        answers[0] if answers else 0.0,
        float(np.mean(answers[:3])) if answers else 0.0,
        max(item.features.get("gain", 0.0) for item in evidence),
        max(item.features["coverage_passage"] for item in evidence[:10]),
    ]
    return np.asarray([row], dtype=np.float32)
