"""Short articles of our own about a ferry, and the answers that the fakes give about it."""

from index.article import Article, ArticleMeta, Block
from rag.answer import (
    Answer,
    Citation,
    RetrievedPassage,
    Sentence,
)
from ui.overview import Overview

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
