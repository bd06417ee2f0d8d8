"""The times that a question names, and whether an article could tell of them: "in May 2013", "on 24 July 2017".

News is dated, and so are questions about it. Of 526 questions of `gold/train.jsonl` that name a month, the proving
article appeared within it for 457 and within two weeks after it for 20 more. English and ISO dates only.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.dates import FIRST_YEAR, LAST_YEAR

# An event is told on the day (or, in another time zone, the day before) and for some days after. Swept on 700 questions
# of gold/train: 7, 14, 31 and 62 days after are alike (proof among 32 before reading: .940, .940, .943, .940).
EARLIER, LATER = timedelta(days=1), timedelta(days=14)
BEFORE_IT = -0.5  # what was printed before all of it cannot tell of it, but may tell of its plan

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<year>(?:18|19|20)\d\d)(?![\d%])(?!,\d)"
_PART = r"(?P<part>early|mid|late)(?:[- ]in)?[- ]"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}-(?P<number>\d\d)(?:-(?P<day>\d\d))?(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH},? {_YEAR}",
        rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?:of )?{_YEAR}",
        rf"\b{_PART}{_MONTH},? (?:of )?{_YEAR}",
        rf"\b{_MONTH},? (?:of )?{_YEAR}",
        rf"\b(?P<season>spring|summer|fall|autumn|winter),? (?:of )?{_YEAR}",
        rf"\b{_PART}{_YEAR}",
        rf"(?<![\d$€£.,-]){_YEAR}",
    )
)
# First and last month and day; winter is the one that ends in the year named or begins in it.
_SEASONS = {
    "spring": ((0, 3, 1), (0, 6, 15)),
    "summer": ((0, 6, 1), (0, 9, 10)),
    "fall": ((0, 9, 1), (0, 12, 10)),
    "autumn": ((0, 9, 1), (0, 12, 10)),
    "winter": ((-1, 12, 1), (1, 3, 10)),
}
_OF_MONTH = {"early": (1, 12), "mid": (9, 21), "late": (18, 31)}
_OF_YEAR = {"early": ((1, 1), (5, 15)), "mid": ((4, 15), (9, 1)), "late": ((8, 15), (12, 31))}


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both days included."""

    first: date
    last: date


def named_periods(question: str) -> tuple[Period, ...]:
    """The days, months, seasons and years that the question names, in its order."""
    found: list[tuple[int, int, Period]] = []
    for pattern in _PATTERNS:  # the more exact ones first: what they took, a later one does not read again
        for match in pattern.finditer(question):
            if any(match.start() < end and start < match.end() for start, end, _ in found):
                continue
            if period := _period(match.groupdict()):
                found.append((*match.span(), period))
    return tuple(period for _, _, period in sorted(found, key=lambda item: item[0]))


def _period(parts: dict[str, str | None]) -> Period | None:
    year, part = int(parts["year"] or 0), (parts.get("part") or "").lower()
    try:
        if season := parts.get("season"):
            (back, *first), (on, *last) = _SEASONS[season.lower()]
            return Period(date(year + back, *first), date(year + on, *last))
        month = int(parts.get("number") or 0) or _month(parts.get("month"))
        if not month:
            first_day, last_day = _OF_YEAR.get(part, ((1, 1), (12, 31)))
            return Period(date(year, *first_day), date(year, *last_day))
        if day := int(parts.get("day") or 0):
            return Period(date(year, month, day), date(year, month, day))
        days = calendar.monthrange(year, month)[1]
        start, end = _OF_MONTH.get(part, (1, days))
        return Period(date(year, month, start), date(year, month, min(end, days)))
    except ValueError:  # the 31st of June
        return None


def _month(name: str | None) -> int:
    return _MONTHS.index(name[:3].lower()) + 1 if name else 0


def timely(published_at: str | None, periods: Sequence[Period]) -> float:
    """1 where the article appeared in one of `periods` or soon after, `BEFORE_IT` where it appeared before all of
    them, else 0: it appeared later, its date is unknown, or the question names no time."""
    published = _published(published_at)
    if published is None or not periods:
        return 0.0
    if any(published.last >= period.first - EARLIER and published.first <= period.last + LATER for period in periods):
        return 1.0
    return BEFORE_IT if all(published.last < period.first for period in periods) else 0.0


def _published(published_at: str | None) -> Period | None:
    """The period in which an article appeared: a day, or the month or year where no more is known."""
    text = (published_at or "")[:10]
    if not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return None
    year, number, day = (*text.split("-"), None, None)[:3]
    return _period({"year": year, "number": number, "day": day})
