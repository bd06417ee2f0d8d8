"""Copies of an article in the archive, and how many reports that did not copy each other several articles are.

The archive keeps which articles have the same wording (`index/copies.py`). One stored by an older Attest has no such
links until the next ingest; until then its copies are looked for by its phrases when they are asked for.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.agencies import agency_named, credit
from index.archive import Archive, Filters
from index.article import Article, ArticleMeta
from index.errors import ArchiveError, UsageError
from index.shingles import LEAST_RUNS, Overlap, Shingles, overlap, read_shingles, shingles
from rag.first_seen import date_key, is_dated
from rag.pattern import read_pattern
from rag.quotation_search import by_phrases

MOST_COPIES = 200  # members of a group that are followed to their own copies
MOST_SEARCHED = 20  # articles compared when the archive keeps no copies
SAME_WORDING = 0.8  # share of the shorter passage's runs of words outside quotations; by hand


@dataclass(frozen=True, slots=True)
class Copy:
    """One article of a group. `similarity`, 0 to 1: share of the shorter text's runs of words that the longer has."""

    article: ArticleMeta
    similarity: float
    published_at: str | None
    agency: str | None = None  # that it names as its source

    def to_json(self) -> dict[str, object]:
        return {
            "article": self.article.to_json(),
            "similarity": round(self.similarity, 4),
            "published_at": self.published_at,
            "agency": self.agency,
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a group of copies probably comes from. `article` is None when what it comes from is not in the archive."""

    agency: str | None
    article: ArticleMeta | None
    reason: str

    def to_json(self) -> dict[str, object]:
        article = self.article.to_json() if self.article else None
        return {"agency": self.agency, "article": article, "reason": self.reason}


class Copies:
    """Looks up copies in one open archive. Cheap to make; what was looked up is kept until the archive changes."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._generation = -1
        self._members: dict[str, frozenset[str]] = {}
        self._links: dict[str, list[tuple[str, Overlap]]] = {}
        self._runs: dict[str, Shingles] = {}

    def group(self, article_id: str) -> tuple[Copy, ...]:
        """The other articles that are copies of it, earliest first, unknown dates last; empty when it has none.

        Raises UsageError when there is no such article.
        """
        article = self._archive.article(article_id)
        return tuple(copy for copy in self._chain(article) if copy.article.id != article.id)

    def chain(self, article_id: str) -> tuple[Copy, ...]:
        """The whole group with the article itself (similarity 1), earliest first; empty when it has no copies."""
        found = self._chain(self._archive.article(article_id))
        return found if len(found) > 1 else ()

    def same_report(self, a: str, b: str) -> bool:
        """Whether one of two articles, by their ids, was made from the other, or both from a third."""
        self._refresh()
        if a == b:
            return True
        if self._archive.copy_links(a) is None or self._archive.copy_links(b) is None:
            return self._compared(a, b).is_copy
        return b in self._group(a) or a in self._group(b)

    def independent(self, article_ids: Sequence[str], wordings: Sequence[str] | None = None) -> int:
        """How many reports the articles are: those in one group of copies count once.

        `wordings` gives the passage of each that is cited: those that say it in the same words outside quotation marks
        count once as well.
        """
        reports: list[list[int]] = []
        for at, article_id in enumerate(article_ids):
            same = [
                report
                for report in reports
                if any(
                    self.same_report(article_ids[other], article_id)
                    or (wordings is not None and same_wording(wordings[other], wordings[at]))
                    for other in report
                )
            ]
            reports = [report for report in reports if report not in same]
            reports.append([*(one for report in same for one in report), at])
        return len(reports)

    def _chain(self, article: Article) -> tuple[Copy, ...]:
        self._refresh()
        direct = dict(self._linked(article.id))
        found = [_copy(article, 1.0)]
        for other_id in self._group(article.id) - {article.id}:
            try:
                other = self._archive.article(other_id)
            except (ArchiveError, UsageError):  # damaged, or removed a moment ago
                continue
            near = direct.get(other_id) or self._compared(article.id, other_id)
            found.append(_copy(other, near.contained))
        return tuple(sorted(found, key=lambda copy: (date_key(copy.published_at), copy.article.source_id)))

    def _group(self, article_id: str) -> frozenset[str]:
        """Ids of the article's group, itself included: copies and their copies, and excerpts of itself only."""
        if article_id not in self._members:
            reached = {article_id: None}
            waiting = deque([article_id])
            while waiting and len(reached) < MOST_COPIES:
                for other, near in self._linked(waiting.popleft()):
                    if not near.is_excerpt and other not in reached:
                        reached[other] = None
                        waiting.append(other)
            excerpts = {other for other, near in self._linked(article_id) if near.is_excerpt}
            self._members[article_id] = frozenset(reached) | excerpts
        return self._members[article_id]

    def _linked(self, article_id: str) -> list[tuple[str, Overlap]]:
        if article_id not in self._links:
            stored = self._archive.copy_links(article_id)
            self._links[article_id] = (
                [(link.article_id, link.overlap) for link in stored]
                if stored is not None
                else self._searched(article_id)
            )
        return self._links[article_id]

    def _searched(self, article_id: str) -> list[tuple[str, Overlap]]:
        article = self._archive.article(article_id)
        ids = by_phrases(self._archive, read_pattern(article.text), Filters())
        pairs = [(other, self._compared(article_id, other)) for other in ids[:MOST_SEARCHED] if other != article_id]
        return [(other, near) for other, near in pairs if near.is_copy]

    def _compared(self, a: str, b: str) -> Overlap:
        return overlap(self._read(a), self._read(b))

    def _read(self, article_id: str) -> Shingles:
        if article_id not in self._runs:
            self._runs[article_id] = read_shingles(self._archive.article(article_id))
        return self._runs[article_id]

    def _refresh(self) -> None:
        generation = self._archive.generation
        if generation != self._generation:
            self._members, self._links, self._runs, self._generation = {}, {}, {}, generation


def origin(chain: Sequence[Copy]) -> Origin | None:
    """Where the copies probably come from: the agency that they name, else the earliest; None when neither is known."""
    named = [copy.agency for copy in chain if copy.agency]
    agency = max(dict.fromkeys(named), key=named.count, default=None)
    if agency is not None:
        own = next((copy for copy in chain if agency_named(copy.article.source) == agency), None)
        if own is not None:
            return Origin(agency, own.article, f"{agency}'s own report, which {len(named)} of {len(chain)} name")
        return Origin(agency, None, f"{len(named)} of {len(chain)} name {agency} as their source")
    first = next((copy for copy in chain if is_dated(copy.published_at)), None)
    return Origin(None, first.article, "the earliest known date") if first else None


@lru_cache(maxsize=4096)
def same_wording(one: str, other: str) -> bool:
    """Whether two passages say it in the same words, what they quote left aside; False for a few words."""
    near = overlap(shingles(one), shingles(other))
    return near.shared >= LEAST_RUNS // 2 and near.contained >= SAME_WORDING


def _copy(article: Article, similarity: float) -> Copy:
    named = credit(article)
    return Copy(ArticleMeta.of(article), similarity, article.published_at, named.agency if named else None)
