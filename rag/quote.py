"""One quotation, from search to outcome: verbatim, altered or not found, who said it and where it was seen first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from index.archive import Archive, Filters
from index.article import Article, heading
from index.embedding import Embedder
from index.errors import ArchiveError, UsageError
from rag.answer import Citation
from rag.ask import IdfWeight
from rag.clock import Clock
from rag.copies import Copies, origin
from rag.first_seen import date_key
from rag.names import may_be_one
from rag.nearest_wording import NearestWording, nearest_wording
from rag.pattern import Pattern, read_pattern
from rag.quotation import Quotation, Variant, checked_quotation, first_seen
from rag.quotation_search import by_meaning, by_phrases, by_words
from rag.quoted_spans import quoted_spans
from rag.speakers import Speakers
from rag.wording import read_words

PLAIN_SIMILARITY = 0.8  # so near that searching by single words and by meaning would find nothing nearer
WORTH_SHOWING = 0.35  # similarity from which the nearest wording to a quotation that was not found is shown
MOST_ARTICLES = 400  # aligned for their phrases: a famous line is quoted everywhere
MOST_NEAR_ARTICLES = 30  # aligned for words, and as many for meaning
MOST_SPEAKERS = 25  # variants whose speaker is looked up, earliest first
SIGN_WEIGHT = 0.3  # of $, % and the like, which the lexical index does not have
LEAST_INSIDE = 4  # words between marks for which what is typed around them is left aside when all is not found


class Quoter:
    """Looks for quotations in one open archive. `load` gives its embedder, once, when words find nothing near."""

    def __init__(self, archive: Archive, load: Callable[[], Embedder] | None = None) -> None:
        self._archive = archive
        self._load = load
        self._embedder: Embedder | None = None
        self._idf = IdfWeight(archive)
        self._copies = Copies(archive)

    def quote(
        self, quotation: str, *, speaker: str | None = None, filters: Filters | None = None, id: str | None = None
    ) -> Quotation:
        """The outcome for `quotation`, said to be `speaker`'s. Raises UsageError when it is empty or too long."""
        quotation = checked_quotation(quotation)
        filters = filters or Filters()
        clock = Clock()
        pattern = read_pattern(quotation)
        found = self._search(pattern, filters, clock)
        notes = list(_notes(pattern))
        if not any(one.is_quotation for one in found) and (inside := _between_marks(quotation)) is not None:
            found = self._search(inside, filters, clock)
            notes = ["only the words between the quotation marks were looked for", *_notes(inside)]
        with clock.step("attribute"):
            variants = self._attributed([one for one in found if one.is_quotation])
            cited = _best(variants, speaker)
        if cited is None and quotation.rstrip("”\"' ").endswith("?"):
            notes.append('this reads as a question; to have it answered: attest ask "..."')
        comment = self._in_comment(pattern, filters, clock) if cited is None else None
        if comment is not None:
            where = f"“{comment.article.title or comment.article.source_id}” ({comment.article.id})"
            notes.insert(0, f"these words stand only in a reader comment of {where}, which is not its reporting")
        if cited is None and comment is None:
            notes += self._in_headlines(pattern, filters)
        with clock.step("copies"):
            notes += self._of_copies(variants)
        nearest = max(found, key=lambda one: one.similarity, default=None)
        outcome = Quotation(
            quotation=quotation,
            status="not_found",
            citation=None,
            differences=(),
            speaker=None,
            first_seen=None,
            nearest=nearest.citation if nearest and nearest.similarity >= WORTH_SHOWING else None,
            in_comment=comment,
            claimed_speaker=speaker,
            notes=tuple(notes),
            models=self.models,
            id=id,
        )
        if cited is not None:
            outcome = replace(
                outcome,
                status=cited.status,
                citation=cited.citation,
                differences=cited.differences,
                speaker=cited.speaker,
                first_seen=first_seen([one for one in variants if _wording(one) == _wording(cited)]),
                variants=tuple(variants),
                nearest=None,
                speaker_agrees=_agrees(speaker, cited.speaker) if speaker and cited.speaker else None,
            )
        return replace(outcome, timings_ms=clock.total())

    @property
    def models(self) -> dict[str, object]:
        """Which models have taken part, as in the JSON: the embedder is None until it was needed."""
        used = self._embedder
        embedder = None if used is None else {"name": used.name, "dim": used.dim, "sha256": used.sha256}
        return {"embedder": embedder, "attribution": {"name": "log-linear, fitted on PolNeAR"}}

    def _search(self, pattern: Pattern, filters: Filters, clock: Clock) -> list[NearestWording]:
        """The nearest wording of each article that shares enough words, in the order in which they were found."""
        with clock.step("search"):
            ids = by_phrases(self._archive, pattern, filters)[:MOST_ARTICLES]
        with clock.step("align"):
            found = self._aligned(ids, pattern)
        if any(not one.differences or one.similarity >= PLAIN_SIMILARITY for one in found):
            return found
        with clock.step("search"):
            more = by_words(self._archive, pattern, filters)[:MOST_NEAR_ARTICLES]
            if (embedder := self._loaded()) is not None:
                more += by_meaning(self._archive, pattern, filters, embedder.embed_queries)[:MOST_NEAR_ARTICLES]
        with clock.step("align"):
            return found + self._aligned([ref for ref in dict.fromkeys(more) if ref not in ids], pattern)

    def _in_comment(self, pattern: Pattern, filters: Filters, clock: Clock) -> Citation | None:
        """Where the very words stand in a reader's comment; None when they stand in none."""
        with clock.step("search"):
            ids = by_phrases(self._archive, pattern, replace(filters, kinds=("comment",)))[:MOST_NEAR_ARTICLES]
        with clock.step("align"):
            for article in self._readable(ids):
                # Without its blocks nothing is left aside; the article's own words have been looked through before.
                found = nearest_wording(replace(article, blocks=()), pattern, self._weight)
                comments = [block for block in article.blocks if block.kind == "comment"]
                if found and not found.differences and any(one.start <= found.start < one.end for one in comments):
                    return found.citation
        return None

    def _of_copies(self, variants: Sequence[Variant]) -> Iterator[str]:
        """A note where several articles that have the quotation are copies of fewer reports."""
        ids = list(dict.fromkeys(one.citation.article.id for one in variants[:MOST_SPEAKERS]))
        try:
            reports = self._copies.independent(ids)
            chain = self._copies.chain(ids[0]) if reports == 1 else ()
        except (ArchiveError, UsageError):  # damaged, or removed a moment ago
            return
        if 0 < reports < len(ids):
            source = origin(chain)
            named = f", which name {source.agency} as their source" if source and source.agency else ""
            copied = f"copies of one report{named}" if reports == 1 else f"only {reports:,} independent reports"
            yield f"the {len(ids):,} articles that have it are {copied}"

    def _in_headlines(self, pattern: Pattern, filters: Filters) -> Iterator[str]:
        """A note on each article whose headline alone has the very words: its text, which is cited, has them not."""
        for article in self._readable(by_phrases(self._archive, pattern, filters)[:MOST_NEAR_ARTICLES]):
            words = read_words(article.title or "").words
            size = len(pattern.words)
            if any(words[at : at + size] == tuple(pattern.words) for at in range(len(words) - size + 1)):
                where = f"“{heading(article.title, article.source, article.published_at)}”"
                yield f"these words stand in the headline of {where} ({article.id}), and not in its text"

    def _loaded(self) -> Embedder | None:
        if self._embedder is None and self._load is not None:
            self._embedder = self._load()
        return self._embedder

    def _aligned(self, ids: Iterable[str], pattern: Pattern) -> list[NearestWording]:
        nearest = (nearest_wording(article, pattern, self._weight) for article in self._readable(ids))
        return [one for one in nearest if one is not None]

    def _readable(self, ids: Iterable[str]) -> Iterator[Article]:
        for ref in ids:
            try:
                yield self._archive.article(ref)
            except (ArchiveError, UsageError):  # damaged, or removed since the search: `attest doctor` says so
                continue

    def _weight(self, word: str) -> float:
        """How rare a word is: 1 for one that no passage has."""
        return self._idf(word) / self._idf.most if any(map(str.isalnum, word)) else SIGN_WEIGHT

    def _attributed(self, found: Sequence[NearestWording]) -> list[Variant]:
        """The variants with their speakers: verbatim ones first, then the most similar; of equals the earliest."""
        ordered = sorted(
            found, key=lambda one: (-_closeness(one), date_key(one.article.published_at), one.article.source_id)
        )
        return [
            Variant(
                one.citation,
                one.differences,
                _closeness(one),
                Speakers(one.article).speaker(one.start, one.end) if number < MOST_SPEAKERS else None,
                one.split,
            )
            for number, one in enumerate(ordered)
        ]


def _closeness(one: NearestWording) -> float:
    """1 for the very words, and less for all others."""
    return min(round(one.similarity, 4), 0.9999) if one.differences else 1.0


def _between_marks(quotation: str) -> Pattern | None:
    """The pattern of what stands between quotation marks, where more was typed: she said on Monday that “I will go”.

    None when there are no marks, or nothing but marks outside them.
    """
    parts = [quotation[span.start : span.end] for span in quoted_spans(quotation) if span.closed]
    pattern = read_pattern(" ".join(parts))
    return pattern if LEAST_INSIDE <= len(pattern.words) < len(read_pattern(quotation).words) else None


def _best(variants: Sequence[Variant], claimed: str | None) -> Variant | None:
    """The variant to cite: of those that differ least, one of the claimed or a known speaker, unbroken, and early."""
    least = [one for one in variants if one.similarity == variants[0].similarity]
    return min(
        least,
        key=lambda one: (
            not (claimed and one.speaker and _agrees(claimed, one.speaker)),
            _vagueness(one.speaker),
            one.split,
            date_key(one.citation.article.published_at),
        ),
        default=None,
    )


def _vagueness(speaker: str | None) -> int:
    """0 for a name, 1 for a description such as "a senior official", 2 for nobody."""
    if speaker is None:
        return 2
    return 0 if any(map(str.isupper, speaker.split()[-1])) else 1


def _agrees(claimed: str, found: str) -> bool:
    """Whether both may be the same person."""
    return may_be_one(read_words(claimed).words, read_words(found).words)


def _wording(variant: Variant) -> tuple[str, ...]:
    return tuple(f"{one.op} {one.said} {one.found}".casefold() for one in variant.differences)


def _notes(pattern: Pattern) -> Iterator[str]:
    """What was not compared."""
    if pattern.put_in:
        words = " ".join(pattern.put_in)
        yield f"words in square brackets are those of whoever quotes, and were not looked for: {words}"
