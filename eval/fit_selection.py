"""Fits the weights of the default selector and of answerability, and writes them with their provenance.

    python -m eval.fit_selection --archive DIR --questions train.jsonl

The archive must hold the articles of the questions and others beside them. Rows: `kind` is `ask` (with `evidence`:
article_id, start, end) or `near_miss` (same people and event, not answered). Only questions on articles that the
cross-encoder was not trained on are used. Every third `ask` is measured once more with its article taken away: a
question about something else altogether. Cross-validation is by article, in five folds; what it reports is what the
weight files state. Nothing of the text is written out.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from eval.fitting import SEED, Floats, fit_logistic, fit_ranking
from eval.spans import is_held_out, proves
from index.archive import Archive
from index.embedding import MiniLmEmbedder
from rag import answerability
from rag.answer import RetrievedPassage
from rag.ask import PASSAGES, IdfWeight
from rag.cross_encoder import CrossEncoder
from rag.evidence import CHEAP, Candidate, candidates
from rag.likelihood import QuestionLikelihood
from rag.models import find_language_model
from rag.quantize import faster_copy
from rag.retrieval import HybridRetriever, number
from rag.selection import READ_FOR_LIKELIHOOD, READ_TOGETHER, Evidence, FusedSelector, likelihood_reader

FOLDS = 5
ANSWERED = 0.93  # share of answerable questions that the threshold must still answer, in cross-validation
SPARE = 1.5  # so many times what a reader reads in the product is measured here, since the order is not known yet
NAMES = (*CHEAP, "answers", "answers_best", "gain", "gain_best")
EVEN = {"stages": [{"weights": {"cosine": 4.0, "similarity": 4.0, "coverage": 2.0, "coverage_window": 4.0}}]}

Kind = Literal["ask", "near_miss", "removed"]
Single = npt.NDArray[np.float32]


@dataclass(slots=True)
class Asked:
    """One question with its measured sentences and which of them answer. NaN where a reader has not read."""

    article_id: str
    kind: Kind
    passages: tuple[RetrievedPassage, ...]
    found: list[Candidate]
    cheap: Single  # (n, len(CHEAP))
    answers: Single  # (n,)
    gain: Single  # (n,)
    gold: npt.NDArray[np.bool_]  # (n,)


class Collector:
    """Retrieves and measures questions as the product does, with some to spare."""

    def __init__(self, archive: Archive, cross_encoder: CrossEncoder) -> None:
        embedder = MiniLmEmbedder.load()
        self._embedder = embedder
        self._retriever = HybridRetriever(archive, embedder)
        self._selector = FusedSelector(embedder, weight=IdfWeight(archive), weights=EVEN)
        self._cross_encoder = cross_encoder
        self._gain = likelihood_reader(QuestionLikelihood(faster_copy(find_language_model(None))))

    def measure(self, row: dict[str, Any], kind: Kind) -> Asked | None:
        """The question of `row` measured; with its article taken away when `kind` is `removed`."""
        question, evidence = row["question"], row["evidence"]
        article_id = evidence[0]["article_id"]
        query = self._embedder.embed_queries([question])[0]
        passages = self._retriever.retrieve_embedded(question, query, k=PASSAGES * (3 if kind == "removed" else 1))
        if kind == "removed":
            others = [replace(passage, rank=0) for passage in passages if passage.article.source_id != article_id]
            passages = number(others[:PASSAGES])
        found = candidates(passages)
        if not found:
            return None
        cheap = self._selector.measures(question, query, found)
        column = {name: at for at, name in enumerate(CHEAP)}
        even = cheap[:, [column[name] for name in ("cosine", "similarity", "coverage", "coverage_window")]].sum(axis=1)
        answers = np.full(len(found), np.nan, dtype=np.float32)
        together = np.argsort(-even, kind="stable")[: int(READ_TOGETHER * SPARE)]
        answers[together] = self._cross_encoder(question, [found[at] for at in together])
        gain = np.full(len(found), np.nan, dtype=np.float32)
        likely = together[np.argsort(-answers[together], kind="stable")][: READ_FOR_LIKELIHOOD + 1]
        gain[likely] = self._gain.read(question, [found[at] for at in likely])
        gold = [
            kind == "ask" and any(proves(item, part["article_id"], part["start"], part["end"]) for part in evidence)
            for item in found
        ]
        return Asked(article_id, kind, tuple(passages), found, cheap, answers, gain, np.asarray(gold))


def collect(archive: Archive, rows: Sequence[dict[str, Any]], cross_encoder: CrossEncoder) -> list[Asked]:
    """Every question of `rows`, and every third answerable one with its article taken away."""
    from tqdm import tqdm

    collector = Collector(archive, cross_encoder)
    asked: list[Asked | None] = []
    for at, row in enumerate(tqdm(rows, desc="questions")):
        asked.append(collector.measure(row, row["kind"]))
        if row["kind"] == "ask" and at % 3 == 0:
            asked.append(collector.measure(row, "removed"))
    return [item for item in asked if item is not None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the three stages, then weights and bias of answerability."""

    cheap: Floats
    together: Floats
    full: Floats
    answers: Floats
    bias: float


def read_by(item: Asked, fitted_cheap: Floats) -> tuple[npt.NDArray[np.intp], Single]:
    """Which sentences the cross-encoder reads, and their features up to its own."""
    order = np.argsort(-(item.cheap @ fitted_cheap), kind="stable")
    rows = np.asarray([at for at in order if not np.isnan(item.answers[at])][:READ_TOGETHER], dtype=np.intp)
    return rows, _with(item.cheap[rows], item.answers[rows])


def likely_by(item: Asked, fitted_cheap: Floats, together: Floats) -> tuple[npt.NDArray[np.intp], Single]:
    """Which sentences the language model reads, and their complete features."""
    rows, features = read_by(item, fitted_cheap)
    order = np.argsort(-(features @ together), kind="stable")
    kept = np.asarray([at for at in order if not np.isnan(item.gain[rows[at]])][:READ_FOR_LIKELIHOOD], dtype=np.intp)
    return rows[kept], _with(features[kept], item.gain[rows[kept]])


def _with(features: Single, measured: Single) -> Single:
    return np.concatenate([features, measured[:, None], (measured - measured.max())[:, None]], axis=1)


def train(items: Sequence[Asked]) -> Fitted:
    """Each stage is fitted on what the stages before it let through."""
    cheap = fit_ranking([(item.cheap, item.gold) for item in items if item.gold.any()])
    second = [(features, item.gold[rows]) for item in items for rows, features in [read_by(item, cheap)]]
    together = fit_ranking([pair for pair in second if pair[1].any()])
    third = [(features, item.gold[rows]) for item in items for rows, features in [likely_by(item, cheap, together)]]
    full = fit_ranking([pair for pair in third if pair[1].any()])
    fitted = Fitted(cheap, together, full, np.zeros(0), 0.0)
    rows = np.concatenate([answer_row(item, fitted)[0] for item in items]).astype(np.float64)
    answers, bias = fit_logistic(rows, np.asarray([item.kind == "ask" for item in items]))
    return replace(fitted, answers=answers, bias=bias)


def answer_row(item: Asked, fitted: Fitted) -> tuple[Single, npt.NDArray[np.intp]]:
    """Answerability features of one question, and the sentences the language model read, in final order."""
    read, early = read_by(item, fitted.cheap)
    rows, features = likely_by(item, fitted.cheap, fitted.together)
    scores = features @ fitted.full
    order = np.argsort(-scores, kind="stable")
    evidence = [_evidence(item, rows[at], scores[at], features[at]) for at in order]
    kept = set(rows.tolist())
    evidence += [
        _evidence(item, read[at], scores.min() - 1.0, early[at]) for at in range(len(read)) if read[at] not in kept
    ]
    return answerability.measure(item.passages, evidence), rows[order]


def _evidence(item: Asked, at: int, score: float, features: Single) -> Evidence:
    return Evidence(
        item.found[at], float(score), {name: float(value) for name, value in zip(NAMES, features, strict=False)}
    )


def cross_validate(items: Sequence[Asked]) -> tuple[dict[str, float], float]:
    """Figures on questions about articles that were not trained on, and the threshold that answers `ANSWERED`."""
    fold = {article: at % FOLDS for at, article in enumerate(_shuffled({item.article_id for item in items}))}
    probability = np.zeros(len(items))
    first, three, reachable = [], [], []
    for held in range(FOLDS):
        fitted = train([item for item in items if fold[item.article_id] != held])
        for at, item in enumerate(items):
            if fold[item.article_id] != held:
                continue
            row, order = answer_row(item, fitted)
            probability[at] = 1 / (1 + np.exp(-(float(row[0] @ fitted.answers) + fitted.bias)))
            if item.kind == "ask":
                first.append(bool(item.gold[order[0]]))
                three.append(bool(item.gold[order[:3]].any()))
                reachable.append(bool(item.gold.any()))
    kinds = np.asarray([item.kind for item in items])
    ask = kinds == "ask"
    threshold = float(np.quantile(probability[ask], 1 - ANSWERED))
    figures = {
        "proving_sentence_among_candidates": float(np.mean(reachable)),
        "first_sentence_proves": float(np.mean(first)),
        "one_of_three_proves": float(np.mean(three)),
        "answerable_answered": float((probability[ask] >= threshold).mean()),
    }
    for kind in dict.fromkeys(kinds[~ask]):
        figures[f"{kind}_abstained"] = float((probability[kinds == kind] < threshold).mean())
        figures[f"{kind}_auc"] = _auc(probability[ask], probability[kinds == kind])
    counts = {f"{kind}_questions": int((kinds == kind).sum()) for kind in dict.fromkeys(kinds)}
    return {**counts, **{name: round(value, 4) for name, value in figures.items()}}, threshold


def _auc(positive: Floats, negative: Floats) -> float:
    return float((positive[:, None] > negative[None, :]).mean() + 0.5 * (positive[:, None] == negative[None, :]).mean())


def _shuffled(articles: set[str]) -> list[str]:
    order: list[str] = sorted(articles)
    np.random.default_rng(SEED).shuffle(order)
    return order


def documents(items: Sequence[Asked], provenance: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The two weight files by name."""
    figures, threshold = cross_validate(items)
    fitted = train(items)
    provenance = {**provenance, "seed": SEED, "folds": FOLDS, "cross_validation": figures}
    stages = [(CHEAP, fitted.cheap), (NAMES[: len(CHEAP) + 2], fitted.together), (NAMES, fitted.full)]
    return {
        "selection.json": {
            "stages": [{"weights": _named(names, weights), "bias": 0.0} for names, weights in stages],
            "provenance": provenance,
        },
        "answerability.json": {
            "weights": _named(answerability.FEATURES, fitted.answers),
            "bias": round(fitted.bias, 6),
            "threshold": round(threshold, 4),
            "threshold_rule": f"answers {ANSWERED:.0%} of the answerable questions in cross-validation",
            "provenance": provenance,
        },
    }


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)}


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on `--questions`, write `selection.json` and `answerability.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--most", type=int, default=300, help="questions to use, drawn by the seed: one takes 1.5 s")
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    data = options.questions.read_bytes()
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    rows = [
        row for row in rows if row["kind"] in ("ask", "near_miss") and is_held_out(row["evidence"][0]["article_id"])
    ]
    random.Random(SEED).shuffle(rows)
    with Archive.open(options.archive) as archive:
        items = collect(archive, rows[: options.most], CrossEncoder())
        held = archive.coverage().articles
    provenance = {
        "fitted_by": "python -m eval.fit_selection",
        "data_sha256": hashlib.sha256(data).hexdigest(),
        "archive_articles": held,
    }
    for name, document in documents(items, provenance).items():
        (options.out / name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        say(json.dumps(document["provenance"], indent=2))


if __name__ == "__main__":
    main()
