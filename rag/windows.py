"""Which sentences are about a claim: how much of it stands in each, and how alike they are."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.article import ArticleMeta, heading
from index.embedding import Embedder
from rag.answer import Citation, RetrievedPassage
from rag.claim_words import Word, read_claim_words
from rag.corrections import asks_of_corrections, takes_back
from rag.evidence import Candidate, Floats, candidates, starts_dependent
from rag.stance import Window
from rag.stance_features import NUMBER_WEIGHT

EMBEDDED = 40  # sentences that are embedded, those that share most with the claim: 0.4 s
# A sentence that speaks of claims, not of what is claimed, proves nothing by that.
_OF_CLAIMS = re.compile(
    r"\b(?:this|the|that|following) (?:claim|statement|assertion|rumou?r) (?:is|was|has been) "
    r"(?:\w+ )?(?:true|false|correct|confirmed|supported|refuted|verified|accurate)\b",
    re.IGNORECASE,
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence and how much it is about the claim, between 0 and 1."""

    candidate: Candidate
    relevance: float
    share: float  # of the claim's weight that it holds, half as much for what stands near it
    similarity: float  # cosine of the claim and the sentence with the one before it

    @property
    def window(self) -> Window:
        """What is read of it beside the claim."""
        found = self.candidate
        article = found.passage.article
        return Window(found.text, found.previous, around_of(article), article.published_at or "")

    def citation(self, claim: str) -> Citation:
        """The sentence as a slice of its article, with the one before it where it leans on that."""
        found = self.candidate
        passage = found.passage
        leans = found.position > 0 and bool(found.previous) and _leans(claim, found)
        start = passage.sentences[found.position - 1][0] if leans else found.start
        return Citation(
            passage.article, start, found.end, passage.text[start - passage.start : found.end - passage.start]
        )


class WindowSearch:
    """Ranks the sentences of retrieved passages. `weight` gives the idf of a stem, `most()` the highest there is."""

    def __init__(self, embedder: Embedder, weight: Callable[[str], float], most: Callable[[], float]) -> None:
        self._embedder = embedder
        self._weight = weight
        self._most = most

    def rank(self, claim: str, vector: Floats, passages: Sequence[RetrievedPassage]) -> list[Ranked]:
        """The sentences of `passages` that share most with the claim, best first; `vector` is the claim's."""
        by_article: dict[str, list[RetrievedPassage]] = {}
        for passage in passages:
            by_article.setdefault(passage.article.id, []).append(passage)
        # Each article on its own: what two of them say in the same words is evidence in both.
        everything = [one for those in by_article.values() for one in candidates(those)]
        found = [one for one in everything if not _OF_CLAIMS.search(one.text)]
        if not asks_of_corrections(claim):  # what an article took back supports nothing, and its number refutes nothing
            found = [one for one in found if not takes_back(one.text)]
        shares = [self.share(claim, one) for one in found]
        order = sorted(range(len(found)), key=lambda at: -(shares[at] + found[at].passage.score))[:EMBEDDED]
        if not order:
            return []
        texts = [f"{found[at].previous} {found[at].text}".strip() for at in order]
        similarities = self._embedder.embed_passages(texts) @ vector
        ranked = [
            Ranked(
                found[at],
                relevance(shares[at], float(similarity), found[at].passage.score),
                shares[at],
                float(similarity),
            )
            for at, similarity in zip(order, similarities, strict=True)
        ]
        return sorted(ranked, key=lambda one: -one.relevance)

    def share(self, claim: str, candidate: Candidate) -> float:
        """The share of the claim's weight in the sentence, with half as much for what only stands near it."""
        said = {word.key: word for word in read_claim_words(claim) if word.matters}
        here = {word.key for word in read_claim_words(candidate.text)}
        around = around_of(candidate.passage.article)
        near = here | {word.key for word in read_claim_words(candidate.previous)}
        near |= {word.key for word in read_claim_words(around)}
        total = sum(map(self._worth, said.values())) or 1.0
        there = sum(self._worth(word) for key, word in said.items() if key in here)
        return (there + sum(self._worth(word) for key, word in said.items() if key in near)) / total / 2

    def _worth(self, word: Word) -> float:
        return self._weight(word.key) if word.is_word else NUMBER_WEIGHT * self._most()


def relevance(share: float, similarity: float, passage: float) -> float:
    """How much a sentence is about the claim, between 0 and 1, of its measures, each between 0 and 1."""
    return max(0.0, min(1.0, 0.45 * share + 0.45 * similarity + 0.1 * passage))


def around_of(article: ArticleMeta) -> str:
    """The heading of an article with its month and year in words, as claims name them."""
    date = article.published_at or ""
    month = int(date[5:7]) if date[5:7].isdigit() else 0
    named = f"in {_MONTHS[month - 1]} {date[:4]}" if 1 <= month <= 12 else date[:4]
    return f"{heading(article.title, article.source, article.published_at)} . {named}"


def _leans(claim: str, found: Candidate) -> bool:
    """Whether the sentence needs the one before it to be understood, or shares the claim with it."""
    if starts_dependent(found.text):
        return True
    said = {word.key for word in read_claim_words(claim) if word.matters}
    here = {word.key for word in read_claim_words(found.text)}
    before = {word.key for word in read_claim_words(found.previous)}
    return bool(said & before - here)
