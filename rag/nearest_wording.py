"""The stretch of one article that comes nearest to a quotation, how the two differ, and whether it is the quotation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.article import Article, ArticleMeta
from rag.alignment import Piece, best_places, trace
from rag.answer import Citation
from rag.differences import Difference, differences, said_words
from rag.inline_links import without_links
from rag.interruptions import interruptions
from rag.pattern import Pattern
from rag.quoted_spans import QuotedSpan, quoted_spans
from rag.wording import Wording, read_words

# What is near enough to be the quotation, altered. Swept .55 to .70 on quotations altered by script and on quotations
# of other articles. As measured by `python -m eval.quotations` on 4,000 articles: with one word changed .98 are found,
# with three in ten .84; of 200 quotations of other articles 5 are called altered, of which some are. A short one needs
# more, because many a sentence shares a few common words with it.
LEAST_SIMILARITY = 0.62
LEAST_SIMILARITY_SHORT = 0.74
SHORT_WEIGHT = 1.35  # weight of the equal words below which a quotation is short; 1 is a word that no passage has
# Share of a quotation's weight in words that the article has: with less, no stretch of it can be similar enough.
LEAST_SHARED = 0.45
_EDGES = '“”"‘’.!?:\n'  # words beyond one of these do not stand in for the quotation's first or last words

Weight = Callable[[str], float]  # of a word: the rarer the more; 1 for one that no passage has


@dataclass(frozen=True, slots=True)
class NearestWording:
    """The stretch `[start, end)` of an article's text; similarity is 1 for the very words, and between 0 and 1 else."""

    article: Article
    start: int  # code points
    end: int
    differences: tuple[Difference, ...]
    similarity: float
    weight: float  # of the words that are equal
    split: bool  # whether something that is no part of the quotation stands between its words

    @property
    def is_quotation(self) -> bool:
        """Whether this is the quotation, verbatim or altered."""
        least = LEAST_SIMILARITY if self.weight >= SHORT_WEIGHT else LEAST_SIMILARITY_SHORT
        return not self.differences or self.similarity >= least

    @property
    def citation(self) -> Citation:
        return Citation(ArticleMeta.of(self.article), self.start, self.end, self.article.text[self.start : self.end])


def nearest_wording(article: Article, pattern: Pattern, weight: Weight) -> NearestWording | None:
    """The nearest stretch outside readers' comments; None when the article shares too few of the quotation's words."""
    comments = [(block.start, block.end) for block in article.blocks if block.kind == "comment"]
    wording = read_words(article.text, comments)
    known = set(wording.words)
    weights = [weight(word) for word in pattern.words]
    shared = sum(value for word, value in zip(pattern.words, weights, strict=True) if word in known)
    if not known.intersection(pattern.words) or shared < LEAST_SHARED * sum(weights):
        return None
    spans = quoted_spans(without_links(article.text))
    steps = interruptions(article.text, wording, spans, article.blocks)
    places = best_places(pattern, wording, steps)
    place = next((place for place in places if _in_quotation(wording.starts[place.first], spans)), places[0])
    pieces = _trimmed(trace(pattern, wording, steps, place), wording)
    found = [piece.found for piece in pieces if piece.found[0] < piece.found[1]]
    if not any(piece.op == "equal" for piece in pieces):
        return None
    equal, other = _weights(pieces, pattern, wording, weight)
    return NearestWording(
        article=article,
        start=wording.starts[found[0][0]],
        end=wording.ends[found[-1][1] - 1],
        differences=tuple(differences(pieces, pattern, wording)),
        similarity=2 * equal / (2 * equal + other) if equal else 0.0,
        weight=equal,
        split=any(piece.op == "interruption" for piece in pieces),
    )


def _in_quotation(offset: int, spans: Sequence[QuotedSpan]) -> bool:
    return any(span.start <= offset < span.end for span in spans)


def _weights(pieces: Sequence[Piece], pattern: Pattern, wording: Wording, weight: Weight) -> tuple[float, float]:
    """The weight of the words that are equal, and of those, on either side, that are not."""
    equal = other = 0.0
    for piece in pieces:
        first, last = said_words(pattern, piece)
        said = sum(map(weight, pattern.wording.words[first:last]))
        if piece.op == "equal":
            equal += said
        elif piece.op == "edit":
            other += said + sum(map(weight, wording.words[piece.found[0] : piece.found[1]]))
    return equal, other


def _trimmed(pieces: Sequence[Piece], wording: Wording) -> list[Piece]:
    """The pieces without words of the article that only stood in for the quotation's first or last ones.

    Where a quotation mark or a sentence's end lies between them and the words that agree, the article does not have
    other words there: it has none.
    """
    trimmed = list(pieces)
    for at, inner in ((0, 1), (-1, -2)):
        if len(trimmed) < 2 or (trimmed[at].op, trimmed[inner].op) != ("edit", "equal"):
            continue
        edge, equal = trimmed[at], trimmed[inner]
        border = edge.found[1] if at == 0 else edge.found[0]
        if edge.found[0] < edge.found[1] and 0 < border < len(wording):
            between = wording.text[wording.ends[border - 1] : wording.starts[border]]
            if any(mark in between for mark in _EDGES):
                place = equal.found[0] if at == 0 else equal.found[1]
                trimmed[at] = Piece("edit", edge.said, (place, place))
    return trimmed
