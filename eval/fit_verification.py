"""Fits the weights and the threshold of the default verifier, and writes them with their provenance.

    python -m eval.fit_verification --claims train.jsonl --articles articles.jsonl

Rows: `kind` is `claim`, `stance` is supports, refutes or not_found, `evidence` names the span to check against. Half
of the articles fit the weights and choose the threshold, in turn, for the other half; nothing of the text is written.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.article_records import read_articles
from eval.fitting import SEED, fit_logistic
from index.article import Article
from index.embedding import MiniLmEmbedder
from rag.verification import FEATURES, CascadeVerifier, context_of, missing_names, missing_numbers

SIGNS = (1, 1, -1, -1, -1, 0)  # of each feature: more overlap never speaks against support
UNFITTED: dict[str, object] = {"weights": {"cosine": 1.0}, "threshold": 0.5}  # only its measures are used here
FALSE_ACCEPTS = 0.10  # share of refuted and overstated claims that the threshold may let through, in cross-validation


Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Claims:
    """One row for each claim, in order."""

    features: npt.NDArray[np.float32]  # (n, len(FEATURES))
    supported: Marks
    vetoed: Marks  # a name or a number is missing
    fold: npt.NDArray[np.int64]  # 0 or 1, by article


def collect(rows: Sequence[dict[str, object]], articles: dict[str, Article]) -> Claims:
    """Every claim that has evidence, measured."""
    verifier = CascadeVerifier(MiniLmEmbedder.load(), weights=UNFITTED)
    features, labels, vetoed, cited = [], [], [], []
    for row in rows:
        evidence = row["evidence"]
        assert isinstance(evidence, list)
        if not evidence:
            continue
        quotes = [articles[part["article_id"]].text[part["start"] : part["end"]] for part in evidence]
        claim = str(row["claim"])
        features.append(verifier.measure(claim, quotes)[0])
        labels.append(row["stance"] == "supports")
        around = [context_of(articles[part["article_id"]], part["start"], part["end"]) for part in evidence]
        absent = missing_names(claim, " ".join([*quotes, *around])) + missing_numbers(claim, " ".join(quotes))
        vetoed.append(bool(absent))
        cited.append(evidence[0]["article_id"])
    order = sorted(set(cited))
    np.random.default_rng(SEED).shuffle(order)
    fold = {article: at % 2 for at, article in enumerate(order)}
    folds = np.asarray([fold[name] for name in cited])
    return Claims(np.stack(features), np.asarray(labels), np.asarray(vetoed), folds)


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on `--claims`, write `verification.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    data = options.claims.read_bytes()
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["kind"] == "claim"]
    # Without their outlets, as ever: with them the headings that are read would be others, and so would the weights.
    articles = {name: replace(one, source=None) for name, one in read_articles([options.articles]).items()}
    claims = collect(rows, articles)
    features, labels, vetoed, folds = claims.features, claims.supported, claims.vetoed, claims.fold
    passed = np.zeros(len(labels), dtype=bool)
    for held in (0, 1):
        weights, bias = fit_logistic(features[folds != held].astype(np.float64), labels[folds != held], signs=SIGNS)
        threshold = choose(features, labels, vetoed, folds != held, weights, bias)
        passed |= (folds == held) & ~vetoed & (probability(features, weights, bias) >= threshold)
    weights, bias = fit_logistic(features.astype(np.float64), labels, signs=SIGNS)
    threshold = choose(features, labels, vetoed, np.ones(len(labels), dtype=bool), weights, bias)
    figures = {
        "claims": len(labels),
        "supported_passed": round(float(passed[labels].mean()), 4),
        "not_supported_passed": round(float(passed[~labels].mean()), 4),
        "balanced_accuracy": round(float((passed[labels].mean() + (~passed[~labels]).mean()) / 2), 4),
        "supported_vetoed": round(float(vetoed[labels].mean()), 4),
        "not_supported_vetoed": round(float(vetoed[~labels].mean()), 4),
    }
    document = {
        "weights": {name: round(float(value), 6) for name, value in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 6),
        "threshold": round(threshold, 4),
        "threshold_rule": f"lets at most {FALSE_ACCEPTS:.0%} of refuted and overstated claims through",
        "provenance": {
            "fitted_by": "python -m eval.fit_verification",
            "data_sha256": hashlib.sha256(data).hexdigest(),
            "seed": SEED,
            "cross_validation": figures,
        },
    }
    (options.out / "verification.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    say(json.dumps(figures, indent=2))


def probability(
    features: npt.NDArray[np.float32], weights: npt.NDArray[np.float64], bias: float
) -> npt.NDArray[np.float64]:
    """Probability of support for each row, shape (n,)."""
    shares: npt.NDArray[np.float64] = 1 / (1 + np.exp(-(features @ weights + bias)))
    return shares


def choose(
    features: npt.NDArray[np.float32],
    labels: Marks,
    vetoed: Marks,
    used: Marks,
    weights: npt.NDArray[np.float64],
    bias: float,
) -> float:
    """The lowest threshold that lets at most `FALSE_ACCEPTS` of the unsupported claims in `used` through."""
    scores = np.where(vetoed, 0.0, probability(features, weights, bias))[used & ~labels]
    return float(np.quantile(scores, 1 - FALSE_ACCEPTS))


if __name__ == "__main__":
    main()
