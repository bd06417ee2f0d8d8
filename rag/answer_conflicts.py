"""Where other articles disagree with an answer: its cited sentences against those of the other passages read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.article import ArticleMeta
from rag.answer import Citation, Conflict, RetrievedPassage, Sentence, Side
from rag.conflicts import disagreements
from rag.first_seen import date_key
from rag.particulars import particulars, same
from rag.terms import query_terms

MOST = 5  # conflicts shown
LEAST_SHARED = 2  # content words in common, titles included, for a pair to be looked at
LONGEST = 600  # characters of a sentence that is compared; beyond is a list or a transcript


def answer_conflicts(sentences: Sequence[Sentence], passages: Sequence[RetrievedPassage]) -> tuple[Conflict, ...]:
    """At most `MOST` conflicts of the shown `sentences` with what other articles among `passages` say, each once."""
    cited = {_place(one): _Said.of(one) for sentence in sentences for one in sentence.citations}
    others = [_Said.of(found) for passage in passages for found in _sentences(passage)]
    conflicts: dict[tuple[object, ...], Conflict] = {}
    for one in cited.values():
        for other in others:
            conflict = _between(one, other)
            if conflict is not None:
                texts = tuple(" ".join(side.citation.quote.split()) for side in conflict.sides)
                conflicts.setdefault((conflict.kind, *texts), conflict)
    return tuple(conflicts.values())[:MOST]


@dataclass(frozen=True, slots=True)
class _Said:
    """A citation with its content words, so that most pairs need no closer look."""

    citation: Citation
    words: frozenset[str]

    @classmethod
    def of(cls, citation: Citation) -> "_Said":
        words = {same(word) for word in query_terms(f"{citation.quote} {citation.article.title or ''}")}
        return cls(citation, frozenset(words))


def between(one: Citation, other: Citation) -> Conflict | None:
    """The conflict between two cited sentences of different articles; None when there is none."""
    return _between(_Said.of(one), _Said.of(other))


def _between(one: _Said, other: _Said) -> Conflict | None:
    left, right = one.citation, other.citation
    if left.article.id == right.article.id or len(one.words & other.words) < LEAST_SHARED:
        return None
    if len(left.quote) > LONGEST or len(right.quote) > LONGEST:
        return None
    found = disagreements(
        particulars(left.quote, left.article.published_at),
        particulars(right.quote, right.article.published_at),
        around=(left.article.title or "", right.article.title or ""),
    )
    if not found:
        return None
    sides = (Side(left, found[0].first), Side(right, found[0].second))
    # Newest first. Of unknown dates it is not known that they are newer.
    newer, older = sorted(sides, key=lambda side: _newness(side.citation.article), reverse=True)
    return Conflict(found[0].kind, (newer, older))


def _newness(article: ArticleMeta) -> tuple[bool, str]:
    return (bool(article.published_at), date_key(article.published_at))


def _place(citation: Citation) -> tuple[str, int, int]:
    return (citation.article.id, citation.start, citation.end)


def _sentences(passage: RetrievedPassage) -> Iterator[Citation]:
    """The sentences of a passage as citations; a reader's comment contradicts nobody."""
    if passage.kind == "comment":
        return
    for start, end in passage.sentences or ((passage.start, passage.end),):
        yield Citation(passage.article, start, end, passage.text[start - passage.start : end - passage.start])
