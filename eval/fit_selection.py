"""Fits the weights of reranking, of the default selector and of answerability; writes them with their provenance.

    python -m eval.fit_selection --archive DIR --questions rows.jsonl... --final-archive DIR --final-questions FILE...

The archive must hold the articles of the questions and others beside them. Rows as in `eval/reader_groups.py`. Only
questions on articles that no model was trained on are used (`eval.spans`). Every third `ask` is measured once more
with its article taken away: a question about something else altogether. Cross-validation is by article, in five
folds; what it reports is what the weight files state. Nothing of the text is written out.

Whether the archive answers at all depends on how long its articles are and how questions are put, so answerability
and its thresholds are fitted on the final questions alone: those most like a newsroom's, in an archive like its own.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.fitting import SEED, Floats, fit_logistic, fit_ranking
from eval.measured_questions import Asked, Collector, Single, read_held_out
from index.archive import Archive
from rag import answerability, reranking
from rag.evidence import CHEAP
from rag.reader import PassageReader
from rag.selection import READ_BY_MODEL, Evidence, with_best

FOLDS = 5
# Share of answerable questions answered in cross-validation: .85 and 10 in 100, since on the benchmark 5 to 9 in 100
# fewer were answered each time (docs/quality.md).
ANSWERED = 0.95
# Share of answerable questions with a short answer: the largest, in hundredths, at which half of all shown are right.
SHORT_SHOWN = 0.78
NAMES = (*CHEAP, "gain", "gain_best", "fits", "fits_best")


def collect(collector: Collector, rows: Sequence[dict[str, Any]]) -> list[Asked]:
    """Every question of `rows` with its passages read, every third answerable one with its articles taken away too."""
    from tqdm import tqdm

    items: list[Asked] = []
    for at, row in enumerate(tqdm(rows, desc="reading", mininterval=20)):
        items.append(collector.read(row, row["kind"]))
        if row["kind"] == "ask" and at % 3 == 0:
            items.append(collector.read(row, "removed"))
    return items


def measured(collector: Collector, items: Sequence[Asked], weights: Floats) -> list[Asked]:
    """Those of `items` where a sentence is left once the passages are put in order with reranking's `weights`."""
    from tqdm import tqdm

    document: dict[str, object] = {"weights": dict(zip(reranking.FEATURES, map(float, weights), strict=True))}
    for item in tqdm(items, desc="measuring", mininterval=20):
        collector.measure(item, document)
    return [item for item in items if item.found]


def fit_reranking(items: Sequence[Asked]) -> Floats:
    """Weights of `reranking.FEATURES`: passages with the proving sentence against the others that were read."""
    groups = []
    for item in items:
        read = [passage for passage in item.pool if passage.read]
        gold = np.asarray([item.holds(passage) for passage in read], dtype=bool)
        if gold.any():
            groups.append((reranking.measure(read), gold))
    return fit_ranking(groups)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the two stages, then weights and bias of answerability."""

    first: Floats
    full: Floats
    answers: Floats
    bias: float


def likely_by(item: Asked, first: Floats) -> tuple[npt.NDArray[np.intp], Single]:
    """Which sentences the language model reads, and their complete features."""
    order = np.argsort(-(item.cheap @ first), kind="stable")
    rows = np.asarray([at for at in order if not np.isnan(item.judged[at, 0])][:READ_BY_MODEL], dtype=np.intp)
    return rows, np.concatenate([item.cheap[rows], with_best(item.judged[rows])], axis=1)


def train(items: Sequence[Asked], final: Sequence[Asked]) -> Fitted:
    """Each stage is fitted on what the stage before it let through; answerability on `final` alone."""
    first = fit_ranking([(item.cheap, item.gold) for item in items if item.gold.any()])
    second = [(features, item.gold[rows]) for item in items for rows, features in [likely_by(item, first)]]
    full = fit_ranking([pair for pair in second if pair[1].any()])
    fitted = Fitted(first, full, np.zeros(0), 0.0)
    rows = np.concatenate([answer_row(item, fitted)[0] for item in final]).astype(np.float64)
    answers, bias = fit_logistic(rows, np.asarray([item.kind == "ask" for item in final]))
    return replace(fitted, answers=answers, bias=bias)


def answer_row(item: Asked, fitted: Fitted) -> tuple[Single, npt.NDArray[np.intp]]:
    """Answerability features of one question, and the sentences the language model read, in final order."""
    rows, features = likely_by(item, fitted.first)
    scores = features @ fitted.full
    order = np.argsort(-scores, kind="stable")
    evidence = [
        Evidence(
            item.found[rows[at]],
            float(scores[at]),
            {name: float(value) for name, value in zip(NAMES, features[at], strict=True)},
        )
        for at in order
    ]
    return answerability.measure(item.passages, evidence), rows[order]


def cross_validate(others: Sequence[Asked], items: Sequence[Asked]) -> tuple[dict[str, float], float, float]:
    """Figures of `items` on questions about articles that were not fitted on, and both thresholds: the one that answers
    `ANSWERED`, and the one of short answers."""
    everything = [*others, *items]
    fold = {article: at % FOLDS for at, article in enumerate(_shuffled({item.article_id for item in everything}))}
    probability = np.zeros(len(items))
    first, three, reachable, shown = [], [], [], []
    orders: dict[int, npt.NDArray[np.intp]] = {}
    for held in range(FOLDS):
        fitted = train(
            [item for item in everything if fold[item.article_id] != held],
            [item for item in items if fold[item.article_id] != held],
        )
        for at, item in enumerate(items):
            if fold[item.article_id] != held:
                continue
            row, order = answer_row(item, fitted)
            orders[at] = order
            probability[at] = 1 / (1 + np.exp(-(float(row[0] @ fitted.answers) + fitted.bias)))
            if item.kind == "ask":
                first.append(bool(item.gold[order[0]]))
                three.append(bool(item.gold[order[:3]].any()))
                reachable.append(bool(item.gold.any()))
                shown.append(any(item.holds(passage) for passage in item.passages))
    kinds = np.asarray([item.kind for item in items])
    ask = kinds == "ask"
    threshold = float(np.quantile(probability[ask], 1 - ANSWERED))
    figures = {
        "evidence_in_ten_passages": float(np.mean(shown)),
        "proving_sentence_among_candidates": float(np.mean(reachable)),
        "first_sentence_proves": float(np.mean(first)),
        "one_of_three_proves": float(np.mean(three)),
        "answerable_answered": float((probability[ask] >= threshold).mean()),
    }
    for kind in dict.fromkeys(kinds[~ask]):
        figures[f"{kind}_abstained"] = float((probability[kinds == kind] < threshold).mean())
        figures[f"{kind}_auc"] = _auc(probability[ask], probability[kinds == kind])
    counts = {f"{kind}_questions": int((kinds == kind).sum()) for kind in dict.fromkeys(kinds)}
    figures = {name: round(value, 4) for name, value in figures.items()}
    kept = [at for at in range(len(items)) if probability[at] >= threshold]
    short, short_threshold = short_figures([items[at] for at in kept], [orders[at] for at in kept], int(ask.sum()))
    return {**counts, **figures, **short}, threshold, short_threshold


def short_figures(
    items: Sequence[Asked], orders: Sequence[npt.NDArray[np.intp]], asks: int
) -> tuple[dict[str, float], float]:
    """How often the best sentence's words are the answer, and from which log probability they are shown: the highest
    that shows a short answer for `SHORT_SHOWN` of the `asks` answerable questions, answered ones among `items`."""
    scored = []
    for item, order in zip(items, orders, strict=True):
        if not len(order):
            continue
        best = item.found[order[0]]
        if best.read is None or best.read.span is None or (item.kind == "ask" and not item.patterns):
            continue
        words = best.text[best.read.span[0] - best.start : best.read.span[1] - best.start]
        right = item.kind == "ask" and any(pattern.search(words) for pattern in item.patterns)
        scored.append((best.read.span_log, right, item.kind == "ask"))
    scored.sort(reverse=True)
    answerable = np.cumsum([ask for _, _, ask in scored])
    last = min(int(np.searchsorted(answerable, SHORT_SHOWN * asks)), len(scored) - 1)
    shown = scored[: last + 1]
    shown_right = sum(right for _, right, _ in shown)
    figures = {
        "short_right_of_asks": sum(right for _, right, _ in scored) / asks,
        "short_shown_of_asks": sum(ask for _, _, ask in shown) / asks,
        "short_shown_right_of_asks": shown_right / asks,
        "short_shown_right": shown_right / len(shown),
    }
    return {name: round(value, 4) for name, value in figures.items()}, float(scored[last][0])


def _auc(positive: Floats, negative: Floats) -> float:
    return float((positive[:, None] > negative[None, :]).mean() + 0.5 * (positive[:, None] == negative[None, :]).mean())


def _shuffled(articles: set[str]) -> list[str]:
    order: list[str] = sorted(articles)
    np.random.default_rng(SEED).shuffle(order)
    return order


def documents(
    items: Sequence[Asked], final: Sequence[Asked], reranked: Floats, provenance: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """The three weight files by name."""
    figures, threshold, short_threshold = cross_validate(items, final)
    others, _, _ = cross_validate(final, items)
    fitted = train([*items, *final], final)
    provenance = {
        **provenance,
        "seed": SEED,
        "folds": FOLDS,
        "cross_validation": figures,
        "cross_validation_of_other_questions": others,
    }
    return {
        "reranking.json": {"weights": _named(reranking.FEATURES, reranked), "bias": 0.0, "provenance": provenance},
        "selection.json": {
            "stages": [
                {"weights": _named(CHEAP, fitted.first), "bias": 0.0},
                {"weights": _named(NAMES, fitted.full), "bias": 0.0},
            ],
            "provenance": provenance,
        },
        "answerability.json": {
            "weights": _named(answerability.FEATURES, fitted.answers),
            "bias": round(fitted.bias, 6),
            "threshold": round(threshold, 4),
            "short_threshold": round(short_threshold, 4),
            "threshold_rule": f"answers {ANSWERED:.0%} of the answerable questions in cross-validation",
            "provenance": provenance,
        },
    }


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)}


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on `--questions`, write `reranking.json`, `selection.json` and `answerability.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--final-archive", type=Path, required=True)
    parser.add_argument("--final-questions", type=Path, nargs="+", required=True)
    parser.add_argument("--most", type=int, default=600, help="of the first questions, drawn by the seed")
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    digest = hashlib.sha256()
    reader = PassageReader()
    with Archive.open(options.archive) as archive, Archive.open(options.final_archive) as final_archive:
        collectors = [Collector(archive, reader), Collector(final_archive, reader)]
        questions = [read_held_out(paths, digest.update) for paths in (options.questions, options.final_questions)]
        questions[0] = questions[0][: options.most]
        sets = [collect(one, rows) for one, rows in zip(collectors, questions, strict=True)]
        # Four weights over both: newsroom's own questions seldom name a time, and the final ones do.
        reranked = fit_reranking([*sets[0], *sets[1]])
        sets = [measured(one, items, reranked) for one, items in zip(collectors, sets, strict=True)]
        sizes = [archive.coverage().articles, final_archive.coverage().articles]
    provenance = {
        "fitted_by": "python -m eval.fit_selection",
        "data_sha256": digest.hexdigest(),
        "archive_articles": sizes,
        "questions": [len(items) for items in sets],
    }
    for name, document in documents(sets[0], sets[1], reranked, provenance).items():
        (options.out / name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        say(json.dumps(document["provenance"], indent=2))


if __name__ == "__main__":
    main()
