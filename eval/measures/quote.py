"""Is a shown quote exactly what its article holds?"""

from collections.abc import Mapping

from eval.datasets.model import Article
from eval.measures.measure import Measure
from eval.runs.model import Answer, Passage

EXACTNESS = Measure(
    "quote_exactness",
    "share of citations whose quote is the slice [start, end) of an article of the dataset",
    "0 to 1",
    "Attest's promise; GopherCite's verbatim quotes are the practice",
)
NOT_IN_ARTICLE = Measure(
    "quotes_not_in_article",
    "citations whose quote stands nowhere in its article, white space aside; an unknown article is not counted",
    "0 and up",
    "shared/tools/score.py",
    "lower",
)


def is_exact(citation: Passage, articles: Mapping[str, Article]) -> bool:
    """Whether the quote is the slice; a citation of an article that the dataset does not hold is not."""
    article = articles.get(citation.article_id)
    return article is not None and bool(citation.text) and article.text[citation.start : citation.end] == citation.text


def not_in_article(answer: Answer, plain_texts: Mapping[str, str]) -> int:
    """How many quotes stand nowhere in their article; `plain_texts` has one space for each run of white space."""
    return sum(
        citation.article_id in plain_texts and " ".join(citation.text.split()) not in plain_texts[citation.article_id]
        for citation in answer.citations
    )
