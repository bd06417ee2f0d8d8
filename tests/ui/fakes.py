"""An archive of three articles and an asker with fixed answers (`ferry.py`): the faces are tested without models."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from index.archive import Archive, Filters
from index.article import Article, ArticleMeta
from index.embedding import Embedder, EmbedderIdentity, Vectors
from index.errors import UsageError
from rag.answer import (
    Answer,
    Event,
    EvidenceFound,
    Finished,
    RetrievedPassage,
    SentenceChecked,
)
from rag.copies import Copy
from rag.differences import Difference
from rag.first_seen import earliest
from rag.quotation import Quotation, Variant
from rag.retrieval import HybridRetriever
from rag.settings import Settings
from rag.stance import StanceName
from rag.verdict import Part, Trace, TracedEvidence, together, verdict_of
from tests.ui.ferry import (
    ABSTAINED,
    ALL,
    ANSWERED,
    FACT,
    FERRY,
    HOSTILE,
    HOSTILE_ARTICLE,
    PASSAGES,
    RESCUE,
    UNICODE_ARTICLE,
    cite,
)
from ui.parts import Parts
from ui.protocols import Asks, Searches


class FakeArchive:
    """Knows its articles by id and source id."""

    def __init__(self, articles: Sequence[Article] = ALL) -> None:
        self._articles = {ref: article for article in articles for ref in (article.id, article.source_id)}

    def article(self, ref: str) -> Article:
        if ref not in self._articles:
            raise UsageError(f"the archive has no article {ref!r}; `attest search` finds one")
        return self._articles[ref]

    def copies(self, ref: str) -> Sequence[Copy]:
        """The ferry's report and the harbour's are copies of each other."""
        other = {FERRY.id: UNICODE_ARTICLE, UNICODE_ARTICLE.id: FERRY}.get(ref)
        return (Copy(ArticleMeta.of(other), 0.93, other.published_at),) if other else ()


class FakeAsker:
    """Answers about the ferry and abstains otherwise; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Filters | None]] = []

    def ask(self, question: str, *, filters: Filters | None = None, id: str | None = None) -> Answer:
        for event in self.stream(question, filters=filters, id=id):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError

    def stream(self, question: str, *, filters: Filters | None = None, id: str | None = None) -> Iterator[Event]:
        if not question.strip():
            raise UsageError("the question is empty; expected words")
        if "break" in question:
            raise RuntimeError("a bug")
        self.asked.append((question, filters))
        answer = replace(ANSWERED if "ferry" in question.lower() else ABSTAINED, question=question, id=id)
        yield EvidenceFound(answer.passages)
        for sentence in (*answer.sentences, *answer.withheld):
            yield SentenceChecked(sentence)
        yield Finished(answer)

    def search(self, query: str, *, k: int = 10, filters: Filters | None = None) -> list[RetrievedPassage]:
        return list(PASSAGES[:k])


def found(quotation: str) -> Quotation:
    """What the fake quoter makes of a quotation: verbatim, altered when it says 900, or not found."""
    if "ferry" not in quotation.lower():
        return Quotation(quotation, "not_found", None, (), None, None, nearest=cite(FERRY, RESCUE))
    differences = (Difference("replace", "900", "214", True, "a number"),) if "900" in quotation else ()
    cited = Variant(cite(FERRY, FACT), differences, 0.9 if differences else 1.0, "Ada Quist")
    other = Variant(cite(HOSTILE_ARTICLE, HOSTILE), (), 1.0, None)
    return Quotation(
        quotation,
        cited.status,
        cited.citation,
        differences,
        cited.speaker,
        cited.citation,
        variants=(cited, other),
        timings_ms={"total": 210.0},
    )


class FakeQuoter:
    """Knows one sentence; remembers who was said to have said it."""

    def __init__(self) -> None:
        self.claimed: list[str | None] = []

    def quote(
        self, quotation: str, *, speaker: str | None = None, filters: Filters | None = None, id: str | None = None
    ) -> Quotation:
        if not quotation.strip():
            raise UsageError("the quotation is empty; expected words")
        if "break" in quotation:
            raise RuntimeError("a bug")
        self.claimed.append(speaker)
        return replace(found(quotation), id=id, claimed_speaker=speaker)


def traced(claim: str) -> Trace:
    """What the fake tracer makes of a claim: refuted when it says 900, not found without a ferry, else supported."""
    about = "ferry" in claim.lower()
    stance: StanceName = "refutes" if "900" in claim else "supports"
    copies = (Copy(ArticleMeta.of(UNICODE_ARTICLE), 0.93, UNICODE_ARTICLE.published_at),) if about else ()
    reason = "214, not 900" if stance == "refutes" else None
    evidence = (
        TracedEvidence(cite(HOSTILE_ARTICLE, HOSTILE), "neither", 0.6, 0.4, counts=False),
        TracedEvidence(cite(FERRY, FACT), stance, 0.9, 0.8, counts=about, reason=reason, copies=copies),
        TracedEvidence(cite(FERRY, RESCUE), stance, 0.7, 0.7, counts=about, reason=reason),
    )
    verdict = verdict_of(evidence)
    part = Part(claim, verdict, int(verdict == "supported"), int(verdict == "refuted"), evidence)
    return Trace(
        claim,
        together([verdict]),
        reason if about else "no article says it or its opposite plainly enough",
        (part,),
        evidence,
        earliest(one.citation for one in evidence if one.counts and one.stance == "supports"),
        timings_ms={"total": 120.0},
    )


class FakeTracer:
    """Knows about the ferry."""

    def trace(self, claim: str, *, filters: Filters | None = None, id: str | None = None) -> Trace:
        if not claim.strip():
            raise UsageError("the claim is empty; expected a statement")
        if "break" in claim:
            raise RuntimeError("a bug")
        return replace(traced(claim), id=id)


class FakeEmbedder:
    """Vectors from the letters of a text: no meaning, but the same text has the same vector."""

    identity = EmbedderIdentity("letters", 8, "0" * 64)
    name, dim, sha256 = identity.name, identity.dim, identity.sha256

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        counts = np.array([[text.count(letter) + 1 for letter in "aeinorst"] for text in texts], dtype=np.float32)
        unit: Vectors = counts.reshape(-1, 8) / np.linalg.norm(counts.reshape(-1, 8), axis=1, keepdims=True)
        return unit

    embed_queries = embed_passages


class FakeParts(Parts):
    """A real archive, but no model: letters for an embedder and fixed answers."""

    def __init__(self) -> None:
        self.fake_asker = FakeAsker()
        self.loads = 0

    def settings(self) -> Settings:
        return Settings()

    def embedder(self, settings: Settings, *, quickly: bool = False) -> Embedder:
        return FakeEmbedder()

    def asker(self, archive: Archive, settings: Settings) -> Asks:
        self.loads += 1
        return self.fake_asker

    def searcher(self, archive: Archive, settings: Settings) -> Searches:
        return HybridRetriever(archive, FakeEmbedder())


def one_sentence(err: str) -> str:
    """The only line on standard error; fails on a second one or on a traceback."""
    [line] = err.strip().splitlines()
    assert line.startswith("attest: ")
    return line
