"""Fits how the sentences found for a claim are put in order and weighed for the verdict, and writes both.

    python -m eval.fit_verdict --claims train.jsonl --more eval/newsroom/rows.jsonl --most 325 --archive DIR

DIR is an archive that holds the articles of the claims among many others. Claims on articles that no model was trained
on are traced there (`eval.spans`), twice: as the archive is, and as if it had not the claim's own article, where
nothing should be found. A conditional logit sets the marked sentence of each against all that were found
(`eval/fit_tracing.py`), and a multinomial regression over the best of them tells the verdict. Both files of claims
weigh the same, however many there are. Fifths of the articles are held out in turn for the figures. No text is written.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval import fit_tracing
from eval.fit_stance import LABELS, Row, read_claims
from eval.fitting import SEED, Floats, fit_softmax
from eval.spans import is_held_out
from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from rag.answer import RetrievedPassage
from rag.claim_ranking import FEATURES as ORDER_FEATURES
from rag.claim_ranking import Bearing, most_of_each
from rag.loading import load_tracer
from rag.retrieval import HybridRetriever
from rag.selection import LinearScore, load_weights
from rag.settings import Settings
from rag.stance import STANCES
from rag.trace import MOST_EVIDENCE, Tracer
from rag.weighing import FEATURES, weigh

FOLDS = 5
# Swept together from .1 to .3 and 1e-5 to 1e-3, a verdict without the own article counting a quarter of one with it.
AWAY = 0.15  # weight of a claim whose own article is away
RIDGE = 1e-3
NEITHER = LABELS["not_found"]


class WithoutOne(HybridRetriever):
    """Searches as if the archive had not the article whose passages are `rows`."""

    rows: frozenset[int] = frozenset()

    def _dense(self, query: npt.NDArray[np.float32], k: int, filters: Filters) -> dict[int, float]:
        return self._without(super()._dense(query, k + len(self.rows), filters), k)

    def _lexical(self, question: str, k: int, filters: Filters) -> dict[int, float]:
        return self._without(super()._lexical(question, k + len(self.rows), filters), k)

    def _without(self, hits: dict[int, float], k: int) -> dict[int, float]:
        return dict([(row, score) for row, score in hits.items() if row not in self.rows][:k])


@dataclass(frozen=True, slots=True)
class Traced:
    """What was found for one claim with its own article and without, and how much the claim weighs in the fit."""

    own: fit_tracing.Found
    away: tuple[Bearing, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the order, shape (len(ORDER_FEATURES),); and of the verdict, (3, len(FEATURES)), with its biases."""

    order: Floats
    table: Floats
    biases: Floats

    def verdict(self, bearings: Sequence[Bearing]) -> int:
        """The label of `LABELS` that these say together; nothing is taken for which no sentence stands."""
        found = best(bearings, self.order)
        if not found:
            return NEITHER
        label = int((self.table @ weigh(found) + self.biases).argmax())
        return label if label == NEITHER or any(one.judged.stance == STANCES[label] for one in found) else NEITHER


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on the held-out claims of both files, write `verdict.json` and `tracing.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--more", type=Path, required=True)
    parser.add_argument("--most", type=int, default=325, help="claims of --more, drawn with the seed")
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--keep-order", action="store_true", help="fit the verdict alone, behind the shipped order")
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    (rows, digest), (more, more_digest) = read_claims(options.claims), read_claims(options.more)
    rows, more = held_out(rows), held_out(more)
    drawn = [more[at] for at in np.random.default_rng(SEED).permutation(len(more))[: options.most]]
    embedder = MiniLmEmbedder.load(None, quickly=True)
    with Archive.open(options.archive, writable=False, create=False) as archive:
        retriever = WithoutOne(archive, embedder, by_time=False)
        tracer = load_tracer(archive, Settings(), embedder=embedder, retriever=retriever)
        traced = [trace_both(tracer, retriever, row, 0.5 / len(part)) for part in (rows, drawn) if part for row in part]
    provenance = {
        "fitted_by": "python -m eval.fit_verdict",
        "data_sha256": digest,
        "more_sha256": more_digest,
        "seed": SEED,
    }
    order = shipped_order() if options.keep_order else None
    say(json.dumps(write(traced, len(rows), provenance, options.out, order=order), indent=2))


def shipped_order() -> Floats:
    """The weights of `tracing.json`, shape (len(ORDER_FEATURES),)."""
    known = LinearScore.read(load_weights("tracing.json"))
    weights = dict(zip(known.names, known.weights, strict=True))
    return np.asarray([weights[name] for name in ORDER_FEATURES])


def write(
    traced: Sequence[Traced], first: int, provenance: dict[str, object], out: Path, *, order: Floats | None = None
) -> dict[str, object]:
    """Fit, write both files, and return the figures; `first` claims are of the first file.

    With an `order` given, that one stays, and its file is not written.
    """
    fitted, chosen = fit(traced, order), cross_validated(traced, order)
    figures: dict[str, object] = {
        name: figures_of(traced[part], [chosen[at] for at in range(len(traced))][part])
        for name, part in (("claims", slice(0, first)), ("more", slice(first, None)))
        if traced[part]
    }
    weights = {name: round(float(weight), 5) for name, weight in zip(ORDER_FEATURES, fitted.order, strict=True)}
    table = {name: [round(float(value), 5) for value in fitted.table[:, at]] for at, name in enumerate(FEATURES)}
    verdict = {"weights": table, "biases": [round(float(value), 5) for value in fitted.biases]}
    provenance = {**provenance, "cross_validation": figures}
    out.mkdir(parents=True, exist_ok=True)
    documents: dict[str, dict[str, object]] = {"verdict.json": {"verdict": verdict}}
    if order is None:
        documents["tracing.json"] = {"weights": weights}
    for name, document in documents.items():
        text = json.dumps({**document, "provenance": provenance}, indent=1) + "\n"
        (out / name).write_text(text, encoding="utf-8")
    return figures


def held_out(rows: Sequence[Row]) -> list[Row]:
    """The claims on articles that no model was trained on."""
    return [row for row in rows if is_held_out(row["evidence"][0]["article_id"])]


def trace_both(tracer: Tracer, retriever: WithoutOne, row: Row, weight: float) -> Traced:
    """The claim of `row` traced in the archive as it is, and without its own article."""
    retriever.rows = frozenset()
    own = fit_tracing.find(tracer, row)
    retriever.rows = rows_of([one.ranked.candidate.passage for one in own.bearings], own.article)
    away = tuple(tracer.bearings(str(row["claim"])))
    retriever.rows = frozenset()
    return Traced(own, away, weight)


def rows_of(passages: Sequence[RetrievedPassage], article: str) -> frozenset[int]:
    """The passages of the article with that source id."""
    return frozenset(one.row for one in passages if one.article.source_id == article)


def best(bearings: Sequence[Bearing], order: Floats) -> list[Bearing]:
    """What a trace would weigh of these, put in order by `order`."""
    if not bearings:
        return []
    scores = fit_tracing.measured(bearings) @ order
    found = [replace(bearings[at], score=float(scores[at])) for at in np.argsort(-scores, kind="stable")]
    return most_of_each(found, most=MOST_EVIDENCE)


def fit(traced: Sequence[Traced], order: Floats | None = None) -> Fitted:
    """Order, unless it is given, and verdict, from claims as they were traced."""
    order = fit_tracing.fit([one.own for one in traced]) if order is None else order
    rows: list[npt.NDArray[np.float32]] = []
    labels: list[int] = []
    weights: list[float] = []
    for one in traced:
        for bearings, label, weight in (
            (one.own.bearings, LABELS[one.own.stance], one.weight),
            (one.away, NEITHER, AWAY * one.weight),
        ):
            if found := best(bearings, order):
                rows.append(weigh(found))
                labels.append(label)
                weights.append(weight)
    table, biases = fit_softmax(
        np.stack(rows), np.asarray(labels), np.asarray(weights), signs=[2] * len(FEATURES), ridge=RIDGE
    )
    return Fitted(order, table, biases)


def cross_validated(traced: Sequence[Traced], order: Floats | None = None) -> list[Fitted]:
    """For each claim what was fitted without those on the articles of its fold."""
    names = sorted({one.own.article for one in traced})
    np.random.default_rng(SEED).shuffle(names)
    fold = {name: at % FOLDS for at, name in enumerate(names)}
    fitted = [fit([one for one in traced if fold[one.own.article] != held], order) for held in range(FOLDS)]
    return [fitted[fold[one.own.article]] for one in traced]


def figures_of(traced: Sequence[Traced], chosen: Sequence[Fitted]) -> dict[str, object]:
    """How often the verdict is right, that without the own article "not found", the marked sentence among three."""
    pairs = list(zip(traced, chosen, strict=True))
    told = [
        most_of_each(best(one.own.bearings, by.order), most=fit_tracing.SHOWN)
        for one, by in pairs
        if LABELS[one.own.stance] != NEITHER
    ]
    marked = [
        {id(one.own.bearings[at].ranked) for at in np.flatnonzero(one.own.gold)}
        for one, _ in pairs
        if LABELS[one.own.stance] != NEITHER
    ]
    hits = [any(id(one.ranked) in of for one in shown) for shown, of in zip(told, marked, strict=True)]
    return {
        "claims": len(pairs),
        "verdict_right": share([by.verdict(one.own.bearings) == LABELS[one.own.stance] for one, by in pairs]),
        "not_found_without_own_article": share([by.verdict(one.away) == NEITHER for one, by in pairs]),
        "marked_among_3": share(hits),
    }


def share(hits: Sequence[bool]) -> float:
    """The share of `hits` that are so, 0 of none."""
    return round(float(np.mean(hits)), 4) if hits else 0.0


if __name__ == "__main__":
    main()
