"""What a reader should know beside an answer: the part it leaves open, and later articles on the same thing."""

from collections import Counter
from collections.abc import Iterable, Sequence

from index.language import NAMES, question_language
from rag.answer import Citation, RetrievedPassage, Sentence
from rag.selection import Evidence

DAY = len("2021-03-24")
# A later passage is named when it holds this share of the question's weight, and no less of it than what is cited.
LEAST_COVERED = 0.6


def open_part(question: str, evidence: Sequence[Evidence], shown: Sequence[Sentence]) -> str | None:
    """A note that no sentence surely answers `question`, one half of what was asked.

    None when the best sentence found for it is shown for the other half: then the answer does say it, or may.
    """
    if evidence and any(_within(evidence[0], citation) for sentence in shown for citation in sentence.citations):
        return None
    return f"no passage was found that surely answers this part: {question}"


def other_language(question: str, passages: Sequence[RetrievedPassage]) -> str | None:
    """A note that a question without an answer is in another language than the articles nearest to it; None when not.

    The models that search and read know English: they seldom find in it what was asked in another language.
    """
    articles = {passage.article.id: passage.article.language for passage in passages}
    known = Counter(language for language in articles.values() if language)
    if not known:
        return None
    nearest, count = known.most_common(1)[0]
    asked = question_language(question)
    if asked is None or asked == nearest or 2 * count <= len(articles):
        return None
    most = "" if count == len(articles) else "most of "
    language = NAMES.get(nearest, nearest)
    found = f"{most}the articles nearest to it are in {language}"
    return f"the question seems to be in {NAMES[asked]}, and {found}: ask in {language}"


def later_article(
    shown: Sequence[Sentence], passages: Sequence[RetrievedPassage], evidence: Iterable[Evidence]
) -> str | None:
    """A note naming the newest retrieved article that is later than all cited ones and covers the question as well.

    What an older article said may have been overtaken. Articles without a day, and those that print a shown sentence
    themselves, are passed over. None when there is none, or when a cited article has no day.
    """
    cited = [citation for sentence in shown for citation in sentence.citations]
    days = [citation.article.published_at or "" for citation in cited]
    if not cited or any(len(day) < DAY for day in days):
        return None
    newest = max(day[:DAY] for day in days)
    covered: dict[tuple[str, int], float] = {}
    for item in evidence:
        place = (item.candidate.passage.article.id, item.candidate.passage.start)
        covered[place] = max(covered.get(place, 0.0), item.features.get("coverage_passage", 0.0))
    own = {citation.article.id for citation in cited}
    least = max([LEAST_COVERED, *(share for (article, _), share in covered.items() if article in own)])
    said = [_plain(citation.quote) for citation in cited]
    later = [
        passage
        for passage in passages
        if passage.kind != "comment"
        and newest < (passage.article.published_at or "")[:DAY]
        and len(passage.article.published_at or "") >= DAY
        and covered.get((passage.article.id, passage.start), 0.0) >= least
        and not any(quote in _plain(passage.text) for quote in said)
    ]
    if not later:
        return None
    found = max(later, key=lambda passage: (passage.article.published_at or "", -passage.rank))
    outlet = f"{found.article.source}, " if found.article.source else ""
    return (
        f"a later article is about this too and may say otherwise: {found.article.title or found.article.source_id} "
        f"({outlet}{(found.article.published_at or '')[:DAY]}), passage {found.rank} of those found"
    )


def _within(item: Evidence, citation: Citation) -> bool:
    candidate = item.candidate
    same = candidate.passage.article.id == citation.article.id
    return same and citation.start <= candidate.start and candidate.end <= citation.end


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
