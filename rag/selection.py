"""Which sentences answer the question: the `Selector` protocol and the default, a fused score.

The default reads in two rounds. Cheap measures order all sentences of the retrieved passages; the language model
then gives the question's likelihood under the best few, and the same linear score, now complete, has the last word.
Weights come from `weights/selection.json`, fitted on questions about other articles (`eval/fit_selection.py`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Protocol

import numpy as np

from index.embedding import Embedder
from index.errors import ModelError
from rag.answer import RetrievedPassage
from rag.evidence import CHEAP, FEATURES, Candidate, Floats, candidates, measure

READ_BY_MODEL = 10  # sentences the language model reads: about 0.8 s on two cores


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its selector's score (a log odds; higher is better) and what the score was made of."""

    candidate: Candidate
    score: float
    features: Mapping[str, float] = field(default_factory=dict)


class Selector(Protocol):
    """Puts the sentences of retrieved passages in order of how well they answer."""

    name: str

    def select(self, question: str, query: Floats, passages: Sequence[RetrievedPassage]) -> list[Evidence]:
        """Evidence, best first. `query` is the question's unit vector, shape (dim,)."""
        ...


class Likelihood(Protocol):
    """Mean log probability of a question's tokens given each piece of evidence (`rag.likelihood`)."""

    def __call__(self, question: str, evidence: Sequence[str]) -> Floats: ...


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
        """From `{"weights": {name: weight}, "bias": b}`."""
        weights = document["weights"]
        assert isinstance(weights, dict)
        return cls(
            tuple(weights), tuple(float(value) for value in weights.values()), float(str(document.get("bias", 0)))
        )


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
    """Embedding, lexical and answer-type measures with the question's likelihood under a small language model."""

    name = "fused"

    def __init__(
        self,
        embedder: Embedder,
        *,
        weight: Callable[[str], float],
        likelihood: Likelihood | None,
        weights: Mapping[str, object] | None = None,
    ) -> None:
        self._embedder = embedder
        self._weight = weight
        self._likelihood = likelihood
        document = weights or load_weights("selection.json")
        self._first = LinearScore.read(document["first"])  # type: ignore[arg-type]  # checked by the file's own test
        self._full = LinearScore.read(document["full"])  # type: ignore[arg-type]
        if likelihood is None:
            self.name = "fused without a language model"

    def select(self, question: str, query: Floats, passages: Sequence[RetrievedPassage]) -> list[Evidence]:
        """All sentences of `passages`, best first; without a language model, by the cheap measures alone."""
        found = candidates(passages)
        if not found:
            return []
        cheap = self.measures(question, query, found)
        first = self._first(cheap, CHEAP)
        order = np.argsort(-first, kind="stable")
        if self._likelihood is None:
            return [_evidence(found[at], float(first[at]), CHEAP, cheap[at]) for at in order]
        read = order[:READ_BY_MODEL]
        rows = self.with_likelihood(question, [found[at] for at in read], cheap[read])
        full = self._full(rows, FEATURES)
        best = np.argsort(-full, kind="stable")
        chosen = [_evidence(found[read[at]], float(full[at]), FEATURES, rows[at]) for at in best]
        floor = float(full.min()) - 1.0  # what the model did not read stays behind what it read
        rest = order[READ_BY_MODEL:]
        top = float(first[rest[0]]) if len(rest) else 0.0
        return chosen + [_evidence(found[at], floor + float(first[at]) - top, CHEAP, cheap[at]) for at in rest]

    def measures(self, question: str, query: Floats, found: Sequence[Candidate]) -> Floats:
        """The `CHEAP` features of each candidate, shape (len(found), len(CHEAP))."""
        windows = [f"{item.previous} {item.text}".strip() for item in found]
        texts = list(dict.fromkeys([item.text for item in found] + windows))
        vectors = self._embedder.embed_passages(texts)
        at = {text: row for row, text in enumerate(texts)}
        similarity = vectors @ query
        return measure(
            question,
            found,
            cosines=similarity[[at[item.text] for item in found]],
            window_cosines=similarity[[at[window] for window in windows]],
            weight=self._weight,
        )

    def with_likelihood(self, question: str, found: Sequence[Candidate], cheap: Floats) -> Floats:
        """`cheap` with the likelihood features appended, shape (len(found), len(FEATURES))."""
        assert self._likelihood is not None
        pieces = [item.text for item in found]
        scores = self._likelihood(question, [*pieces, ""])
        gains = scores[:-1] - scores[-1]
        relative = gains - gains.max()
        return np.concatenate([cheap, gains[:, None], relative[:, None]], axis=1).astype(np.float32)


def _evidence(candidate: Candidate, score: float, names: Sequence[str], row: Floats) -> Evidence:
    return Evidence(candidate, score, {name: float(value) for name, value in zip(names, row, strict=True)})
