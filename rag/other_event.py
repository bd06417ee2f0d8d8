"""Whether a sentence is plainly about another event than the question: another of a row, or only the wish for it.

"Its final flight" is not the first one, and "asked to join in May 2022" does not say when somebody joined. Both are
told by words alone, and only where they are plain. On the training questions (`gold/train.jsonl` and `newsroom`, whole
articles) the first rule holds for 1 of 407 proving sentences and 51 others, the second for 2 of 497 and 80 others.
"""

import re

from rag.claim_words import Word, read_claim_words
from rag.corrections import asks_of_corrections, takes_back
from rag.date_events import DATES, dates_a_wish
from rag.evidence import asked_for

_FIRST = frozenset({"maiden", "opening", "initial"})
_LAST = frozenset({"last", "final", "closing"})
_UNITS_OF_TIME = frozenset({"hour", "day", "night", "week", "month", "quarter", "year", "decad", "centuri"})
_REACH = 2  # words after an ordinal that it may be about: "first powered flight"
_HAPPENED = re.compile(r"\bdid\b", re.IGNORECASE)
_WISHED = re.compile(r"\b(?:would|will|should|due|to be)\b", re.IGNORECASE)


def about_another_event(question: str, sentence: str) -> bool:
    """Whether `sentence` tells of another event than the one that `question` asks for, or of what an article took back.

    False where it is not plain.
    """
    if takes_back(sentence) and not asks_of_corrections(question):
        return True
    return another_of_a_row(question, sentence) or only_a_wish(question, sentence)


def another_of_a_row(question: str, sentence: str) -> bool:
    """Whether the question has "first" and the sentence "second" or "final" before the same noun, and no "first"."""
    asked = _ranked(question)
    if not asked:
        return False
    said = _ranked(sentence)
    return not asked & said and any(
        noun == other and rank != another for rank, noun in asked for another, other in said
    )


def only_a_wish(question: str, sentence: str) -> bool:
    """Whether the question asks when something happened, and each date of the sentence is that of a plan for it."""
    if "time" not in asked_for(question) or not _HAPPENED.search(question) or _WISHED.search(question):
        return False
    asked, said = read_claim_words(question), read_claim_words(sentence)
    known = {word.key for word in asked if word.kind in DATES}
    dates = [word for word in said if word.kind in DATES and word.key not in known]
    return bool(dates) and all(dates_a_wish(date, asked, said, sentence) for date in dates)


def _ranked(text: str) -> set[tuple[str, str]]:
    """Ranks with the words that they may be about: "first powered flight" is first of `power` and of `flight`."""
    words = read_claim_words(text)
    found = set()
    for at, word in enumerate(words):
        rank = _rank(word)
        for noun in words[at + 1 : at + 1 + _REACH] if rank else ():
            # "Last week" is the one before, not the one at the end.
            if not noun.is_word or (rank == "last" and noun.key in _UNITS_OF_TIME):
                break
            found.add((rank, noun.key))
    return found


def _rank(word: Word) -> str:
    if word.kind == "ordinal":
        return word.key
    return "1th" if word.lower in _FIRST else "last" if word.lower in _LAST else ""
