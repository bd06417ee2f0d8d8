"""Fits the weights by which a sentence's stance on a claim is told, and writes them with their provenance.

    python -m eval.fit_stance --claims train.jsonl --articles articles.jsonl

Rows: `kind` is `claim`, `stance` is supports, refutes or not_found, `evidence` names the span to judge beside. Each claim
is judged beside the sentence of its evidence and, as "neither", beside other sentences of that article that share much
with it. Five parts of the articles are held out in turn for the figures; nothing of the text is written.
"""

import argparse
import gzip
import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.fitting import SEED, Floats, fit_softmax
from index.article import Article, ArticleMeta
from index.sentences import split_sentences
from rag.stance import STANCES
from rag.stance_features import FEATURES, measure_stance
from rag.terms import content_stems
from rag.trace import around_of

FOLDS = 5
OTHERS = 2  # other sentences of the article for each claim, those that share most with it
OTHERS_WEIGHT = 0.25  # of each, beside 1 for the sentence of the evidence
LABELS = {"supports": 0, "refutes": 1, "not_found": 2}
_MOST_SENTENCES = 200  # of an article, that are looked through for others


@dataclass(frozen=True, slots=True)
class Pairs:
    """One row for each claim and sentence."""

    features: npt.NDArray[np.float32]  # (n, len(FEATURES))
    labels: npt.NDArray[np.int64]
    weights: Floats
    is_gold: npt.NDArray[np.bool_]  # the sentence of the evidence
    fold: npt.NDArray[np.int64]


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on `--claims`, write `stance.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    data = options.claims.read_bytes()
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["kind"] == "claim" and row.get("evidence")]
    wanted = {row["evidence"][0]["article_id"] for row in rows}
    pairs = collect(rows, read_articles(options.articles, wanted))
    chances = np.zeros((len(pairs.labels), 3))
    for held in range(FOLDS):
        used = pairs.fold != held
        table, biases = fit_softmax(pairs.features[used], pairs.labels[used], pairs.weights[used])
        chances[~used] = probabilities(pairs.features[~used], table, biases)
    figures = measure(pairs, chances)
    table, biases = fit_softmax(pairs.features, pairs.labels, pairs.weights)
    document = {
        "rules": {
            "stances": list(STANCES),
            "weights": {
                name: [round(float(value), 5) for value in table[:, at]] for at, name in enumerate(FEATURES)
            },
            "biases": [round(float(value), 5) for value in biases],
        },
        "provenance": {
            "fitted_by": "python -m eval.fit_stance",
            "data_sha256": hashlib.sha256(data).hexdigest(),
            "seed": SEED,
            "cross_validation": figures,
        },
    }
    (options.out / "stance.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    say(json.dumps(figures, indent=2))


def collect(rows: Sequence[dict[str, Any]], articles: dict[str, Article]) -> Pairs:
    """Every claim beside the sentence of its evidence and beside others of its article."""
    sentences = {name: split_sentences(article.text) for name, article in articles.items()}
    counts: Counter[str] = Counter()
    for name, spans in sentences.items():
        for start, end in spans:
            counts.update(set(content_stems(articles[name].text[start:end])))
    total = sum(map(len, sentences.values()))
    most = math.log(1 + total)

    def weight(stem: str) -> float:
        return math.log(1 + total / (1 + counts[stem]))

    names = sorted(articles)
    np.random.default_rng(SEED).shuffle(names)
    fold = {name: at % FOLDS for at, name in enumerate(names)}
    features, labels, weights, gold, folds = [], [], [], [], []
    for row in rows:
        span = row["evidence"][0]
        article, spans = articles[span["article_id"]], sentences[span["article_id"]]
        hit = [at for at, (start, end) in enumerate(spans) if start < span["end"] and span["start"] < end]
        around = around_of(ArticleMeta.of(article))
        chosen = [(spans[hit[0]][0], spans[hit[-1]][1], hit[0], True)] if hit else []
        chosen += [(*spans[at], at, False) for at in _others(row["claim"], article.text, spans, hit, weight)]
        for start, end, at, is_gold in chosen:
            before = article.text[slice(*spans[at - 1])] if at else ""
            one = measure_stance(row["claim"], article.text[start:end], before, around, weight=weight, most=most)
            features.append(one.row)
            labels.append(LABELS[row["stance"]] if is_gold else LABELS["not_found"])
            weights.append(1.0 if is_gold else OTHERS_WEIGHT)
            gold.append(is_gold)
            folds.append(fold[span["article_id"]])
    return Pairs(np.stack(features), np.asarray(labels), np.asarray(weights), np.asarray(gold), np.asarray(folds))


def _others(
    claim: str, text: str, spans: Sequence[tuple[int, int]], hit: Sequence[int], weight: Callable[[str], float]
) -> list[int]:
    """The sentences, apart from `hit` and its neighbours, that share most with the claim."""
    said = set(content_stems(claim))
    near = {at + step for at in hit for step in (-1, 0, 1)}
    shared = [
        (sum(weight(stem) for stem in said & set(content_stems(text[start:end]))), at)
        for at, (start, end) in enumerate(spans[:_MOST_SENTENCES])
        if at not in near
    ]
    return [at for _, at in sorted(shared, reverse=True)[:OTHERS]]


def probabilities(features: npt.NDArray[np.float32], table: Floats, biases: Floats) -> Floats:
    """Probabilities of the three stances, shape (n, 3)."""
    scores = features @ table.T + biases
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances


def measure(pairs: Pairs, chances: Floats) -> dict[str, object]:
    """Accuracy and macro-F1 on the sentences of the evidence, each judged by weights that have not seen its article."""
    from sklearn.metrics import f1_score

    gold, found = pairs.labels[pairs.is_gold], chances[pairs.is_gold].argmax(axis=1)
    others = chances[~pairs.is_gold].argmax(axis=1)
    return {
        "claims": len(gold),
        "accuracy": round(float((gold == found).mean()), 4),
        "macro_f1": round(float(f1_score(gold, found, average="macro")), 4),
        **{
            f"{name}_right": round(float((found[gold == at] == at).mean()), 4) for name, at in LABELS.items()
        },
        "other_sentences": len(others),
        "other_sentences_neither": round(float((others == LABELS["not_found"]).mean()), 4),
    }


def read_articles(path: Path, wanted: set[str]) -> dict[str, Article]:
    """The articles of a JSONL file, plain or .gz, whose ids are wanted."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        records = (json.loads(line) for line in file)
        return {record["id"]: _article(record) for record in records if record["id"] in wanted}


def _article(record: dict[str, Any]) -> Article:
    return Article(
        key=f"id:{record['id']}",
        source_id=record["id"],
        path="",
        text=record["text"],
        title=record.get("title"),
        source=record.get("source"),
        published_at=record.get("published_at"),
    )


if __name__ == "__main__":
    main()
