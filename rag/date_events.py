"""Whether a date in a sentence is that of the claim's event: a sentence may date another one beside it.

"It had asked to join in 2022, side by side with Finland, which got in eleven months later" does not say when Finland
joined. Told by clauses and words alone, and only where that is plain: a date is taken for the claim's otherwise.
"""

import re
from collections.abc import Sequence

from rag.claim_words import Word
from rag.clashes import Clash
from rag.lexicon import sections

_INTENTIONS = sections("claims")["intentions"]
_CLAUSE_END = re.compile(r"[,;:()—–]|--|\b(?:while|whereas|although)\b")
_STATES = 2  # content words from which a clause says something of its own, and is no mere "on 3 May in Orle"


def is_of_another_event(clash: Clash, claim: Sequence[Word], sentence: Sequence[Word], text: str) -> bool:
    """Whether the date that the sentence `text` has, and that `clash` is about, is that of another event.

    It is when its clause only asks, plans or hopes for something, as the claim does not, or when that clause says
    something and shares no word with the claim, which the rest of the sentence does.
    """
    date = next((word for word in sentence if word.text == clash.found and word.kind in ("year", "month")), None)
    if date is None:
        return False
    clause, rest = _parted(sentence, date, text)
    if any(word.lower in _INTENTIONS for word in clause) and not any(word.lower in _INTENTIONS for word in claim):
        return True
    said = {word.key for word in claim if word.is_word}
    states = sum(word.kind == "content" for word in clause) >= _STATES
    return states and not said & {word.key for word in clause} and bool(said & {word.key for word in rest})


def _parted(sentence: Sequence[Word], date: Word, text: str) -> tuple[list[Word], list[Word]]:
    """The words of the clause in which the date stands, and all others."""
    ends = [match.start() for match in _CLAUSE_END.finditer(text) if not _inside_date(text, match)]
    first = max((end for end in ends if end < date.start), default=-1)
    last = min((end for end in ends if end >= date.end), default=len(text))
    clause = [word for word in sentence if first <= word.start < last]
    return clause, [word for word in sentence if not first <= word.start < last]


def _inside_date(text: str, mark: re.Match[str]) -> bool:
    """Whether a comma stands in a date or a number: "May 18, 2022", "1,200"."""
    return bool(re.match(r",\s*\d", text[mark.start() :])) and text[: mark.start()][-1:].isdigit()
