"""Fits the weights of the default selector and of answerability, and writes them with their provenance.

    python -m eval.fit_selection --archive DIR --questions train.jsonl

The archive must hold the articles of the questions and others beside them. Rows: `kind` is `ask` (with `evidence`:
article_id, start, end) or `near_miss` (same people and event, not answered). Nothing of the text is written out.
Cross-validation is by article, in five folds; what it reports is what the weight files state.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.fitting import SEED, Floats, fit_logistic, fit_ranking
from index.archive import Archive
from index.embedding import MiniLmEmbedder
from rag import answerability
from rag.answer import RetrievedPassage
from rag.ask import PASSAGES, IdfWeight
from rag.evidence import CHEAP, FEATURES, Candidate, candidates
from rag.likelihood import QuestionLikelihood
from rag.models import find_language_model
from rag.quantize import faster_copy
from rag.retrieval import HybridRetriever
from rag.selection import READ_BY_MODEL, Evidence, FusedSelector, LinearScore

FOLDS = 5
ANSWERED = 0.85  # share of answerable questions that the threshold must still answer, in cross-validation


@dataclass(slots=True)
class Asked:
    """One question with its measured candidates and which of them answer."""

    article_id: str
    answerable: bool
    passages: tuple[RetrievedPassage, ...]
    found: list[Candidate]
    cheap: npt.NDArray[np.float32]
    gold: npt.NDArray[np.bool_]
    gains: npt.NDArray[np.float32]  # NaN where the model has not read


def proves(candidate: Candidate, article_id: str, start: int, end: int) -> bool:
    """Whether the sentence holds at least half of the gold span, or lies within it for the most part."""
    if candidate.passage.article.source_id != article_id:
        return False
    common = min(candidate.end, end) - max(candidate.start, start)
    return common >= 0.5 * (end - start) or common >= 0.6 * (candidate.end - candidate.start)


def collect(archive: Archive, rows: Sequence[dict[str, object]]) -> list[Asked]:
    """Retrieves and measures every question; the language model reads the `READ_BY_MODEL` best by an even mix."""
    from tqdm import tqdm

    embedder = MiniLmEmbedder.load()
    retriever = HybridRetriever(archive, embedder)
    likelihood = QuestionLikelihood(faster_copy(find_language_model(None)))
    even = {"weights": {"cosine": 4.0, "cosine_window": 4.0, "coverage": 2.0, "coverage_window": 2.0}, "bias": 0.0}
    selector = FusedSelector(
        embedder, weight=IdfWeight(archive), likelihood=likelihood, weights={"first": even, "full": even}
    )
    first = LinearScore.read(even)
    asked = []
    for row in tqdm(rows, desc="questions"):
        question = str(row["question"])
        query = embedder.embed_queries([question])[0]
        passages = tuple(retriever.retrieve_embedded(question, query, k=PASSAGES))
        found = candidates(passages)
        if not found:
            continue
        cheap = selector.measures(question, query, found)
        evidence = row["evidence"]
        assert isinstance(evidence, list)
        answerable = row["kind"] == "ask"
        gold = np.asarray(
            [
                answerable and any(proves(item, part["article_id"], part["start"], part["end"]) for part in evidence)
                for item in found
            ]
        )
        gains = np.full(len(found), np.nan, dtype=np.float32)
        read = np.argsort(-first(cheap, CHEAP), kind="stable")[: READ_BY_MODEL + 4]
        scores = likelihood(question, [*(found[at].text for at in read), ""])
        gains[read] = scores[:-1] - scores[-1]
        asked.append(Asked(evidence[0]["article_id"], answerable, passages, found, cheap, gold, gains))
    return asked


def read_by_model(item: Asked, first: Floats) -> npt.NDArray[np.intp]:
    """Which candidates the language model would read under the weights `first`."""
    order = np.argsort(-(item.cheap @ first), kind="stable")
    return np.asarray([at for at in order if not np.isnan(item.gains[at])][:READ_BY_MODEL], dtype=np.intp)


def full_rows(item: Asked, read: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
    """The complete features of the candidates in `read`, shape (len(read), len(FEATURES))."""
    gains = item.gains[read]
    rows = np.concatenate([item.cheap[read], gains[:, None], (gains - gains.max())[:, None]], axis=1)
    return rows.astype(np.float32)


def train(items: Sequence[Asked]) -> tuple[Floats, Floats, Floats, float]:
    """Weights of both rounds, then weights and bias of answerability."""
    first = fit_ranking([(item.cheap, item.gold) for item in items if item.gold.any()])
    groups = []
    for item in items:
        read = read_by_model(item, first)
        if item.gold[read].any():
            groups.append((full_rows(item, read), item.gold[read]))
    full = fit_ranking(groups)
    rows = np.concatenate([answer_row(item, first, full)[0] for item in items]).astype(np.float64)
    weights, bias = fit_logistic(rows, np.asarray([item.answerable for item in items]))
    return first, full, weights, bias


def answer_row(item: Asked, first: Floats, full: Floats) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Answerability features of one question, and its candidates in final order."""
    read = read_by_model(item, first)
    rows = full_rows(item, read)
    scores = rows @ full
    order = np.argsort(-scores, kind="stable")
    evidence = [
        Evidence(item.found[read[at]], float(scores[at]), dict(zip(FEATURES, map(float, rows[at]), strict=True)))
        for at in order
    ]
    return answerability.measure(item.passages, evidence), read[order]


def cross_validate(items: Sequence[Asked]) -> tuple[dict[str, float], float]:
    """Figures on questions about articles that were not trained on, and the threshold that answers `ANSWERED`."""
    fold = {article: at % FOLDS for at, article in enumerate(_shuffled({item.article_id for item in items}))}
    probability = np.zeros(len(items))
    first_right, in_three, reachable = [], [], []
    for held in range(FOLDS):
        first, full, weights, bias = train([item for item in items if fold[item.article_id] != held])
        for at, item in enumerate(items):
            if fold[item.article_id] != held:
                continue
            row, order = answer_row(item, first, full)
            probability[at] = 1 / (1 + np.exp(-(float(row[0] @ weights) + bias)))
            if item.answerable:
                first_right.append(bool(item.gold[order[0]]))
                in_three.append(bool(item.gold[order[:3]].any()))
                reachable.append(bool(item.gold.any()))
    answerable = np.asarray([item.answerable for item in items])
    threshold = float(np.quantile(probability[answerable], 1 - ANSWERED))
    figures = {
        "questions": float(answerable.sum()),
        "near_misses": float((~answerable).sum()),
        "proving_sentence_among_candidates": float(np.mean(reachable)),
        "first_sentence_proves": float(np.mean(first_right)),
        "one_of_three_proves": float(np.mean(in_three)),
        "answerable_answered": float((probability[answerable] >= threshold).mean()),
        "near_miss_abstained": float((probability[~answerable] < threshold).mean()),
        "auc": _auc(probability[answerable], probability[~answerable]),
    }
    return {name: round(value, 4) for name, value in figures.items()}, threshold


def _auc(positive: Floats, negative: Floats) -> float:
    return float((positive[:, None] > negative[None, :]).mean() + 0.5 * (positive[:, None] == negative[None, :]).mean())


def _shuffled(articles: set[str]) -> list[str]:
    order: list[str] = sorted(articles)
    np.random.default_rng(SEED).shuffle(order)
    return order


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on `--questions`, write `selection.json` and `answerability.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    parser.add_argument("--most", type=int, default=None, help="use the first N questions only")
    options = parser.parse_args(arguments)
    data = options.questions.read_bytes()
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["kind"] in ("ask", "near_miss")][: options.most]
    with Archive.open(options.archive) as archive:
        items = collect(archive, rows)
        held = archive.coverage().articles
    figures, threshold = cross_validate(items)
    first, full, weights, bias = train(items)
    provenance = {
        "fitted_by": "python -m eval.fit_selection",
        "data": f"{len(items)} hand-written questions and near misses on articles that no reported figure uses",
        "data_sha256": hashlib.sha256(data).hexdigest(),
        "archive_articles": held,
        "seed": SEED,
        "folds": FOLDS,
        "cross_validation": figures,
    }
    selection = {
        "first": {"weights": _named(CHEAP, first), "bias": 0.0},
        "full": {"weights": _named(FEATURES, full), "bias": 0.0},
        "provenance": provenance,
    }
    answers = {
        "weights": _named(answerability.FEATURES, weights),
        "bias": round(bias, 6),
        "threshold": round(threshold, 4),
        "threshold_rule": f"answers {ANSWERED:.0%} of the answerable questions in cross-validation",
        "provenance": provenance,
    }
    for name, document in (("selection.json", selection), ("answerability.json", answers)):
        (options.out / name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    say(json.dumps(figures, indent=2))


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main()
