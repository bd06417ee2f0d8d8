"""Does the archive answer the question at all? A probability, and the threshold under which Attest abstains.

A weak best sentence, names of the question that stand nowhere near it, an answer of another kind than was asked for:
each is a small sign. Weights and threshold come from `weights/answerability.json`, fitted on hand-written questions
and near misses about other articles (`eval/fit_selection.py`); the threshold is the highest that still answers the
stated share of answerable questions there.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from rag.answer import RetrievedPassage
from rag.evidence import Floats
from rag.selection import Evidence, LinearScore, load_weights

_OF_BEST = (
    "cosine",
    "cosine_window",
    "coverage",
    "coverage_window",
    "coverage_passage",
    "names_window",
    "numbers_window",
    "asked_offered",
    "number_missing",
    "reason_missing",
    "speech_offered",
    "new_words",
    "words",
    "passage_score",
    "gain",
)
FEATURES = (
    "score",  # the selector's score of the best sentence
    "margin",  # to the best sentence of another passage
    "similarity",  # the highest cosine of question and passage
    "similarity_best",  # ... of the passage of the best sentence
    "similarity_drop",  # from the highest to the fifth
    *(f"best_{name}" for name in _OF_BEST),
    "top_cosine",  # the highest of any sentence read
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
        return float(1.0 / (1.0 + np.exp(-np.clip(value, -30.0, 30.0))))


def measure(passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence]) -> Floats:
    """One row of `FEATURES`, shape (1, len(FEATURES)). A gain that no language model measured counts as 0."""
    best = evidence[0]
    other = next((item for item in evidence if item.candidate.passage.row != best.candidate.passage.row), None)
    similarities = sorted((passage.similarity for passage in passages), reverse=True)
    read = [item for item in evidence if "gain" in item.features] or list(evidence[:10])
    row = [
        best.score,
        best.score - other.score if other else 0.0,
        similarities[0],
        best.candidate.passage.similarity,
        similarities[0] - similarities[min(4, len(similarities) - 1)],
        *(best.features.get(name, 0.0) for name in _OF_BEST),
        max(item.features["cosine"] for item in read),
        max(item.features.get("gain", 0.0) for item in read),
        max(item.features["coverage_passage"] for item in read),
    ]
    return np.asarray([row], dtype=np.float32)
