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
    "timely",
)
FEATURES = (
    "score",  # the selector's score of the best sentence
    "similarity",  # the highest cosine of question and passage
    *(f"best_{name}" for name in _OF_BEST),
)

# Where a filter leaves little to find, the reader may be sure of a sentence about something else. So a passage that is
# less like the question than this and holds less than this share of its weight answers nothing there. Of 47 answered
# questions of `gold/train.jsonl` none was below both (.38 was the least similarity); of 50 questions of the sample
# archive asked of an outlet that says nothing of it, 47 were. Without a filter, the threshold was fitted without this.
LEAST_SIMILARITY = 0.35
LEAST_COVERAGE = 0.4


class Answerability:
    """A logistic score over the evidence found for one question."""

    def __init__(self, weights: Mapping[str, object] | None = None) -> None:
        document = weights or load_weights("answerability.json")
        self._score = LinearScore.read(document)
        self.threshold = float(str(document["threshold"]))
        # From which log probability of a span its words are shown as the short answer.
        self.short_threshold = float(str(document.get("short_threshold", "inf")))

    def probability(
        self, passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence], *, narrowed: bool = False
    ) -> float:
        """Probability that the best evidence answers, between 0 and 1; 0 without evidence.

        `narrowed` says that a filter was set: then evidence about something else gives 0, too.
        """
        if not evidence or not passages or (narrowed and off_topic(evidence[0])):
            return 0.0
        value = float(self._score(measure(passages, evidence), FEATURES)[0])
        if not np.isfinite(value):  # a reader gave no number: nothing is known, and so nothing is answered
            return 0.0
        return float(1.0 / (1.0 + np.exp(-np.clip(value, -30.0, 30.0))))


def off_topic(best: Evidence) -> bool:
    """Whether the best sentence stands in a passage that shares neither meaning nor words with the question."""
    return best.features["similarity"] < LEAST_SIMILARITY and best.features["coverage_passage"] < LEAST_COVERAGE


def measure(passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence]) -> Floats:
    """One row of `FEATURES`, shape (1, len(FEATURES))."""
    best = evidence[0]
    similarity = max(passage.similarity for passage in passages)
    return np.asarray([[best.score, similarity, *(best.features[name] for name in _OF_BEST)]], dtype=np.float32)
