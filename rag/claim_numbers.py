"""What a claim says of how many, beside a sentence that writes the same amount another way, or more or less exactly.

"About 40 people" is told by "41 people", "62 million euros" by "€62 million" and "more than 30" by 41. A model that
reads both as a pair sees two numbers, so it is given the claim with the sentence's own.
"""

import re
from dataclasses import dataclass

from rag.event_dates import event_dates
from rag.quantities import Quantity, quantities
from rag.terms import content_stems

_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_CURRENCY = re.compile(r"\s(?:US )?(dollar|euro|pound|yen)s?\b", re.IGNORECASE)
# Where "dozens" and the like begin and, by how they are used and no set behind it, end.
_MANY = {
    "dozens": (24, 150),
    "scores": (40, 200),
    "hundreds": (200, 2_000),
    "thousands": (2_000, 20_000),
    "tens of thousands": (20_000, 200_000),
    "hundreds of thousands": (200_000, 2e6),
    "millions": (2e6, 2e7),
}
_DOZENS = re.compile(rf"\b(?P<many>{'|'.join(sorted(_MANY, key=len, reverse=True))})\s+of\b", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:an estimated|estimated|about|around|some|nearly|almost|roughly|approximately|close to|circa|at least|"
    r"more than|over|above|upwards of|no fewer than|no less than|at most|up to|fewer than|less than|under|below|"
    r"no more than)\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Amount:
    """A quantity with all that its text writes of it: `text[start:end]` has "about" and "euros", too."""

    start: int
    end: int
    quantity: Quantity
    currency: str


def with_numbers_of(claim: str, sentence: str) -> str:
    """The claim, each amount that the sentence gives as well in the sentence's words; as it is where they disagree."""
    theirs = _amounts(sentence)
    pieces, at = [], 0
    for start, end, written in sorted((*_exact(claim, sentence, theirs), *_dozens(claim, theirs))):
        if start >= at:
            pieces += [claim[at:start], written]
            at = end
    return "".join([*pieces, claim[at:]])


def _exact(claim: str, sentence: str, theirs: list[_Amount]) -> list[tuple[int, int, str]]:
    found = []
    for mine in _amounts(claim):
        same = [other for other in theirs if _told_by(mine, other, frozenset(content_stems(sentence)))]
        if same:
            nearest = min(same, key=lambda other: abs(other.quantity.values[0] - mine.quantity.values[0]))
            written = sentence[nearest.start : nearest.end]
            if written.casefold() != claim[mine.start : mine.end].casefold():
                found.append((mine.start, mine.end, written))
    return found


def _dozens(claim: str, theirs: list[_Amount]) -> list[tuple[int, int, str]]:
    """What stands for "dozens of" before people where the sentence counts so many people."""
    found = []
    for match in _DOZENS.finditer(claim):
        least, most = _MANY[match["many"].lower()]
        counted_as = next(quantities(f"2{claim[match.end() :]}", []), None)  # read as any number of them is
        nouns = counted_as.counts if counted_as and counted_as.start == 0 else frozenset()
        for other in theirs:
            counted = other.quantity
            if counted.kind == "count" and counted.counts & nouns and least <= counted.values[0] <= most:
                found.append((*match.span(), counted.written.split()[0]))
                break
    return found


def _told_by(mine: _Amount, other: _Amount, near: frozenset[str]) -> bool:
    """Whether the sentence's amount says the claim's: the same, or within what "about" and "more than" leave open.

    One that no noun follows ("the number of people has risen to 97") counts what stands `near`, the sentence's stems.
    """
    one, two = mine.quantity, other.quantity
    if one.kind != two.kind or one.kind in ("score", "age") or mine.currency != other.currency:
        return False
    if one.kind == "count" and not one.counts & (two.counts or near):
        return False
    value, theirs = one.values[0], two.values[0]
    if value == theirs:  # of one amount only other signs of money are read as another
        return one.kind == "money" if one.bound == two.bound else two.bound in ("", "about")
    if two.bound in ("least", "most"):
        return False
    if one.bound == "least":
        return theirs > value
    if one.bound == "most":
        return theirs < value
    return "about" in (one.bound, two.bound) and one.agrees(two)


def _amounts(text: str) -> list[_Amount]:
    dates = [(date.start, date.end) for date in event_dates(text, None)]
    found = []
    for one in quantities(text, dates):
        start, end = one.start, one.end
        if bound := _BOUND.search(text, 0, start):
            start = bound.start()
        after = _CURRENCY.match(text, end)
        currency = _CURRENCIES.get(text[one.start], "") or (after[1].lower() if after else "")
        found.append(_Amount(start, after.end() if after and one.kind == "money" else end, one, currency))
    return found
