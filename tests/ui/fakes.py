"""An archive of three articles of our own and an asker with fixed answers: the faces are tested without models."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from index.archive import Archive, Filters
from index.article import Article, ArticleMeta, Block
from index.embedding import Embedder, EmbedderIdentity, Vectors
from index.errors import UsageError
from rag.answer import (
    Answer,
    Citation,
    Event,
    EvidenceFound,
    Finished,
    RetrievedPassage,
    Sentence,
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
from ui.overview import Overview
from ui.parts import Parts
from ui.protocols import Asks, Searches

FACT = "The ferry carried 214 passengers when it left the quay."
RESCUE = "All of them were brought ashore by noon."
COMMENT = "I was there and it was 900 people!"
ADVERT = "ADVERTISEMENT Buy our boots"
FERRY_PAGE = (
    "Ferry runs aground\n\nBy Ada Quist\n\n(24 March 2021)\n\nThe ferry carried 214 passengers. All were saved.\n"
)
HOSTILE = (
    'Bridge <script>window.pwned = 1</script> & <img src=x onerror="window.pwned = 2"> ${window.pwned = 3} {{pwned}}'
)


def _ferry() -> Article:
    filler = "\n\n".join(f"Paragraph {number} tells of the weather that morning on the coast." for number in range(60))
    text = f"Ferry runs aground\n\n{ADVERT}\n\n{filler}\n\n{FACT} {RESCUE}\n\n{filler}\n\n{COMMENT}\n"
    spans = [(text.index(ADVERT), len(ADVERT), "boilerplate"), (text.index(COMMENT), len(COMMENT), "comment")]
    blocks = [Block(0, 18, "title")]
    at = 18
    for start, length, kind in spans:
        blocks += [Block(at, start, "body"), Block(start, start + length, kind)]  # type: ignore[arg-type]
        at = start + length
    return Article(
        key="file:ferry.txt",
        source_id="ferry.txt",
        path="news/ferry.txt",
        text=text,
        title="Ferry runs aground",
        source="Harbour Wire",
        authors=("Ada Quist",),
        published_at="2021-03-24",
        url="https://example.org/ferry",
        blocks=tuple(blocks),
    )


FERRY = _ferry()
HOSTILE_ARTICLE = Article(
    key="file:bridge.txt",
    source_id="bridge.txt",
    path="news/bridge<b>.txt",
    text=f"{HOSTILE}\n\nThe bridge opened on Monday. {HOSTILE}",
    title=f"Opening: {HOSTILE}",
    source="Post <i>of</i> the Coast",
    published_at=None,
    url="javascript:window.pwned=4",
)
UNICODE_ARTICLE = Article(
    key="file:harbour.txt",
    source_id="harbour.txt",
    path="news/harbour.txt",
    text="İstanbul\u00a0limanı \u200b— e\u0301té 😀.\n\nسفينة جنحت في الميناء.",
    title="Liman",
    source="Meridian Post",
    published_at="2020-01-02T10:00:00Z",
)
ALL = (FERRY, HOSTILE_ARTICLE, UNICODE_ARTICLE)
OVERVIEW = Overview(
    articles=3,
    first="2020-01-02",
    last="2021-03-24",
    outlets=("Harbour Wire", "Meridian Post", "Post <i>of</i> the Coast"),
    titles=("Ferry runs aground", "Liman"),
)


def cite(article: Article, quote: str) -> Citation:
    start = article.text.index(quote)
    return Citation(ArticleMeta.of(article), start, start + len(quote), quote)


def passage(article: Article, quote: str, rank: int) -> RetrievedPassage:
    start = article.text.index(quote)
    meta = ArticleMeta.of(article)
    return RetrievedPassage(rank, meta, start, start + len(quote), quote, 1 / rank, rank)


PASSAGES = (
    passage(FERRY, f"{FACT} {RESCUE}", 1),
    passage(HOSTILE_ARTICLE, "The bridge opened on Monday.", 2),
    passage(UNICODE_ARTICLE, "e\u0301té 😀.", 3),
    passage(FERRY, "Paragraph 7 tells of the weather that morning on the coast.", 4),
)
SENTENCES = (
    Sentence(FACT, "supported", 0.97, (cite(FERRY, FACT),)),
    Sentence(RESCUE, "supported", 0.91, (cite(FERRY, RESCUE),)),
)
WITHHELD = (
    Sentence(
        "The bridge opened on Tuesday.",
        "contradicted",
        0.2,
        (cite(HOSTILE_ARTICLE, "The bridge opened on Monday."),),
        reason="the passage says Monday",
    ),
)
ANSWERED = Answer(
    question="How many passengers did the ferry carry?",
    status="answered",
    reason=None,
    sentences=SENTENCES,
    withheld=WITHHELD,
    passages=PASSAGES,
    models={"writer": {"name": "fake"}},
    timings_ms={"total": 812.0},
    notes=("one passage was dropped for want of room",),
)
ABSTAINED = Answer(
    question="Who built the lighthouse?",
    status="abstained",
    reason="no passage of the archive (3 articles, 2020-01-02 to 2021-03-24) states the answer; the nearest are listed",
    sentences=(),
    withheld=(),
    passages=PASSAGES,
    timings_ms={"total": 500.0},
)


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
