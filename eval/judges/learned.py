"""Judges that load a model which an installation of Attest holds: embeddings, likelihood, the product's own check."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from eval.judges.judge import Pair, Probabilities
from eval.judges.windows import Rarity, nearest_sentence, nearest_window, windows
from index.embedding import Embedder, Vectors
from rag.claims import asks
from rag.stance import Stance, Window
from rag.verification import Cited, Verifier

Likelihood = Callable[[str, Sequence[str]], npt.NDArray[np.float32]]


class Similarity:
    """Cosine of the claim and the nearest window of the evidence, negative ones as 0.

    What is near in meaning may still say the opposite: negation, numbers and roles hardly move an embedding.
    """

    name = "similarity"
    of_product = False
    threshold: float | None = None

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}  # of each evidence, since many claims share one

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        claims = self._embedder.embed_passages([pair.claim for pair in pairs])
        found = [self._nearest(vector, pair.evidence) for vector, pair in zip(claims, pairs, strict=True)]
        return np.clip(np.asarray(found, dtype=np.float64), 0.0, 1.0)

    def _nearest(self, claim: Vectors, evidence: str) -> float:
        texts = [" ".join(window) for window in windows(evidence)]
        if not texts:
            return 0.0
        if evidence not in self._known:
            self._known[evidence] = self._embedder.embed_passages(texts)
        return float((self._known[evidence] @ claim).max())


class LikelihoodGain:
    """How much likelier the claim is to a small language model that has just read the nearest window.

    1 - exp(-gain), the gain being the mean log probability of a token given the window less the same given nothing;
    0 where the window makes the claim no likelier. Pointwise mutual information per token, as a judge.
    """

    name = "likelihood"
    of_product = False
    threshold: float | None = None

    def __init__(self, likelihood: Likelihood) -> None:
        self._likelihood = likelihood

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray([self._gain(pair) for pair in pairs], dtype=np.float64)

    def _gain(self, pair: Pair) -> float:
        window = " ".join(nearest_window(pair.claim, pair.evidence))
        if not window or not pair.claim.strip():
            return 0.0
        given, alone = (float(value) for value in self._likelihood(pair.claim, [window, ""]))
        return 1 - math.exp(-max(0.0, given - alone))


class Product:
    """The product's own verifier, shown the sentences of the nearest window as if they were cited. Not its own judge.

    One half is the product's own line: what it shows as supported scores from there on, and what it withholds below.
    A check that could not run counts as withheld, as on the page.
    """

    of_product = True
    threshold: float | None = 0.5

    def __init__(self, verifier: Callable[[Rarity], Verifier], name: str = "cascade") -> None:
        """`verifier` gives one that counts words by the rarity it is given, as of an archive of one text."""
        self._verifier = verifier
        self.name = f"product-{name}"

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray([self._verdict(pair) for pair in pairs], dtype=np.float64)

    def _verdict(self, pair: Pair) -> float:
        cited = shown(pair)
        if not cited:
            return 0.0
        check = self._verifier(Rarity(pair.evidence)).check(pair.claim, cited)
        score = min(1.0, max(0.0, check.score if check.score is not None else 0.0))
        return 0.5 + score / 2 if check.verdict == "supported" else min(score / 2, 0.499)


def shown(pair: Pair) -> list[Cited]:
    """The sentences of the window nearest to the claim as if it cited them, each after the one before it."""
    quotes = nearest_window(pair.claim, pair.evidence)
    return [Cited(quote, before, "", pair.evidence) for before, quote in zip(["", *quotes], quotes, strict=False)]


class Traced:
    """The stance that `attest trace` takes, of the sentence nearest to the claim. Not the product's own judge.

    It is read after the one before it, as in a trace. A question claims nothing, so it is supported by nothing: `attest
    trace` refuses it.
    """

    name = "stance"
    of_product = True
    threshold: float | None = 0.5

    def __init__(self, stance: Callable[[Rarity], Stance]) -> None:
        """`stance` gives one that counts words by the rarity it is given, as of an archive of one text."""
        self._stance = stance

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray([self._supported(pair) for pair in pairs], dtype=np.float64)

    def _supported(self, pair: Pair) -> float:
        if asks(pair.claim):
            return 0.0
        before, nearest = nearest_sentence(pair.claim, pair.evidence)
        if not nearest:
            return 0.0
        judged = self._stance(Rarity(pair.evidence)).judge(pair.claim, [Window(nearest, before)])
        return min(1.0, judged[0].supports)
