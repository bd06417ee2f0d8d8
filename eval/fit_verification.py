"""Chooses the threshold of the default verifier, and writes it with its provenance.

    python -m eval.fit_verification --claims train.jsonl rows.jsonl --articles articles.jsonl...

Rows: `kind` is `claim`, `stance` is supports, refutes or not_found, `evidence` names the span to check against. Only
claims on articles that the claim reader was not trained on are used (`eval.spans`). The figures are of thresholds
chosen on half of the articles, in turn, for the other half. Of sentences of these articles that a rule has changed
(`eval/judges/changes.py`), the share is given that the check refuses. Nothing of the text is written.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.article_records import read_articles
from eval.fitting import SEED
from eval.judges.label_free import TEXTS, label_free
from eval.judges.learned import Product
from eval.judges.windows import Rarity
from eval.spans import is_held_out
from index.article import Article
from rag.claim_reader import ClaimReader
from rag.stance import PairReader, RuleStance
from rag.verification import CascadeVerifier, cited_in, missing

FALSE_ACCEPTS = 0.10  # share of refuted and overstated claims that the threshold may let through, in cross-validation

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Claims:
    """One row for each claim, in order."""

    scores: npt.NDArray[np.float64]  # (n,): probability that its evidence supports it
    supported: Marks
    vetoed: Marks  # a name or a number is missing
    fold: npt.NDArray[np.int64]  # 0 or 1, by article


def collect(rows: Sequence[dict[str, object]], articles: dict[str, Article]) -> Claims:
    """Every claim whose first evidence is in `articles`, judged beside all of its evidence."""
    from tqdm import tqdm

    reader = ClaimReader()
    scores, labels, vetoed, names = [], [], [], []
    for row in tqdm(rows, desc="claims", mininterval=20):
        evidence = row["evidence"]
        assert isinstance(evidence, list)
        cited = [cited_in(articles[part["article_id"]], part["start"], part["end"]) for part in evidence]
        stance = partial(_stance, Rarity(cited[0].article), reader)
        verifier = CascadeVerifier(stance, threshold=0.5)  # whatever it is: only the score is used
        scores.append(verifier.judge(str(row["claim"]), cited).supports)
        labels.append(row["stance"] == "supports")
        vetoed.append(bool(missing(str(row["claim"]), cited)))
        names.append(evidence[0]["article_id"])
    order = sorted(set(names))
    np.random.default_rng(SEED).shuffle(order)
    fold = {article: at % 2 for at, article in enumerate(order)}
    return Claims(
        np.asarray(scores), np.asarray(labels), np.asarray(vetoed), np.asarray([fold[name] for name in names])
    )


def _stance(rarity: Rarity, reader: PairReader) -> RuleStance:
    return RuleStance(rarity, lambda: rarity.most, reader=reader)


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Choose on `--claims`, write `verification.json` into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=Path, nargs="+", required=True)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=Path("rag/weights"))
    options = parser.parse_args(arguments)
    data = b"".join(path.read_bytes() for path in options.claims)
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["kind"] == "claim" and row["evidence"]]
    rows = [row for row in rows if is_held_out(row["evidence"][0]["article_id"])]
    wanted = {part["article_id"] for row in rows for part in row["evidence"]}
    articles = read_articles(options.articles, wanted)
    claims = collect(rows, articles)
    threshold = round(choose(claims, np.ones(len(rows), dtype=bool)), 4)
    document = {
        "threshold": threshold,
        "threshold_rule": f"lets at most {FALSE_ACCEPTS:.0%} of refuted and overstated claims through",
        "provenance": {
            "fitted_by": "python -m eval.fit_verification",
            "data_sha256": hashlib.sha256(data).hexdigest(),
            "seed": SEED,
            "cross_validation": figures(claims),
            "changed_sentences": changed([articles[name].text for name in sorted(wanted)[:TEXTS]], threshold),
        },
    }
    (options.out / "verification.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    say(json.dumps(document["provenance"], indent=2))


def changed(texts: Sequence[str], threshold: float) -> dict[str, dict[str, float | None]]:
    """How many sentences of the texts pass as they are, and of these the share that is refused after each change."""
    reader = ClaimReader()
    judge = Product(lambda rarity: CascadeVerifier(partial(_stance, rarity, reader), threshold=threshold))
    found = label_free(judge, texts, [0.5] * len(texts))
    shares = {name: (flips.accepted, flips.share) for name, flips in found.flips.items()}
    shares["as it is"] = (found.copied, None if found.copied_share is None else 1 - found.copied_share)
    return {
        name: {"sentences": count, "refused": None if share is None else round(share, 4)}
        for name, (count, share) in shares.items()
    }


def choose(claims: Claims, used: Marks) -> float:
    """The lowest threshold that lets at most `FALSE_ACCEPTS` of the unsupported claims in `used` through."""
    return float(np.quantile(np.where(claims.vetoed, 0.0, claims.scores)[used & ~claims.supported], 1 - FALSE_ACCEPTS))


def figures(claims: Claims) -> dict[str, float]:
    """Shares that pass and that are vetoed, each half with the other's threshold; and the area under the curve."""
    from sklearn.metrics import roc_auc_score

    passed = np.zeros(len(claims.scores), dtype=bool)
    for held in (0, 1):
        half = claims.fold == held
        passed |= half & ~claims.vetoed & (claims.scores >= choose(claims, ~half))
    yes, no = claims.supported, ~claims.supported
    found = {
        "supported_passed": passed[yes].mean(),
        "not_supported_passed": passed[no].mean(),
        "balanced_accuracy": (passed[yes].mean() + (~passed[no]).mean()) / 2,
        "supported_vetoed": claims.vetoed[yes].mean(),
        "not_supported_vetoed": claims.vetoed[no].mean(),
        "auc": roc_auc_score(yes, claims.scores),
    }
    return {"claims": len(yes), **{name: round(float(value), 4) for name, value in found.items()}}


if __name__ == "__main__":
    main()
