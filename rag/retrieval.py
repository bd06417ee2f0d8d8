"""Passages for a question: dense and lexical search, fused by the average of normalised scores.

Score average beats reciprocal rank fusion on news (TREC-NEWS, Robust04 and Signal-1M: mean nDCG@10 .459 against .449;
our training questions: evidence in the top ten .91 against .88; see `docs/quality.md`). Where the question names a
time, articles of that time come first.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.archive import Archive, Filters
from index.embedding import Embedder
from rag.answer import RetrievedPassage
from rag.question_dates import Period, named_periods, timely
from rag.terms import content_stems, query_terms

POOL = 100  # passages taken from each search before fusion; the gold answer string is in the first 100 for .94 to .96
CROWD_LIMIT = 2  # passages of one article among the first ten, so that one long article does not hide the others
CROWD_SPAN = 10
NAMES_ARTICLE = 0.2  # share of a title's content words in the question from which the question "names the article"
NAMES_WORDS = (
    2  # ... and at least so many. Both swept on gold/train: evidence in ten .83 at .6, .87 at .2, .91 unlimited
)
# What `timely` adds to the mean of both scores. On 700 questions of gold/train the proof is among the first 10 / 32 for
# .841 / .920 without it, .854 / .929 at .1, .864 / .939 at .2, .869 / .940 at .3, .866 / .936 at .5.
TIMELY = 0.3
WIDEST_GAP = 4  # characters of white space between passages that are one stretch of text
LONGEST_JOINED = 2400  # characters


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A passage row with both normalised scores, each between 0 and 1, and their mean."""

    row: int
    dense: float
    lexical: float

    @property
    def score(self) -> float:
        return (self.dense + self.lexical) / 2


class HybridRetriever:
    """Searches one archive with one embedder. Holds no state between questions.

    `by_time` puts articles of the time that a question names first. A claim may name a wrong one, so it is traced
    without: of 88 claims of gold/train that name a time, the proof is among 40 passages for .94 without and .93 with.
    """

    def __init__(self, archive: Archive, embedder: Embedder, *, by_time: bool = True) -> None:
        self._archive = archive
        self._embedder = embedder
        self._by_time = by_time

    def retrieve(self, question: str, *, k: int = 10, filters: Filters | None = None) -> list[RetrievedPassage]:
        """The `k` best passages for `question`, best first, ranks from 1; fewer when the archive holds fewer."""
        return self.retrieve_embedded(question, self._embedder.embed_queries([question])[0], k=k, filters=filters)

    def retrieve_embedded(
        self, question: str, query: npt.NDArray[np.float32], *, k: int = 10, filters: Filters | None = None
    ) -> list[RetrievedPassage]:
        """As `retrieve`, for a question whose unit vector, shape (dim,), is already known."""
        return number(self.arrange(question, self.pool(question, query, k=k, filters=filters))[:k])

    def pool(
        self, question: str, query: npt.NDArray[np.float32], *, k: int = POOL, filters: Filters | None = None
    ) -> list[RetrievedPassage]:
        """Every passage that either search found among its best, by the fused score; at least `k` where there are."""
        filters = filters or Filters()
        pool = max(POOL, k)
        dense = self._dense(query, pool, filters)
        lexical = self._lexical(question, pool, filters)
        fused = fuse(dense, lexical)
        only_lexical = [row for row in lexical if row not in dense]
        if only_lexical:
            similarities = self._archive.vectors(only_lexical) @ query
            dense |= dict(zip(only_lexical, (float(value) for value in similarities), strict=True))
        stored = self._archive.passages([scored.row for scored in fused])
        by_row = {item.row: item for item in stored}
        found = [
            RetrievedPassage(
                row=scored.row,
                article=by_row[scored.row].article,
                start=by_row[scored.row].passage.start,
                end=by_row[scored.row].passage.end,
                text=by_row[scored.row].passage.text,
                score=scored.score,
                rank=0,
                kind=by_row[scored.row].passage.kind,
                sentences=by_row[scored.row].passage.sentences,
                similarity=dense[scored.row],
            )
            for scored in fused
            if scored.row in by_row
        ]
        return in_time(found, named_periods(question) if self._by_time else ())

    def _dense(self, query: npt.NDArray[np.float32], k: int, filters: Filters) -> dict[int, float]:
        return {hit.row: hit.score for hit in self._archive.dense(query, k, filters)}

    def _lexical(self, question: str, k: int, filters: Filters) -> dict[int, float]:
        return {hit.row: hit.score for hit in self._archive.lexical(query_terms(question), k, filters)}

    def arrange(self, question: str, passages: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
        """The same passages so that no article crowds the others out; neighbours may be joined."""
        return spread(question, passages, join=self._join)

    def _join(self, one: RetrievedPassage, other: RetrievedPassage) -> RetrievedPassage | None:
        """Both as one slice of their article when only white space is between them; None when they are apart."""
        first, second = sorted((one, other), key=lambda passage: passage.start)
        apart = second.start - first.end > WIDEST_GAP or second.end - first.start > LONGEST_JOINED
        if apart or one.kind != other.kind:
            return None
        text = self._archive.article(one.article.id).text
        if text[first.end : second.start].strip():
            return None
        return replace(
            one,
            start=first.start,
            end=second.end,
            text=text[first.start : second.end],
            sentences=first.sentences + second.sentences,
            similarity=max(one.similarity, other.similarity),
            read=first.read + second.read if first.read and second.read else (),
        )


def fuse(dense: dict[int, float], lexical: dict[int, float]) -> list[ScoredRow]:
    """Rows of both searches by the mean of their min-max normalised scores, best first; ties by row.

    A row that only one search found has score 0 in the other, the least that the other returned.
    """
    dense_unit, lexical_unit = _unit_range(dense), _unit_range(lexical)
    rows = [
        ScoredRow(row, dense_unit.get(row, 0.0), lexical_unit.get(row, 0.0)) for row in dense.keys() | lexical.keys()
    ]
    return sorted(rows, key=lambda scored: (-scored.score, scored.row))


def in_time(passages: Sequence[RetrievedPassage], periods: Sequence[Period]) -> list[RetrievedPassage]:
    """The same passages, those of the times named first; scores stay between 0 and 1. As they were without a time."""
    if not periods:
        return list(passages)
    timed = [(passage, timely(passage.article.published_at, periods)) for passage in passages]
    scored = [
        replace(passage, timely=value, score=max(0.0, passage.score + TIMELY * value) / (1.0 + TIMELY))
        for passage, value in timed
    ]
    return sorted(scored, key=lambda passage: -passage.score)


def timed(passages: Sequence[RetrievedPassage], periods: Sequence[Period]) -> list[RetrievedPassage]:
    """The same passages in the same order, each marked whether it is timely for `periods`."""
    return [replace(passage, timely=timely(passage.article.published_at, periods)) for passage in passages]


def _unit_range(scores: dict[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high - low < 1e-9:
        return dict.fromkeys(scores, 1.0)
    return {row: (score - low) / (high - low) for row, score in scores.items()}


Join = Callable[[RetrievedPassage, RetrievedPassage], RetrievedPassage | None]


def spread(question: str, passages: Sequence[RetrievedPassage], *, join: Join | None = None) -> list[RetrievedPassage]:
    """The same passages, at most two of an article among the first ten unless the question names that article.

    A further passage that `join`s one of those two makes it longer instead of being put off.
    """
    asked = set(content_stems(question))
    first: list[RetrievedPassage] = []
    later: list[RetrievedPassage] = []
    seen: Counter[str] = Counter()
    for passage in passages:
        crowded = seen[passage.article.id] >= CROWD_LIMIT and not _named(asked, passage.article.title)
        if len(first) < CROWD_SPAN and not crowded:
            first.append(passage)
            seen[passage.article.id] += 1
        elif not (crowded and len(first) < CROWD_SPAN and join and _joined(passage, first, join)):
            later.append(passage)
    return first + later


def _joined(passage: RetrievedPassage, shown: list[RetrievedPassage], join: Join) -> bool:
    """Whether `passage` became part of a shown one of its article; `shown` then holds the longer one."""
    for at, other in enumerate(shown):
        if other.article.id == passage.article.id and (longer := join(other, passage)) is not None:
            shown[at] = longer
            return True
    return False


def _named(asked: set[str], title: str | None) -> bool:
    stems = set(content_stems(title or ""))
    return len(stems & asked) >= max(NAMES_WORDS, NAMES_ARTICLE * len(stems))


def number(passages: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    """The same passages with ranks 1, 2, 3 ... in the order given."""
    return [replace(passage, rank=rank) for rank, passage in enumerate(passages, start=1)]
