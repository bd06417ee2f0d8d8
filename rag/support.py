"""How far the cited text bears out a sentence in other words: a small regression (`weights/verification.json`).

What the claim reader and the rules make of the nearest quote is joined by the best of all that is cited, neighbours
read as one, for a sentence that was made of two; and by how much of its wording stands there at all, since a model that
reads a fused sentence finds both halves and is content. Beside one quote words say little: a claim that overstates has
as many of them as a true one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from index.errors import ModelError
from rag.evidence import Floats
from rag.stance import Judged, Window
from rag.terms import content_stems

FEATURES = (
    "stance",  # log odds, by rules and claim reader, that the nearest quote supports it
    "read",  # the same by the claim reader alone
    "read_best",  # ... of the quote or the neighbours that support it most
    "missing_of_several",  # share of its content words that none of several quotes holds; 0 of one quote
    "trigrams",  # share of its trigrams of content words that the quotes hold
)
SIGNS = (1, 1, 1, -1, 1)  # which way each may count
MOST_WINDOWS = 6  # beside the nearest: each costs 20 ms
GRAM = 3  # words
_LEAST = 1e-6


def windows_of(cited: Sequence[Window]) -> list[Window]:
    """What is read after the nearest quote: each of several quotes, and each two neighbours as one."""
    if len(cited) < 2:
        return []
    joined = [replace(one, sentence=f"{one.sentence} {two.sentence}") for one, two in pairwise(cited)]
    return list(dict.fromkeys([*cited, *joined]))[:MOST_WINDOWS]


def measure_support(sentence: str, quotes: Sequence[str], nearest: Judged, others: Sequence[Judged]) -> Floats:
    """One row of `FEATURES`; `nearest` is the stance of the nearest quote, `others` those of `windows_of`."""
    said = content_stems(sentence)
    wanted, grams = set(said), _grams(said)
    stems = content_stems(" ".join(quotes))
    row = (
        _log_odds(nearest.supports),
        _read(nearest),
        max(map(_read, (nearest, *others))),
        len(wanted - set(stems)) / max(1, len(wanted)) if len(quotes) > 1 else 0.0,
        len(grams & _grams(stems)) / len(grams),
    )
    return np.asarray(row, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Support:
    """Weights of `FEATURES` by name, and a bias."""

    weights: Mapping[str, float]
    bias: float

    def __call__(self, row: Iterable[float]) -> float:
        """The probability that the cited text supports the sentence, of one row of `FEATURES`; NaN where one is NaN."""
        odds = self.bias + sum(self.weights[name] * float(value) for name, value in zip(FEATURES, row, strict=True))
        return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> "Support":
        """From `{"support": {"weights": {...}, "bias": ...}}`. Raises ModelError where a weight is missing."""
        part = document.get("support")
        weights = part.get("weights") if isinstance(part, dict) else None
        if not isinstance(part, dict) or not isinstance(weights, dict) or not set(FEATURES) <= set(weights):
            raise ModelError(
                f'verification.json has no "support" with weights for {", ".join(FEATURES)}: fit it with '
                "`python -m eval.fit_verification`, or install Attest again"
            )
        return cls({name: float(weights[name]) for name in FEATURES}, float(part["bias"]))


def _read(judged: Judged) -> float:
    """Log odds by the claim reader that it supports; of all that is known where no reader was asked."""
    return _log_odds(judged.supports) if judged.read is None else judged.read


def _log_odds(chance: float) -> float:
    return float(np.log(max(chance, _LEAST)) - np.log(max(1 - chance, _LEAST)))


def _grams(stems: Sequence[str]) -> set[tuple[str, ...]]:
    """The trigrams of `stems`; of fewer, all of them as one."""
    return {tuple(stems[at : at + GRAM]) for at in range(max(1, len(stems) - GRAM + 1))}
