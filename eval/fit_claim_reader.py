"""Fits how much the claim reader counts beside the rules: the second stage of `eval/fit_stance.py`.

Fitted on claims about articles that the reader was not trained on (`eval.spans.is_held_out`), with rules fitted on the
others; so both are as good there as they will be on an archive, and neither is trusted for what it remembers.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.fitting import SEED, Floats, fit_softmax
from eval.made_claims import another_name, made_claims, names_in
from index.article import Article, ArticleMeta
from index.sentences import split_sentences
from rag.stance import PairReader, Window
from rag.windows import around_of

FOLDS = 5
MADE_WEIGHT = 0.1  # as in eval/fit_stance.py
RIDGE = 3e-3
FREE = [2] * 6  # no weight is held to a sign
KINDS = ("written", "made", "another_name")


@dataclass(frozen=True, slots=True)
class Read:
    """A claim beside the sentence of its evidence, or one made of that sentence by rules."""

    claim: str
    window: Window
    label: int
    article: str
    kind: str  # one of `KINDS`


def window_at(article: Article, start: int, end: int) -> Window:
    """The sentences that `[start, end)` touches, with the one before them."""
    spans = split_sentences(article.text)
    hit = [at for at, span in enumerate(spans) if span[0] < end and start < span[1]]
    sentence = article.text[spans[hit[0]][0] : spans[hit[-1]][1]]
    before = article.text[slice(*spans[hit[0] - 1])] if hit[0] else ""
    meta = ArticleMeta.of(article)
    return Window(sentence, before, around_of(meta), meta.published_at or "")


def read_all(rows: Sequence[dict[str, object]], articles: dict[str, Article], labels: dict[str, int]) -> list[Read]:
    """Every claim and the claims made of the same sentences."""
    chance = random.Random(SEED)
    found = []
    for row in rows:
        span = row["evidence"][0]  # type: ignore[index]  # a list of spans
        window = window_at(articles[span["article_id"]], span["start"], span["end"])
        found.append(Read(str(row["claim"]), window, labels[str(row["stance"])], span["article_id"], "written"))
        sentence = " ".join(window.sentence.split())
        for claim, stance in made_claims(sentence, chance):
            found.append(Read(claim, window, labels[stance], span["article_id"], "made"))
        swapped = another_name(sentence, names_in(articles[span["article_id"]].text), chance)
        if swapped is not None:
            found.append(Read(swapped, window, labels["refutes"], span["article_id"], "another_name"))
    return found


def second_stage(
    items: Sequence[Read], rules: Floats, reader: PairReader
) -> tuple[Floats, Floats, dict[str, dict[str, float]]]:
    """Weights (3, 6), biases (3,), and shares of claims told right: by the rules, the reader, and both together.

    `rules` are the rules' probabilities for `items`, shape (n, 3). The figure of both is cross-validated by article.
    """
    logits = np.concatenate([reader(item.claim, [item.window]) for item in items])
    features = np.concatenate([np.log(np.maximum(rules, 1e-6)), logits], axis=1).astype(np.float32)
    labels = np.array([item.label for item in items])
    each = np.array([1.0 if item.kind == "written" else MADE_WEIGHT for item in items])
    names = sorted({item.article for item in items})
    np.random.default_rng(SEED).shuffle(names)
    place = {name: at % FOLDS for at, name in enumerate(names)}
    fold = np.array([place[item.article] for item in items])
    both = np.zeros(len(items), dtype=np.int64)
    for held in range(FOLDS):
        seen = fold != held
        table, biases = fit_softmax(features[seen], labels[seen], each[seen], signs=FREE, ridge=RIDGE)
        both[fold == held] = (features[fold == held] @ table.T + biases).argmax(axis=1)
    table, biases = fit_softmax(features, labels, each, signs=FREE, ridge=RIDGE)
    kinds = np.array([item.kind for item in items])
    told = {"rules": rules.argmax(axis=1), "reader": logits.argmax(axis=1), "both": both}
    figures = {
        name: {
            "claims": int((kinds == name).sum()),
            **{
                of: round(float((found[kinds == name] == labels[kinds == name]).mean()), 4)
                for of, found in told.items()
            },
        }
        for name in KINDS
    }
    return table, biases, figures


def as_document(table: Floats, biases: Floats, names: Sequence[str]) -> dict[str, object]:
    """As `rag.stance.Softmax.read` wants it."""
    return {
        "weights": {name: [round(float(value), 5) for value in table[:, at]] for at, name in enumerate(names)},
        "biases": [round(float(value), 5) for value in biases],
    }
