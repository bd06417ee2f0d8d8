"""Fits how the default verifier weighs what it measures, chooses its threshold, and writes both with their provenance.

    python -m eval.fit_verification --claims train.jsonl rows.jsonl --articles articles.jsonl... --pairs begin wice

Rows of claims: `kind` is `claim`, `stance` is supports, refutes or not_found, `evidence` names the span to check
against. Only claims on articles that the claim reader was not trained on are used (`eval.spans`). `--pairs` names
files or folders of published sets (`eval/judges/formats.py`), of which the first pairs of each source are taken. Every
data set weighs the same. The threshold is chosen on the claims; their figures are of weights and a threshold from half
of the articles, in turn, for the other half. Of sentences of these articles that a rule has changed
(`eval/judges/changes.py`), the share is given that the check refuses. Nothing of the text is written.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from eval.article_records import read_articles
from eval.fitting import SEED, Floats
from eval.judges.label_free import TEXTS, label_free
from eval.judges.learned import Product
from eval.judges.loading import load_pairs
from eval.judges.pairs import at_most
from eval.judges.windows import Rarity
from eval.spans import is_held_out
from eval.support_rows import (
    CLAIMS,
    FOLDS,
    Example,
    Marks,
    fit,
    held_out_scores,
    of_claims,
    of_pairs,
    scores,
    unseen_scores,
)
from rag.claim_reader import ClaimReader
from rag.stance import PairReader, RuleStance
from rag.support import FEATURES, Support
from rag.verification import CascadeVerifier

FALSE_ACCEPTS = 0.10  # share of refuted and overstated claims that the threshold may let through, in cross-validation
MOST_PAIRS = 200  # of each source of published pairs


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Fit on `--claims` and `--pairs`, choose on `--claims`, write `verification.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=Path, nargs="+", required=True)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    parser.add_argument("--pairs", type=Path, nargs="*", default=[])
    parser.add_argument("--without", nargs="*", default=[], help="sources among the pairs that are not used")
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    data = b"".join(path.read_bytes() for path in options.claims)
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["kind"] == "claim" and row["evidence"]]
    rows = [row for row in rows if is_held_out(row["evidence"][0]["article_id"])]
    wanted = {part["article_id"] for row in rows for part in row["evidence"]}
    articles = read_articles(options.articles, wanted)
    reader = ClaimReader()
    pairs = [pair for path in options.pairs for pair in at_most(load_pairs(path).pairs, MOST_PAIRS)]
    pairs = [pair for pair in pairs if pair.source not in options.without]
    examples = of_claims(rows, articles, reader) + of_pairs(pairs, reader)
    document = fitted(examples)
    provenance = document["provenance"]
    assert isinstance(provenance, dict)
    provenance["data_sha256"] = hashlib.sha256(data).hexdigest()
    provenance["claim_reader_sha256"] = reader.sha256
    verifier = partial(_verifier, reader, Support.read(document), float(str(document["threshold"])))
    provenance["changed_sentences"] = changed([articles[name].text for name in sorted(wanted)[:TEXTS]], verifier)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "verification.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    say(json.dumps(provenance, indent=2))


def _verifier(reader: PairReader, support: Support, threshold: float, rarity: Rarity) -> CascadeVerifier:
    stance = RuleStance(rarity, lambda: rarity.most, reader=reader)
    return CascadeVerifier(lambda: stance, threshold=threshold, support=support)


def fitted(examples: Sequence[Example]) -> dict[str, object]:
    """What `verification.json` holds: the weights, the threshold, and the figures that can be had without the texts."""
    support = fit(examples)
    ours = np.asarray([one.source == CLAIMS for one in examples])
    return {
        "threshold": round(choose(scores(support, examples), examples, ours), 4),
        "threshold_rule": f"lets at most {FALSE_ACCEPTS:.0%} of refuted and overstated claims through",
        "support": {
            "weights": {name: round(support.weights[name], 5) for name in FEATURES},
            "bias": round(support.bias, 5),
        },
        "provenance": {
            "fitted_by": "python -m eval.fit_verification",
            "seed": SEED,
            "cross_validation": figures(examples),
            "areas": areas(examples),
        },
    }


def changed(texts: Sequence[str], verifier: Callable[[Rarity], CascadeVerifier]) -> dict[str, dict[str, float | None]]:
    """How many sentences of the texts pass as they are, and of these the share that is refused after each change."""
    found = label_free(Product(verifier), texts, [0.5] * len(texts))
    shares = {name: (flips.accepted, flips.share) for name, flips in found.flips.items()}
    shares["as it is"] = (found.copied, None if found.copied_share is None else 1 - found.copied_share)
    return {
        name: {"sentences": count, "refused": None if share is None else round(share, 4)}
        for name, (count, share) in shares.items()
    }


def choose(chances: Floats, examples: Sequence[Example], used: Marks) -> float:
    """The lowest threshold that lets at most `FALSE_ACCEPTS` of the unsupported sentences in `used` through."""
    counted = [
        0.0 if one.vetoed else chance
        for chance, one, use in zip(chances, examples, used, strict=True)
        if use and not one.supported
    ]
    return float(np.quantile(counted, 1 - FALSE_ACCEPTS))


def figures(examples: Sequence[Example]) -> dict[str, float]:
    """Of our own claims the shares that pass and that are vetoed, each half with the other's weights and threshold."""
    from sklearn.metrics import roc_auc_score

    ours = [one for one in examples if one.source == CLAIMS]
    fold = np.asarray([one.fold for one in ours])
    vetoed = np.asarray([one.vetoed for one in ours])
    passed, chances = np.zeros(len(ours), dtype=bool), np.zeros(len(ours))
    for held in range(FOLDS):
        support = fit([one for one in examples if one.fold != held])
        found, half = scores(support, ours), fold == held
        chances[half] = found[half]
        passed |= half & ~vetoed & (found >= choose(found, ours, ~half))
    yes = np.asarray([one.supported for one in ours])
    shares = {
        "supported_passed": passed[yes].mean(),
        "not_supported_passed": passed[~yes].mean(),
        "balanced_accuracy": (passed[yes].mean() + (~passed[~yes]).mean()) / 2,
        "supported_vetoed": vetoed[yes].mean(),
        "not_supported_vetoed": vetoed[~yes].mean(),
        "auc": roc_auc_score(yes, chances),
    }
    return {"claims": len(yes), **{name: round(float(value), 4) for name, value in shares.items()}}


def areas(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Of each source the area under the curve, vetoes aside: by half of the documents, without its whole data set, and
    of the stance alone.
    """
    from sklearn.metrics import roc_auc_score

    labels = np.asarray([one.supported for one in examples])
    stance = np.asarray([one.row[FEATURES.index("stance")] for one in examples])
    columns = {"by_half": held_out_scores(examples), "without_it": unseen_scores(examples), "stance_alone": stance}
    found: dict[str, dict[str, float]] = {}
    for source in dict.fromkeys(one.source for one in examples):
        marks = np.asarray([one.source == source for one in examples])
        found[source] = {"supported": int(labels[marks].sum()), "others": int((~labels[marks]).sum())}
        for name, values in columns.items():
            if not np.isnan(values[marks]).any() and len(set(labels[marks].tolist())) == 2:
                found[source][name] = round(float(roc_auc_score(labels[marks], values[marks])), 4)
    return found


if __name__ == "__main__":
    main()
