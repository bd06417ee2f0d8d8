"""A small made-up dataset and answers to it, worked out by hand in the tests that use them."""

from typing import Any

from eval.datasets.model import Article, Claim, Dataset, Question, Quotation, Span

DAM = "The mayor Marta Kovar opened the new dam at Orle in May. It cost 40 million crowns and holds a whole lake."
FERRY = "The ferry to Lune carried 214 passengers on Monday. All of them were brought ashore before noon that day."
FAIR = "The spring fair of Orle drew nine thousand visitors, said the town clerk Ivo Brandt on Sunday evening."
ARTICLES = {
    name: Article(name, text, title, "Harbour Wire", day)
    for name, text, title, day in (
        ("dam.txt", DAM, "New dam opened at Orle", "2021-05-04"),
        ("ferry.txt", FERRY, "Ferry runs aground off Lune", "2021-06-07"),
        ("fair.txt", FAIR, "Fair draws thousands", "2021-05-09"),
    )
}


def span(article: str, quote: str) -> Span:
    start = ARTICLES[article].text.index(quote)
    return Span(article, start, start + len(quote), quote)


OPENED = span("dam.txt", "The mayor Marta Kovar opened the new dam at Orle in May.")
COST = span("dam.txt", "It cost 40 million crowns and holds a whole lake.")
CARRIED = span("ferry.txt", "The ferry to Lune carried 214 passengers on Monday.")
VISITORS = span("fair.txt", FAIR)

QUESTIONS = (
    Question("q1", "ask", "Who opened the dam at Orle?", ("Kovar",), (), ((OPENED,),)),
    Question("q2", "ask", "What did the dam cost?", ("40 million",), (), ((COST,),)),
    Question("q3", "ask", "How many passengers were on the ferry?", ("214",), (), ((CARRIED,),)),
    Question(
        "q4", "multi", "Who opened the dam, and how many came to the fair?", ("Kovar",), (), ((OPENED, VISITORS),)
    ),
    Question("q5", "unanswerable", "Who built the ferry?"),
    Question("q6", "unanswerable", "Who was the clerk's predecessor?"),
)
DATASET = Dataset("made", ARTICLES, QUESTIONS)
CLAIMS = (
    Claim("c1", "Marta Kovar opened the dam.", "supports", ((OPENED,),)),
    Claim("c2", "The ferry carried 300 passengers.", "refutes", ((CARRIED,),)),
    Claim("c3", "The fair lost money.", "not_found"),
)
QUOTATIONS = (
    Quotation("w1", "nine thousand visitors", False, "Ivo Brandt", ((VISITORS,),)),
    Quotation("w2", "ten thousand visitors", True, "Ivo Brandt", ((VISITORS,),)),
)


def article(name: str) -> dict[str, Any]:
    return {"id": "0" * 16, "source_id": name, "title": ARTICLES[name].title, "url": None}


def citation(of: Span) -> dict[str, Any]:
    return {"article": article(of.article_id), "start": of.start, "end": of.end, "quote": of.quote}


def sentence(of: Span, text: str | None = None) -> dict[str, Any]:
    said = of.quote if text is None else text
    return {"text": said, "verdict": "supported", "score": 1.0, "citations": [citation(of)]}


def passage(of: Span, rank: int) -> dict[str, Any]:
    cited = citation(of)
    return {"article": cited["article"], "start": of.start, "end": of.end, "text": of.quote, "score": 1.0, "rank": rank}


def answer(
    name: str, sentences: list[dict[str, Any]], passages: list[Span], *, confidence: float = 0.5, ms: float = 100.0
) -> dict[str, Any]:
    return {
        "id": name,
        "question": f"question {name}",
        "status": "answered" if sentences else "abstained",
        "reason": None if sentences else "the archive does not say",
        "short": [],
        "sentences": sentences,
        "withheld": [],
        "passages": [passage(of, rank) for rank, of in enumerate(passages, start=1)],
        "models": {"writer": {"name": "made"}},
        "timings_ms": {"embed": 1.0, "total": ms},
        "confidence": confidence,
    }


# q1 right and cited; q2 right by another article's words, proof not cited; q3 wrongly abstained; q4 half proven;
# q5 rightly abstained; q6 wrongly answered.
ANSWERS = [
    answer("q1", [sentence(OPENED)], [OPENED, CARRIED], confidence=0.9, ms=100),
    answer("q2", [sentence(OPENED, "It cost 40 million crowns.")], [OPENED, COST], confidence=0.8, ms=200),
    answer("q3", [], [VISITORS, CARRIED], confidence=0.2, ms=300),
    answer("q4", [sentence(OPENED)], [OPENED], confidence=0.7, ms=400),
    answer("q5", [], [CARRIED], confidence=0.1, ms=500),
    answer("q6", [sentence(VISITORS)], [VISITORS], confidence=0.6, ms=600),
]
