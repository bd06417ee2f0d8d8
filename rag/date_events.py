"""Whether a date in a sentence is that of the claim's event: a sentence may date another one beside it.

"It had asked to join in 2022, side by side with Finland, which got in eleven months later" does not say when Finland
joined. Told by clauses and words alone, and only where that is plain: a date is taken for the claim's otherwise.
"""

import re
from collections.abc import Sequence

from rag.claim_words import Word
from rag.evidence import starts_dependent
from rag.lexicon import sections

_INTENTIONS = sections("claims")["intentions"]
DATES = ("year", "month")  # kinds of words
_CLAUSE_END = re.compile(r"[,;:()—–]|--|\b(?:while|whereas|although)\b")
_STATES = 2  # content words from which a clause says something of its own, and is no mere "on 3 May in Orle"
_MOST_SHARED = 1 / 3  # of the claim's words in a clause about something else: it may well name the same country


def only_other_events(claim: Sequence[Word], sentence: Sequence[Word], text: str) -> bool:
    """Whether the sentence `text` has dates that a dated claim has not, and each is that of another event.

    Then it may still bear on the claim, and not by its dates: those refute nothing.
    """
    said = {word.key for word in claim if word.kind in DATES}
    others = [word for word in sentence if word.kind in DATES and word.key not in said]
    return bool(said and others) and all(is_of_another_event(date, claim, sentence, text) for date in others)


def is_of_another_event(date: Word, claim: Sequence[Word], sentence: Sequence[Word], text: str) -> bool:
    """Whether `date`, a year or a month of the sentence `text`, is that of another event than the claim's.

    It is when its clause only asks, plans or hopes for something, as the claim does not, or when that clause says
    something and shares little with the claim. A pronoun may stand for what the claim names, so a sentence that begins
    with one must hold some of the claim's words elsewhere.
    """
    if dates_a_wish(date, claim, sentence, text):
        return True
    clause, rest = _parted(sentence, date, text)
    if not _states(clause):
        return False
    said = {word.key for word in claim if word.is_word}
    shared = said & {word.key for word in clause}
    if len(shared) > _MOST_SHARED * len(said):
        return False
    return not starts_dependent(text) or bool(said & {word.key for word in rest})


def dates_a_wish(date: Word, claim: Sequence[Word], sentence: Sequence[Word], text: str) -> bool:
    """Whether the clause of `date` only asks, plans or hopes for something, as the claim does not."""
    clause, _ = _parted(sentence, date, text)
    return any(word.lower in _INTENTIONS for word in clause) and not any(word.lower in _INTENTIONS for word in claim)


def _parted(sentence: Sequence[Word], date: Word, text: str) -> tuple[list[Word], list[Word]]:
    """The words of the clause in which the date stands, and all others.

    A clause that says nothing itself, as in "agreed last, in May 2031", is one with that before it, or after it.
    """
    ends = [match.start() for match in _CLAUSE_END.finditer(text) if not _inside_date(text, match)]
    bounds = [-1, *ends, len(text) + 1]
    first = max(at for at, bound in enumerate(bounds) if bound < date.start)
    last = first + 1
    while not _states(_between(sentence, bounds[first], bounds[last])):
        if first > 0:
            first -= 1
        elif last + 1 < len(bounds):
            last += 1
        else:
            break
    clause = _between(sentence, bounds[first], bounds[last])
    return clause, [word for word in sentence if word not in clause]


def _between(words: Sequence[Word], start: int, end: int) -> list[Word]:
    return [word for word in words if start <= word.start < end]


def _states(clause: Sequence[Word]) -> bool:
    return sum(word.kind == "content" for word in clause) >= _STATES


def _inside_date(text: str, mark: re.Match[str]) -> bool:
    """Whether a comma stands in a date or a number: "May 18, 2022", "1,200"."""
    return bool(re.match(r",\s*\d", text[mark.start() :])) and text[: mark.start()][-1:].isdigit()
