"""Fits the weights by which a sentence's stance on a claim is told, and writes them with their provenance.

    python -m eval.fit_stance --claims train.jsonl --more eval/newsroom/rows.jsonl --articles articles-*.jsonl.xz

Rows: `kind` is `claim`, `stance` is supports, refutes or not_found, `evidence` names the span to judge beside. Each
claim is judged beside the sentence of its evidence. Rows of `--more`, on other articles, help at a small weight. Five
parts of the articles are held out in turn for the figures, which are those of `--claims`; no text is written.

Claims that rules make of the same sentences (`eval/made_claims.py`) help, too: those who wrote the claims paraphrase
what they support more than what they refute; without made ones, a claim in the article's own words would be refuted.
"""

import argparse
import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.article_records import read_articles
from eval.fit_claim_reader import as_document, read_all, second_stage
from eval.fitting import SEED, Floats, fit_softmax
from eval.made_claims import made_claims
from eval.spans import is_held_out
from index.article import Article, ArticleMeta
from index.sentences import split_sentences
from rag.claim_reader import ClaimReader
from rag.stance import BOTH, STANCES
from rag.stance_features import FEATURES, TOWARDS_REFUTING, measure_stance
from rag.terms import content_stems
from rag.windows import around_of

FOLDS = 5
MORE_WEIGHT = 0.15  # of a row of --more; .05 to 1 swept: accuracy .674 .684 .682 .670 at .05 .15 .4 1
MADE_WEIGHT = (
    0.1  # of a made claim; 0 to .4 swept: accuracy .681 .676 .673 .665 .638 at 0 .05 .1 .2 .4, of made ones .515 to .92
)
RIDGE = 3e-3  # 3e-4 to 3e-2 swept: .684 to .680
LABELS = {"supports": 0, "refutes": 1, "not_found": 2}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pairs:
    """One row for each claim beside its sentence."""

    features: npt.NDArray[np.float32]  # (n, len(FEATURES))
    labels: npt.NDArray[np.int64]
    fold: npt.NDArray[np.int64]  # by article

    @classmethod
    def of(cls, rows: Sequence[tuple[npt.NDArray[np.float32], int, int]]) -> "Pairs":
        """From features, label and fold of each."""
        features, labels, folds = zip(*rows, strict=True)
        return cls(np.stack(features), np.asarray(labels), np.asarray(folds))

    def without(self, fold: int) -> "Pairs":
        """The rows of all other folds."""
        kept = self.fold != fold
        return Pairs(self.features[kept], self.labels[kept], self.fold[kept])


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on `--claims`, write `stance.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--more", type=Path)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    rows, digest = read_claims(options.claims)
    more, more_digest = read_claims(options.more) if options.more else ([], None)
    wanted = {row["evidence"][0]["article_id"] for row in [*rows, *more]}
    articles = read_articles(options.articles, wanted)
    weight, most = idf(list(articles.values()))
    pairs, made = collect(rows, articles, weight, most)
    extra = collect(more, articles, weight, most)[0] if more else None
    chances, chances_of_made = np.zeros((len(pairs.labels), 3)), np.zeros((len(made.labels), 3))
    for held in range(FOLDS):
        fitted = fit(pairs.without(held), made.without(held), extra)
        chances[pairs.fold == held] = probabilities(pairs.features[pairs.fold == held], *fitted)
        chances_of_made[made.fold == held] = probabilities(made.features[made.fold == held], *fitted)
    figures = measure(pairs.labels, chances)
    figures["made_claims_accuracy"] = measure(made.labels, chances_of_made)["accuracy"]
    table, biases = fit(pairs, made, extra)
    second, told = both_together(rows, more, articles, (weight, most))
    document = {
        "rules": {
            "stances": list(STANCES),
            "weights": {name: [round(float(value), 5) for value in table[:, at]] for at, name in enumerate(FEATURES)},
            "biases": [round(float(value), 5) for value in biases],
        },
        "with_reader": second,
        "provenance": {
            "fitted_by": "python -m eval.fit_stance",
            "data_sha256": digest,
            "more_sha256": more_digest,
            "seed": SEED,
            "cross_validation": figures,
            "held_out_claims_told_right": told,
        },
    }
    (options.out / "stance.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    say(json.dumps({**figures, "held_out_claims_told_right": told}, indent=2))


def both_together(
    rows: Sequence[Row], more: Sequence[Row], articles: dict[str, Article], idf_of: tuple[Callable[[str], float], float]
) -> tuple[dict[str, object], dict[str, dict[str, float]]]:
    """The second regression, over rules and reader, and what share of the held-out claims each tells right."""
    weight, most = idf_of
    kept = [[row for row in part if is_held_out(row["evidence"][0]["article_id"])] for part in (rows, more)]
    seen = [[row for row in part if not is_held_out(row["evidence"][0]["article_id"])] for part in (rows, more)]
    pairs, made = collect(seen[0], articles, weight, most)
    extra = collect(seen[1], articles, weight, most)[0] if seen[1] else None
    items = read_all([*kept[0], *kept[1]], articles, LABELS)
    measured = [
        measure_stance(one.claim, one.window.sentence, one.window.before, one.window.around, weight=weight, most=most)
        for one in items
    ]
    rules = probabilities(np.stack([one.row for one in measured]), *fit(pairs, made, extra))
    table, biases, told = second_stage(items, rules, ClaimReader())
    return as_document(table, biases, BOTH), told


def fit(pairs: Pairs, made: Pairs, extra: Pairs | None) -> tuple[Floats, Floats]:
    """Weights and biases; `extra` is weighed so that its stances are as frequent as those of `pairs`."""
    parts, each = [pairs, made], [np.ones(len(pairs.labels)), np.full(len(made.labels), MADE_WEIGHT)]
    if extra is not None:
        ours = np.bincount(pairs.labels, minlength=3) / len(pairs.labels)
        theirs = np.bincount(extra.labels, minlength=3) / len(extra.labels)
        parts.append(extra)
        each.append(MORE_WEIGHT * (ours / np.maximum(theirs, 1e-9))[extra.labels])
    features = np.concatenate([part.features for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    signs = [TOWARDS_REFUTING[name] for name in FEATURES]
    return fit_softmax(features, labels, np.concatenate(each), signs=signs, ridge=RIDGE)


def collect(
    rows: Sequence[Row], articles: dict[str, Article], weight: Callable[[str], float], most: float
) -> tuple[Pairs, Pairs]:
    """Every claim beside the sentence, or sentences, of its evidence; and made claims beside the same."""
    names = sorted({row["evidence"][0]["article_id"] for row in rows})
    np.random.default_rng(SEED).shuffle(names)
    fold = {name: at % FOLDS for at, name in enumerate(names)}
    chance = random.Random(SEED)
    found: list[tuple[npt.NDArray[np.float32], int, int]] = []
    made: list[tuple[npt.NDArray[np.float32], int, int]] = []
    for row in rows:
        span = row["evidence"][0]
        article = articles[span["article_id"]]
        spans = split_sentences(article.text)
        hit = [at for at, (start, end) in enumerate(spans) if start < span["end"] and span["start"] < end]
        sentence = article.text[spans[hit[0]][0] : spans[hit[-1]][1]]
        before = article.text[slice(*spans[hit[0] - 1])] if hit[0] else ""
        around = around_of(ArticleMeta.of(article))
        for rows_of, claims in (
            (found, [(row["claim"], row["stance"])]),
            (made, made_claims(" ".join(sentence.split()), chance)),
        ):
            for claim, stance in claims:
                measured = measure_stance(claim, sentence, before, around, weight=weight, most=most)
                rows_of.append((measured.row, LABELS[stance], fold[span["article_id"]]))
    return Pairs.of(found), Pairs.of(made)


def idf(articles: Sequence[Article]) -> tuple[Callable[[str], float], float]:
    """The idf of a stem over the sentences of `articles`, and the highest there is."""
    counts: Counter[str] = Counter()
    total = 0
    for article in articles:
        for start, end in split_sentences(article.text):
            counts.update(set(content_stems(article.text[start:end])))
            total += 1
    return (lambda stem: math.log(1 + total / (1 + counts[stem]))), math.log(1 + total)


def probabilities(features: npt.NDArray[np.float32], table: Floats, biases: Floats) -> Floats:
    """Probabilities of the three stances, shape (n, 3)."""
    scores = features @ table.T + biases
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances


def measure(labels: npt.NDArray[np.int64], chances: Floats) -> dict[str, object]:
    """Accuracy and macro-F1, each claim judged by weights that have not seen its article."""
    from sklearn.metrics import f1_score

    found = chances.argmax(axis=1)
    there = {name: at for name, at in LABELS.items() if (labels == at).any()}
    return {
        "claims": len(labels),
        "accuracy": round(float((labels == found).mean()), 4),
        "macro_f1": round(float(f1_score(labels, found, average="macro")), 4),
        **{f"{name}_right": round(float((found[labels == at] == at).mean()), 4) for name, at in there.items()},
    }


def read_claims(path: Path) -> tuple[list[Row], str]:
    """The claims of a file of rows that have evidence, and the file's SHA-256."""
    data = path.read_bytes()
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    return [row for row in rows if row["kind"] == "claim" and row.get("evidence")], hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main()
