"""Which sentences answer the question: the `Selector` protocol and the default, a fused score in stages.

What the passage reader made of each sentence, with lexical and answer-type measures, orders all sentences of the
retrieved passages. Then slower readers, one after the other, each read the best few and add what they measured; the
fused score, now with one measure more, puts those in order again. Weights come from `weights/selection.json`, fitted
on questions about articles that no model was trained on (`eval/fit_selection.py`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Protocol

import numpy as np

from index.errors import ModelError
from rag.answer import RetrievedPassage
from rag.evidence import CHEAP, Candidate, Floats, candidates, measure
from rag.evidence_tokens import Piece
from rag.other_event import about_another_event

# What a sentence loses that is plainly about another event (`rag/other_event.py`): twice as much as one may be behind
# the best and still be shown beside it. Not fitted: such sentences are too rare among the questions to fit on.
OTHER_EVENT = 8.0
READ_BY_MODEL = 5  # sentences the language model reads


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its selector's score (a log odds; higher is better) and what the score was made of."""

    candidate: Candidate
    score: float
    features: Mapping[str, float] = field(default_factory=dict)
    part: int = 0  # which part of the question it answers, where a question asks two things


class Selector(Protocol):
    """Puts the sentences of retrieved passages in order of how well they answer."""

    name: str

    def select(self, question: str, passages: Sequence[RetrievedPassage]) -> list[Evidence]:
        """Evidence, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """A slow measure: `read` gives `names` of each candidate, shape (n, len(names)); the best `most` are read.

    Each adds two features: `name`, and `<name>_best`, the measure less the best one of those read.
    """

    names: tuple[str, ...]
    read: Callable[[str, Sequence[Candidate]], Floats]
    most: int

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(feature for name in self.names for feature in (name, f"{name}_best"))

    def columns(self, question: str, found: Sequence[Candidate]) -> Floats:
        """All features, shape (len(found), len(features))."""
        return with_best(self.read(question, found))


def with_best(measured: Floats) -> Floats:
    """Each measure, and what it is less than the best, side by side: shape (n, 2 m) of (n, m)."""
    best = measured.max(axis=0, initial=-np.inf)
    columns: Floats = np.stack([measured, measured - best], axis=2).reshape(len(measured), 2 * measured.shape[1])
    return columns.astype(np.float32)


def answer_reader(judge: Callable[[str, Sequence[Piece]], Floats], most: int = READ_BY_MODEL) -> Reader:
    """How likely the language model finds the question after each sentence, and whether it takes it for answered."""

    def read(question: str, found: Sequence[Candidate]) -> Floats:
        judged = judge(question, [Piece("", "", ""), *map(piece_of, found)])
        judged[:, 0] -= judged[0, 0]  # what the sentence adds: some questions are likelier than others anyway
        return judged[1:]

    return Reader(("gain", "fits"), read, most)


def piece_of(found: Candidate) -> Piece:
    """A sentence as the language model reads it, under its article's title and month."""
    article = found.passage.article
    month = f" ({article.published_at[:7]})" if article.published_at else ""
    return Piece(found.text, found.previous, f"{article.title or ''}{month}")


@dataclass(frozen=True, slots=True)
class LinearScore:
    """A weighted sum over named features; the order of names is the order of the weights."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float = 0.0

    def __call__(self, rows: Floats, names: Sequence[str]) -> Floats:
        """Scores of `rows`, shape (n, len(names)), whose columns are called `names`."""
        column = {name: at for at, name in enumerate(names)}
        picked = rows[:, [column[name] for name in self.names]]
        scores: Floats = picked @ np.asarray(self.weights, dtype=np.float32) + np.float32(self.bias)
        return scores

    @classmethod
    def read(cls, document: Mapping[str, object]) -> "LinearScore":
        """From `{"weights": {name: weight}, "bias": b}`. Raises ModelError when it has another shape."""
        weights = document.get("weights")
        if not isinstance(weights, dict) or not weights:
            raise ModelError(
                f"weights are {weights!r}; expected a name and a number for each feature: reinstall Attest"
            )
        bias = float(str(document.get("bias", 0.0)))
        return cls(tuple(weights), tuple(float(value) for value in weights.values()), bias)


def load_weights(name: str) -> dict[str, object]:
    """The shipped weights file `name` with its provenance, such as `selection.json`."""
    try:
        document: dict[str, object] = json.loads(files("rag").joinpath("weights", name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the weights {name} that come with Attest are missing or damaged ({error}); expected a JSON file: "
            "install Attest again with `pip install --force-reinstall --no-deps attest`"
        ) from error
    return document


class FusedSelector:
    """What stands on the passages, lexical and answer-type measures, then each of `readers` on the best sentences."""

    name = "fused"

    def __init__(
        self,
        *,
        weight: Callable[[str], float],
        readers: Sequence[Reader] = (),
        weights: Mapping[str, object] | None = None,
    ) -> None:
        self._weight = weight
        self._readers = tuple(readers)
        stages = (weights or load_weights("selection.json"))["stages"]
        assert isinstance(stages, list)
        # Weights of the stages after `n` readers stand under the names of those readers: fewer readers, fewer stages.
        self._scores = [LinearScore.read(stage) for stage in stages[: len(self._readers) + 1]]

    def select(self, question: str, passages: Sequence[RetrievedPassage]) -> list[Evidence]:
        """All sentences of `passages`, best first; what a reader did not read stays behind what it read."""
        found = candidates(passages)
        if not found:
            return []
        names: tuple[str, ...] = CHEAP
        rows = measure(question, found, weight=self._weight)
        lost = np.asarray([OTHER_EVENT * about_another_event(question, item.text) for item in found], dtype=np.float32)
        tail: list[Evidence] = []
        for reader, score in zip(self._readers, self._scores, strict=False):
            scores = score(rows, names) - lost
            order = np.argsort(-scores, kind="stable")
            read, rest = order[: reader.most], order[reader.most :]
            tail = [_evidence(found[at], scores[at], names, rows[at]) for at in rest] + tail
            found, lost = [found[at] for at in read], lost[read]
            rows = np.concatenate([rows[read], reader.columns(question, found)], axis=1)
            names = (*names, *reader.features)
        scores = self._scores[len(self._readers)](rows, names) - lost
        order = np.argsort(-scores, kind="stable")
        best = [_evidence(found[at], scores[at], names, rows[at]) for at in order]
        # Scores of earlier stages are on another scale; only their order is kept.
        floor = best[-1].score
        return best + [Evidence(item.candidate, floor - 1.0 - at, item.features) for at, item in enumerate(tail)]


def _evidence(candidate: Candidate, score: float, names: Sequence[str], row: Floats) -> Evidence:
    return Evidence(candidate, float(score), {name: float(value) for name, value in zip(names, row, strict=True)})
