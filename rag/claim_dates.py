"""What a claim says of when, beside an article of a known date: news seldom writes the year of what it tells.

"Sweden joined NATO in March 2024" is told by an article of 7 March 2024 as "Sweden became a member on Thursday". A
model that reads both as a pair sees a date that the sentence has not, so it is given the claim without it where the
article's date agrees. And a sentence that tells what happened on a weekday dates it by its article.
"""

import datetime
import re
from calendar import month_name
from dataclasses import dataclass
from functools import lru_cache

from rag.claim_words import read_claim_words
from rag.date_events import DATES
from rag.event_dates import EventDate, event_dates
from rag.lexicon import verb_forms

NEWS_DAYS = 7  # from what happened on a given day to its report
REPORTED = re.compile(r"\b(?:had|has been|have been|according|report|study|survey|poll)\b", re.IGNORECASE)

# What leads to a date that says when, and not since or until when.
_LEAD = re.compile(
    r"(?:,\s*)?\b(?:(?:back )?(?:in|on|during)|at the (?:start|end) of)(?: (?:early|mid|late))?[ -]$", re.IGNORECASE
)
_BEFORE_NOUN = re.compile(r"(?<=\bthe )$|(?<=\bits )$|(?<=\bhis )$|(?<=\bher )$|(?<=\btheir )$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatedClaim:
    """A claim that says when, the same without that, and the dates that it gave."""

    claim: str
    undated: str
    dates: tuple[EventDate, ...]


@lru_cache(maxsize=256)
def dated(claim: str) -> DatedClaim | None:
    """The claim taken apart; None when it gives no month or year as "in March 2024" or "the March 2024 vote" do."""
    dates, pieces, at = [], [], 0
    for date in event_dates(claim, None):
        lead = _LEAD.search(claim, 0, date.start)
        noun_follows = bool(re.match(r" [^\W\d_]", claim[date.end :]))
        if lead is None and noun_follows:
            lead = _BEFORE_NOUN.search(claim, 0, date.start)
        if lead is None or not (date.year or date.month):
            continue
        dates.append(date)
        pieces.append(claim[at : lead.start()])
        at = date.end
    if not dates:
        return None
    undated = " ".join("".join([*pieces, claim[at:]]).split())
    undated = re.sub(r"\s+([.,;])", r"\1", undated).lstrip(", ")
    return DatedClaim(claim, undated[:1].upper() + undated[1:], tuple(dates))


def read_beside(claim: str, sentence: str, published_at: str) -> str:
    """The claim as it is to be read beside a sentence of an article of that date.

    Without its date where the article is of then and the sentence gives none, or tells of a day near its publication.
    """
    said = dated(claim)
    if said is None or _writes_date(sentence):
        return claim
    if all(_is_of(date, published_at) for date in said.dates) or other_day(claim, sentence, published_at):
        return said.undated
    return claim


def other_day(claim: str, sentence: str, published_at: str) -> str | None:
    """The day on which the sentence says that something happened, where the claim gives another time for what it
    says; None when it gives none, the same, or when the day may be that on which somebody spoke."""
    said = dated(claim)
    if said is None or _writes_date(sentence) or REPORTED.search(sentence):
        return None
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", sentence)}
    days = [day for day in event_dates(sentence, published_at) if day.day and day.year]
    if len(days) != 1 or words & verb_forms("speech_verbs"):
        return None
    day = days[0]
    if any(date.agrees(day) for date in said.dates):
        return None
    return f"{day.day} {month_name[day.month or 1]} {day.year}"


def _writes_date(sentence: str) -> bool:
    """Whether the sentence has a month or a year of its own."""
    return any(word.kind in DATES for word in read_claim_words(sentence))


def _is_of(date: EventDate, published_at: str) -> bool:
    """Whether something that happened then may be news in an article of that date."""
    try:
        published = datetime.date.fromisoformat(published_at[:10])
    except ValueError:  # unknown, or known to the year or month
        return False
    if date.year not in (None, published.year) or date.month not in (None, published.month):
        return False
    return date.day is None or abs(published.day - date.day) <= NEWS_DAYS
