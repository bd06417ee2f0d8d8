"""What the check measures of sentences that people judged: our claims, and published pairs beside their evidence."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.fitting import Floats, fit_logistic
from eval.judges.learned import shown
from eval.judges.pairs import LabelledPair
from eval.judges.windows import Rarity
from index.article import Article
from rag.stance import PairReader, RuleStance
from rag.support import FEATURES, SIGNS, Support
from rag.verification import CascadeVerifier, Cited, cited_in, refuted, veto

CLAIMS = "claims"  # the source of our own
FOLDS = 2
Marks = npt.NDArray[np.bool_]
UNFITTED = Support(dict.fromkeys(FEATURES, 0.0), 0.0)  # where only what is measured is used


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence: a row of `FEATURES`, shape (len(FEATURES),), and what is known of it."""

    row: Floats
    supported: bool
    source: str
    document: str  # those with the same one are never parted
    vetoed: bool = (
        False  # whatever the score: a name or a number is missing or another, or the nearest quote refutes it
    )

    @property
    def family(self) -> str:
        """The data set, where the source is a part of one."""
        return self.source.partition("/")[0]

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(f"{self.source} {self.document}".encode()).hexdigest()[:8], 16) % FOLDS


def of_claims(rows: Iterable[dict[str, object]], articles: dict[str, Article], reader: PairReader) -> list[Example]:
    """Claims on articles, each beside all of its evidence, which is in `articles`."""
    found = []
    for row in rows:
        evidence = row["evidence"]
        assert isinstance(evidence, list)
        cited = [cited_in(articles[part["article_id"]], part["start"], part["end"]) for part in evidence]
        label = row["stance"] == "supports"
        found.append(_example(str(row["claim"]), cited, reader, label, CLAIMS, evidence[0]["article_id"]))
    return found


def of_pairs(pairs: Iterable[LabelledPair], reader: PairReader) -> list[Example]:
    """Published pairs, each beside the nearest window of its evidence; those without a sentence of it are left out."""
    found = []
    for pair in pairs:
        cited = shown(pair.pair)
        if cited:
            found.append(_example(pair.claim, cited, reader, pair.supported, pair.source, pair.document))
    return found


def _example(
    sentence: str, cited: Sequence[Cited], reader: PairReader, supported: bool, source: str, document: str
) -> Example:
    rarity = Rarity(cited[0].article)
    stance = RuleStance(rarity, lambda: rarity.most, reader=reader)
    nearest, row = CascadeVerifier(lambda: stance, threshold=0.5, support=UNFITTED).measure(sentence, cited)
    vetoed = veto(sentence, cited) is not None or refuted(sentence, cited, nearest)
    return Example(row.astype(np.float64), supported, source, document, vetoed)


def fit(examples: Sequence[Example]) -> Support:
    """The regression, with every data set weighing the same and of each its supported and its other sentences."""
    labels = np.asarray([one.supported for one in examples])
    families = np.asarray([one.family for one in examples])
    each = np.zeros(len(examples))
    for family in set(families.tolist()):
        for label in (True, False):
            marks = (families == family) & (labels == label)
            each[marks] = 1 / max(1, marks.sum())
    rows = np.stack([one.row for one in examples])
    weights, bias = fit_logistic(rows, labels, signs=SIGNS, each=each)
    return Support({name: float(weight) for name, weight in zip(FEATURES, weights, strict=True)}, bias)


def scores(support: Support, examples: Sequence[Example]) -> Floats:
    """The probability of each that it is supported, vetoes aside."""
    return np.asarray([support(one.row) for one in examples], dtype=np.float64)


def held_out_scores(examples: Sequence[Example]) -> Floats:
    """The probability of each by a regression that was fitted without its half of the documents."""
    found = np.zeros(len(examples))
    for fold in range(FOLDS):
        support = fit([one for one in examples if one.fold != fold])
        held = [at for at, one in enumerate(examples) if one.fold == fold]
        found[held] = scores(support, [examples[at] for at in held])
    return found


def unseen_scores(examples: Sequence[Example]) -> Floats:
    """The probability of each by a regression that was fitted without its whole data set."""
    found = np.zeros(len(examples))
    for family in {one.family for one in examples}:
        others = [one for one in examples if one.family != family]
        held = [at for at, one in enumerate(examples) if one.family == family]
        found[held] = scores(fit(others), [examples[at] for at in held]) if others else np.nan
    return found
