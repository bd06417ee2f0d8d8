"""What the claim reader is trained on: public pairs, claims on news beside their sentences, claims made by rules."""

import csv
import gzip
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.made_claims import Name, draw, names_in
from eval.spans import overlaps
from index.article import Article, heading
from index.sentences import split_sentences
from rag.reader import Page
from rag.terms import content_stems

STANCES = ("supports", "refutes", "neither")
LABELS = {
    **{"entailment": 0, "contradiction": 1, "neutral": 2},
    **{"supports": 0, "refutes": 1, "not_found": 2, "not enough info": 2},
}
NEAREST = 8  # sentences of the article, most like the claim, from which those beside its own are drawn


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim with what it is read with; `label` is a place in `STANCES`, `kind` how a made one was made."""

    claim: str
    page: Page
    label: int
    kind: str = "written"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim on news: its own evidence, and sentences near it that say neither."""

    own: Pair
    others: tuple[Pair, ...]
    article_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """An article of which claims are made: its heading, its sentences, and the names in it."""

    article: Article
    head: str
    sentences: tuple[tuple[int, int], ...]
    names: tuple[Name, ...]

    @classmethod
    def of(cls, article: Article) -> "Told":
        """Reads the article once."""
        spans = tuple((one[0], one[1]) for one in split_sentences(article.text))
        head = heading(article.title, article.source, article.published_at)
        return cls(article, head, spans, names_in(article.text))


def read_pairs(path: Path) -> list[Pair]:
    """Public pairs whose label is one of three; pairs that are only known not to entail are left out.

    A table with premise, hypothesis and label, gzipped; or FEVER's lines with evidence, claim and gold_label.
    """
    if path.suffix == ".jsonl":
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        return [_pair(row["claim"], row["evidence"], row["gold_label"].lower()) for row in lines]
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["label"] in LABELS]
    return [_pair(row["hypothesis"], row["premise"], row["label"]) for row in rows]


def _pair(claim: str, text: str, label: str) -> Pair:
    return Pair(claim, Page("", text, ((0, len(text)),)), LABELS[label])


def window(text: str, sentences: Sequence[tuple[int, int]], at: int, head: str) -> Page:
    """Sentence `at` after the one before it, as a page of which the last sentence is read."""
    first = max(0, at - 1)
    start, end = sentences[first][0], sentences[at][1]
    return Page(head, text[start:end], ((sentences[at][0] - start, end - start),))


def claimed(row: dict[str, Any], article: Article) -> Claimed | None:
    """The claim with its windows; None when its evidence is on none of the article's sentences."""
    text = article.text
    sentences = [(one[0], one[1]) for one in split_sentences(text)]
    part = row["evidence"][0]
    own = [at for at, (start, end) in enumerate(sentences) if overlaps(start, end, part["start"], part["end"])]
    if not own:
        return None
    head = heading(article.title, article.source, article.published_at)
    words = set(content_stems(row["claim"]))
    shared = {at: len(words & set(content_stems(text[start:end]))) for at, (start, end) in enumerate(sentences)}
    best = max(own, key=lambda at: shared[at])
    near = sorted((at for at in shared if not any(abs(at - one) < 2 for one in own)), key=lambda at: -shared[at])
    return Claimed(
        Pair(row["claim"], window(text, sentences, best, head), LABELS[row["stance"]]),
        tuple(Pair(row["claim"], window(text, sentences, at, head), 2) for at in near[:NEAREST]),
        part["article_id"],
    )


def read_claims(rows: Sequence[dict[str, Any]], articles: dict[str, Article]) -> list[Claimed]:
    """The claims whose article is there."""
    made = (
        claimed(row, articles[row["evidence"][0]["article_id"]])
        for row in rows
        if row.get("stance") in LABELS and row["evidence"] and row["evidence"][0]["article_id"] in articles
    )
    return [one for one in made if one is not None]


def make(told: Sequence[Told], sentences: int, choose: random.Random) -> list[Pair]:
    """Claims made of so many sentences of the articles, drawn at random, each beside its own sentence.

    For every fourth sentence its true claim is also read beside another one of the article, which says neither.
    """
    pairs = []
    for number in range(sentences if told else 0):
        one = choose.choice(told)
        at = choose.randrange(len(one.sentences))
        text = one.article.text
        sentence = " ".join(text[slice(*one.sentences[at])].split())
        claims = draw(sentence, one.names, choose)
        page = window(text, one.sentences, at, one.head)
        pairs += [Pair(claim, page, LABELS[stance], kind) for claim, stance, kind in claims]
        apart = [other for other in range(len(one.sentences)) if abs(other - at) > 1]
        if number % 4 == 0 and claims and apart:
            beside = window(text, one.sentences, choose.choice(apart), one.head)
            pairs.append(Pair(claims[0][0], beside, 2, "beside"))
    return pairs


def told_in(claims: Iterable[Claimed], articles: dict[str, Article]) -> list[Told]:
    """The articles that the claims are on, once each."""
    return [Told.of(articles[name]) for name in sorted({one.article_id for one in claims})]
