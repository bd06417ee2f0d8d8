"""The words that answer a question, shown before the sentences: slices of them, where the reader is sure."""

import re
from collections.abc import Sequence

from rag.answer import Citation, Sentence
from rag.evidence import asked_for
from rag.selection import Evidence
from rag.standing_alone import AUXILIARY

# "Is Croatia in the euro?" is answered by yes or no, and a date or a number of the sentence would read as that answer.
_YES_OR_NO = re.compile(
    rf"^\W*(?:(?:in|on|by|at|after|before|during|since|according to)\b[^,?]{{1,60}}, )?"
    rf"{AUXILIARY}(?:n['’]t)?\b(?!.* or )",
    re.IGNORECASE,
)
# Behind the number asked for, the sentence goes on about something else.
_GOES_ON = re.compile(r",? (?:while|which|who|but|when|where|whereas|although)\b|, (?:have|has|had|was|were|is|are)\b")


def short_answers(
    looks: Sequence[tuple[str, Sequence[Evidence]]], shown: Sequence[Sentence], threshold: float
) -> tuple[Citation, ...]:
    """The words that answer each question of `looks`, given with its evidence, where the reader is sure of them.

    Each is a slice of the article within a sentence of `shown`, which passed its check: it needs no check of its own.
    None for a question of yes or no. `threshold` is the least log probability of the words.
    """
    cited = [citation for sentence in shown for citation in sentence.citations]
    found = []
    for question, evidence in looks:
        best = evidence[0].candidate if evidence else None
        if best is None or best.read is None or best.read.span is None or best.read.span_log < threshold:
            continue
        if _YES_OR_NO.match(question):
            continue
        start, end = best.read.span
        words = best.text[start - best.start : end - best.start]
        if "number" in asked_for(question) and (rest := _GOES_ON.search(words)) and rest.start():
            words = words[: rest.start()]
            end = start + rest.start()
        article = best.passage.article
        if any(item.article.id == article.id and item.start <= start and end <= item.end for item in cited):
            found.append(Citation(article, start, end, words))
    # The same words for both halves of a question answer one of them at most, and nothing tells which.
    places = [(one.article.id, one.start, one.end) for one in found]
    return tuple(one for one, place in zip(found, places, strict=True) if places.count(place) == 1)
