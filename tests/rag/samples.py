"""Small hand-made passages for the tests of rag/."""

from index.article import ArticleMeta
from rag.answer import RetrievedPassage
from rag.evidence import Candidate, candidates
from rag.selection import Evidence


def meta(
    name: str = "a.txt", *, title: str | None = "Dam works delayed", published_at: str | None = "2021-03-04"
) -> ArticleMeta:
    return ArticleMeta(
        id=name.ljust(16, "0")[:16],
        source_id=name,
        path=name,
        title=title,
        source="Harbour Wire",
        authors=(),
        published_at=published_at,
        url=None,
    )


def passage(
    *sentences: str, row: int = 1, rank: int = 1, score: float = 1.0, article: ArticleMeta | None = None, start: int = 0
) -> RetrievedPassage:
    """A passage whose sentences are joined by one space, beginning at `start` of its article."""
    spans, at = [], start
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return RetrievedPassage(
        row=row,
        article=article or meta(),
        start=start,
        end=at - 1,
        text=" ".join(sentences),
        score=score,
        rank=rank,
        sentences=tuple(spans),
        similarity=0.5,
    )


def evidence(*texts: str, scores: tuple[float, ...] | None = None) -> list[Evidence]:
    """Each text as the only sentence of its own article, best first."""
    found: list[Candidate] = []
    for number, text in enumerate(texts, start=1):
        found += candidates([passage(text, row=number, rank=number, article=meta(f"{number}.txt"))], least_words=1)
    return [Evidence(item, (scores or [0.0 - at for at in range(len(found))])[at]) for at, item in enumerate(found)]
