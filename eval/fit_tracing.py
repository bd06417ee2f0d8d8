"""How the weights are fitted by which the sentences about a claim are ordered; run by `eval/fit_verdict.py`.

A conditional logit sets the marked sentence of each claim against all that were found for it. Fifths of the articles
are held out in turn for the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.fit_stance import LABELS, Row
from eval.fitting import SEED, Floats, fit_ranking
from eval.spans import proves
from rag.claim_ranking import SENTENCES, Bearing, measure, most_of_each
from rag.trace import Tracer

FOLDS = 5
SHOWN = 3  # pieces of evidence among which the marked sentence is looked for


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one claim: every sentence with its row of `FEATURES`, and which are the marked ones."""

    stance: str
    article: str
    bearings: tuple[Bearing, ...]
    rows: npt.NDArray[np.float32]  # (len(bearings), len(FEATURES))
    gold: npt.NDArray[np.bool_]  # (len(bearings),)

    def ordered(self, weights: Floats) -> list[Bearing]:
        """The sentences as `weights` put them."""
        return [self.bearings[at] for at in np.argsort(-(self.rows @ weights), kind="stable")]


def find(tracer: Tracer, row: Row) -> Found:
    """The sentences that a trace of the claim of `row` looks at, and which of them people marked."""
    span = row["evidence"][0]
    bearings = tuple(tracer.bearings(str(row["claim"])))
    gold = [proves(one.ranked.candidate, span["article_id"], span["start"], span["end"]) for one in bearings]
    return Found(str(row["stance"]), span["article_id"], bearings, measured(bearings), np.asarray(gold, dtype=bool))


def measured(bearings: Sequence[Bearing]) -> npt.NDArray[np.float32]:
    """One row of `FEATURES` for each."""
    return measure([one.ranked for one in bearings], [one.judged for one in bearings])


def fit(found: Sequence[Found]) -> Floats:
    """A weight for each of `FEATURES`, from the claims whose marked sentence is among others."""
    return fit_ranking([(one.rows, one.gold) for one in found if one.gold.any() and not one.gold.all()])


def cross_validated(found: Sequence[Found]) -> dict[str, object]:
    """How often the marked sentence of a supported or refuted claim comes first, and among the first three."""
    names = sorted({one.article for one in found})
    np.random.default_rng(SEED).shuffle(names)
    fold = {name: at % FOLDS for at, name in enumerate(names)}
    first: list[bool] = []
    shown: dict[int, list[bool]] = {1: [], SENTENCES: []}
    for held in range(FOLDS):
        weights = fit([one for one in found if fold[one.article] != held])
        for one in found:
            if fold[one.article] != held or LABELS[one.stance] == LABELS["not_found"]:
                continue
            marked = {id(one.bearings[at]) for at in np.flatnonzero(one.gold)}
            order = one.ordered(weights)
            first.append(any(id(best) in marked for best in order[:1]))
            for of_one, hits in shown.items():
                hits.append(any(id(best) in marked for best in most_of_each(order, most=SHOWN, of_one=of_one)))
    return {
        "claims": len(first),
        "marked_first": _share(first),
        **{f"marked_among_{SHOWN}_with_{of_one}_an_article": _share(hits) for of_one, hits in shown.items()},
    }


def _share(hits: Sequence[bool]) -> float:
    return round(float(np.mean(hits)), 4) if hits else 0.0
