"""Articles in which a quotation may stand, likeliest first: by its phrases, then by its words, then by its meaning."""

from collections.abc import Callable, Iterator, Sequence

from index.archive import Archive, Filters, Hit
from index.embedding import Vectors
from rag.pattern import Pattern
from rag.terms import query_terms

PHRASE_WORDS = 5
# Phrases begin at every second word, so that of any nine unchanged words one is looked up whole; of a long quotation so
# many, evenly spread.
PHRASE_STRIDE = 2
MOST_PHRASES = 40
PHRASE_ROWS = 600  # passages read for phrases: a famous line stands in hundreds
# A passage with less than this share of the best one's score has a common phrase or two and not the quotation. Low,
# because a quotation that goes on into the next passage has only a part of its phrases in each.
PHRASE_SCORE = 0.25
WORD_ROWS = 60
MEANING_ROWS = 40

Embed = Callable[[Sequence[str]], Vectors]


def by_phrases(archive: Archive, pattern: Pattern, filters: Filters) -> list[str]:
    """Ids of the articles with phrases of the quotation in a passage or the title."""
    hits = archive.lexical(list(phrases(pattern)), PHRASE_ROWS, filters)
    least = PHRASE_SCORE * max((hit.score for hit in hits), default=0.0)
    return _articles(archive, [hit for hit in hits if hit.score >= least])


def by_words(archive: Archive, pattern: Pattern, filters: Filters) -> list[str]:
    """Ids of the articles with a passage that shares words with the quotation, the rare ones counting most."""
    return _articles(archive, archive.lexical(query_terms(pattern.wording.text), WORD_ROWS, filters))


def by_meaning(archive: Archive, pattern: Pattern, filters: Filters, embed: Embed) -> list[str]:
    """Ids of the articles with a passage that says much the same."""
    return _articles(archive, archive.dense(embed([pattern.wording.text])[0], MEANING_ROWS, filters))


def phrases(pattern: Pattern) -> Iterator[str]:
    """Stretches of a few words, as typed, that overlap and cross nothing that is left out or put in."""
    spans = [span for segment in _segments(pattern) for span in _windows(*segment)]
    step = max(1.0, len(spans) / MOST_PHRASES)
    chosen = dict.fromkeys(int(number * step) for number in range(min(len(spans), MOST_PHRASES)))
    for number in chosen:
        yield pattern.wording.slice(*spans[number])


def _segments(pattern: Pattern) -> Iterator[tuple[int, int]]:
    """The half-open ranges of words between the marks of omission and insertion."""
    first = None
    last = 0
    for element in pattern.elements:
        if element.kind == "word":
            first = element.word if first is None else first
            last = element.word + 1
        elif first is not None:
            yield first, last
            first = None
    if first is not None:
        yield first, last


def _windows(first: int, last: int) -> Iterator[tuple[int, int]]:
    if last - first <= PHRASE_WORDS:
        yield first, last
        return
    for start in range(first, last - PHRASE_WORDS + 1, PHRASE_STRIDE):
        yield start, start + PHRASE_WORDS
    if (last - first - PHRASE_WORDS) % PHRASE_STRIDE:
        yield last - PHRASE_WORDS, last


def _articles(archive: Archive, hits: Sequence[Hit]) -> list[str]:
    stored = archive.passages([hit.row for hit in hits])
    return list(dict.fromkeys(item.article.id for item in stored))
