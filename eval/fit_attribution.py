"""Fit the weights by which the source of a quotation is chosen, on the train split of PolNeAR.

    python -m eval.fit_attribution polnear.tar.gz      # writes rag/weights/attribution.json

The model is a conditional logit over the words around a quotation, as in `eval/fitting.py` but of sparse features: the
marked head, or nobody for what is marked as nobody's, against all other candidates. A quarter of the articles is held
out first and scored; what is shipped is then fitted on all. The dev split is never read here: `python -m eval.polnear`
reports on it.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.fitting import SEED
from eval.polnear import Marked, quoted_sources, read_polnear, score
from rag.attribution import around
from rag.clauses import Token
from rag.paragraphs import Paragraphs
from rag.source_features import candidates, features, features_of_nobody

LEAST_COUNT = 10  # of a feature; of 3, 5, 10 and 20 the best on the held-out quarter, by little
RIDGE = 1.0  # of 1, 2 and 3
LEAST_WEIGHT = 0.1  # lighter features are dropped: no loss on the held-out quarter, and a third of the file
WEIGHTS = Path(__file__).parent.parent / "rag" / "weights" / "attribution.json"

Group = list[tuple[list[str], bool]]  # each candidate's features, and whether it is right


def examples(articles: Sequence[Marked]) -> list[Group]:
    """The candidates of each quoted span, nobody among them; a span whose marked head is no candidate is left out.

    Nobody is right for a span that is marked as nobody's.
    """
    groups: list[Group] = []
    for article in articles:
        paragraphs = Paragraphs(article.text)
        marked = {one.quote: one.head for one in quoted_sources(article, paragraphs)}
        previous: str | None = None
        for quote in range(len(paragraphs.spans)):
            near = around(paragraphs, quote)
            places = list(candidates(near.tokens))
            head = marked.get(quote)
            gold = [head is not None and _holds(near.tokens[place], head) for place in places]
            if places and (any(gold) or quote not in marked):
                found = [features(near.tokens, near.quote, place, previous) for place in places]
                nobody = features_of_nobody(near.tokens, near.quote, near.inside)
                groups.append([*zip(found, gold, strict=True), (nobody, quote not in marked)])
            if head is not None:
                previous = article.text[slice(*head)].lower()
    return groups


def _holds(token: Token, head: tuple[int, int]) -> bool:
    return token.start <= head[0] < token.end


def fit(groups: Sequence[Group]) -> dict[str, float]:
    """The weight of each feature that counts."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counts = Counter(name for group in groups for found, _ in group for name in set(found))
    columns = {name: number for number, name in enumerate(sorted(n for n, c in counts.items() if c >= LEAST_COUNT))}
    indices: list[int] = []
    ends = [0]
    for group in groups:
        for found, _ in group:
            indices += sorted({columns[name] for name in found if name in columns})
            ends.append(len(indices))
    rows = csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(ends) - 1, len(columns)))
    gold = np.array([is_gold for group in groups for _, is_gold in group])
    sizes = np.array([len(group) for group in groups])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    transposed = rows.T.tocsr()

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = rows @ weights
        powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        total = np.add.reduceat(powers, starts)
        right = np.add.reduceat(np.where(gold, powers, 0.0), starts)
        value = float((np.log(total) - np.log(right)).sum() + RIDGE * (weights @ weights) / 2)
        share = powers / np.repeat(total, sizes) - np.where(gold, powers / np.repeat(right, sizes), 0.0)
        return value, transposed @ share + RIDGE * weights

    result = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    fitted = {name: round(float(result.x[column]), 2) for name, column in columns.items()}
    return {name: weight for name, weight in fitted.items() if abs(weight) >= LEAST_WEIGHT}


def main(argv: Sequence[str] | None = None) -> None:
    """Score on the held-out quarter, fit on all, write the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path, help="polnear.tar.gz")
    args = parser.parse_args(argv)
    articles = list(read_polnear(args.path, "train"))
    shuffled = random.Random(SEED).sample(articles, len(articles))
    kept = len(shuffled) * 3 // 4
    held_out = score(shuffled[kept:], fit(examples(shuffled[:kept])))
    groups = examples(articles)
    weights = fit(groups)
    document = {
        "fitted_on": f"PolNeAR 1.0, train split: {len(articles)} articles, {len(groups)} quoted spans",
        "by": "python -m eval.fit_attribution",
        "held_out_quarter": held_out,
        "weights": weights,
    }
    WEIGHTS.write_text(json.dumps(document, indent=0, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({"features": len(weights), "held_out_quarter": held_out}))


if __name__ == "__main__":
    main()
