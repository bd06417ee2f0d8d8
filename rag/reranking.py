"""Puts retrieved passages in order of whether they answer: the passage reader reads the first of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rag.answer import RetrievedPassage, SentenceRead
from rag.dated_pages import read_passages
from rag.evidence import Floats, page_answers
from rag.reader import Page, Reading
from rag.selection import LinearScore, load_weights

DEPTH = 32  # passages that are read: 0.62 s on one core with packed weights
FEATURES = (
    "score",  # the fused score of retrieval
    "similarity",  # cosine of question and passage
    "page",  # the reader's log odds that the passage answers
    "timely",  # whether its article appeared in a time that the question names
)

Read = Callable[[str, Sequence[Page]], list[Reading]]


class Reranker:
    """Reads passages and orders them by a fitted sum of what retrieval and the reader make of them."""

    def __init__(self, read: Read, *, depth: int = DEPTH, weights: Mapping[str, object] | None = None) -> None:
        self._read = read
        self._depth = depth
        self._score = LinearScore.read(weights or load_weights("reranking.json"))

    def __call__(self, question: str, passages: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
        """All of `passages`: the first `depth` read and put in order, the others behind them as they were.

        Comments are read by nobody: they prove nothing. A read passage's `score` is the probability that it answers
        by the fitted sum.
        """
        near, far = list(passages[: self._depth]), list(passages[self._depth :])
        pages = [passage for passage in near if passage.kind != "comment"]
        if not pages:
            return [*near, *far]
        readings = read_passages(self._read, question, pages)
        read = [with_reading(passage, reading) for passage, reading in zip(pages, readings, strict=True)]
        return self.arrange_read(read, [passage for passage in near if passage.kind == "comment"] + far)

    def arrange_read(
        self, read: Sequence[RetrievedPassage], rest: Sequence[RetrievedPassage]
    ) -> list[RetrievedPassage]:
        """`read` in the order of the fitted sum, then `rest` as it was."""
        if not read:
            return list(rest)
        scores = self._score(measure(read), FEATURES)
        probabilities = 1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0)))
        order = np.argsort(-scores, kind="stable")
        best = [replace(read[at], score=float(probabilities[at])) for at in order]
        # What was not read keeps its order behind what was; its score is made smaller so that scores still fall.
        floor = best[-1].score
        top = max((passage.score for passage in rest), default=0.0) or 1.0
        return best + [replace(passage, score=min(floor, floor * passage.score / top)) for passage in rest]


def measure(read: Sequence[RetrievedPassage]) -> Floats:
    """One row of `FEATURES` for each passage, shape (len(read), len(FEATURES))."""
    return np.asarray(
        [(passage.score, passage.similarity, page_answers(passage), passage.timely) for passage in read],
        dtype=np.float32,
    )


def with_reading(passage: RetrievedPassage, reading: Reading) -> RetrievedPassage:
    """The passage with what was read in it; spans become offsets into the article's text."""
    return replace(
        passage,
        read=tuple(
            SentenceRead(
                float(answers),
                None if span is None else (passage.start + span[0], passage.start + span[1]),
                float(score),
                float(log),
            )
            for answers, span, score, log in zip(
                reading.scores, reading.spans, reading.span_scores, reading.span_logs, strict=True
            )
        ),
    )
