"""Judges that load nothing: constants, word overlap, compression, and the veto on names and numbers."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.judges.judge import Pair, Probabilities
from eval.judges.windows import window_stems
from eval.measures import citation
from rag.terms import content_stems, names, numbers
from rag.verification import missing_names, missing_numbers

GRAM = 3  # words
DICTIONARY_BYTES = 32_000  # as far back as deflate looks


@dataclass(frozen=True, slots=True)
class Constant:
    """Says the same of everything: the floor under every judge, and what unbalanced labels flatter."""

    name: str
    probability: float
    of_product: bool = False
    threshold: float | None = 0.5

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.full(len(pairs), self.probability)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """1 where the claim stands in the evidence word for word: what `attest eval score` judges citations by."""

    name: str = citation.Verbatim.name
    of_product: bool = False
    threshold: float | None = 0.5

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        judge = citation.Verbatim()
        return np.asarray([float(judge(pair.evidence, pair.claim)) for pair in pairs], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Lexical:
    """Share of the claim's content words, averaged with the share of its word trigrams, in the best window.

    Containment of ROUGE's kind: blind to who did what to whom, to negation, and to a name that stands elsewhere.
    """

    name: str = "lexical"
    of_product: bool = False
    threshold: float | None = None

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray([_overlap(pair) for pair in pairs], dtype=np.float64)


def _overlap(pair: Pair) -> float:
    said = content_stems(pair.claim)
    if not said:
        return 0.0
    wanted, grams = set(said), _grams(said)
    best = 0.0
    for stems in window_stems(pair.evidence):
        held = len(wanted & set(stems)) / len(wanted)
        if (held + 1) / 2 > best:  # the trigrams could still lift it above the best
            best = max(best, (held + len(grams & _grams(stems)) / len(grams)) / 2)
    return best


def _grams(stems: Sequence[str]) -> set[tuple[str, ...]]:
    """The trigrams of content words; of fewer words, all of them as one."""
    return {tuple(stems[at : at + GRAM]) for at in range(max(1, len(stems) - GRAM + 1))}


@dataclass(frozen=True, slots=True)
class Compression:
    """Share of the claim's compressed size that knowing the evidence saves.

    Deflate with the end of the evidence as its dictionary, against deflate alone: a conditional compression distance
    (Li et al. 2004, "The similarity metric"). It knows no words, so it shares nothing with the product's check. Of
    evidence beyond 32 kB only the end is known to it.
    """

    name: str = "compression"
    of_product: bool = False
    threshold: float | None = None

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray([_saved(pair) for pair in pairs], dtype=np.float64)


def _saved(pair: Pair) -> float:
    claim, evidence = (
        " ".join(text.lower().split()).encode("utf-8", "replace") for text in (pair.claim, pair.evidence)
    )
    if not claim or not evidence:
        return 0.0
    alone = _deflated(zlib.compressobj(9, zlib.DEFLATED, -15), claim)
    known = _deflated(zlib.compressobj(9, zlib.DEFLATED, -15, zdict=evidence[-DICTIONARY_BYTES:]), claim)
    return min(1.0, max(0.0, 1 - known / alone))


def _deflated(compressor: "zlib._Compress", data: bytes) -> int:
    return len(compressor.compress(data)) + len(compressor.flush())


@dataclass(frozen=True, slots=True)
class Veto:
    """Share of the claim's names and numbers that the evidence holds, and 1 for a claim without any.

    The names and numbers missing are found by the product's own rules, so it may not judge the product: no sentence
    that the product shows can fail it.
    """

    name: str = "veto"
    of_product: bool = True
    threshold: float | None = 1.0  # one missing is one too many

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray([_held(pair) for pair in pairs], dtype=np.float64)


def _held(pair: Pair) -> float:
    if not pair.evidence.strip():
        return 0.0
    missing = len(missing_names(pair.claim, pair.evidence)) + len(missing_numbers(pair.claim, pair.evidence))
    # A capitalised first word counts among the missing without being known as a name: hence the larger of the two.
    total = max(missing, len(set(names(pair.claim))) + len(set(numbers(pair.claim))))
    return 1 - missing / total if total else 1.0
