"""What is shown of a topic over time: of each article found, the sentence nearest to what was asked for."""

from collections.abc import Sequence

from rag.answer import Citation, RetrievedPassage
from rag.terms import content_stems
from rag.timeline import Dated

ROLE = "article"
LEAST_SHARE = 0.5  # of the topic's content words in title and passage, so that the last of a search are left out
LEAST_WORDS = 4


def topic_evidence(topic: str, passages: Sequence[RetrievedPassage]) -> list[Dated]:
    """One sentence for each article that is about `topic`, in the order of `passages`; readers' comments left out."""
    asked = set(content_stems(topic))
    found: dict[str, Dated] = {}
    for passage in passages:
        known = set(content_stems(f"{passage.article.title or ''} {passage.text}"))
        if passage.kind == "comment" or passage.article.id in found:
            continue
        if not asked or len(asked & known) >= LEAST_SHARE * len(asked):
            found[passage.article.id] = Dated(_sentence(asked, passage), ROLE)
    return list(found.values())


def _sentence(asked: set[str], passage: RetrievedPassage) -> Citation:
    """The passage's sentence that shares most words with the topic; of equals the first."""
    spans = passage.sentences or ((passage.start, passage.end),)
    texts = [(start, end, passage.text[start - passage.start : end - passage.start]) for start, end in spans]
    whole = [one for one in texts if len(one[2].split()) >= LEAST_WORDS] or texts
    start, end, text = max(whole, key=lambda one: len(asked & set(content_stems(one[2]))))
    return Citation(passage.article, start, end, text)
