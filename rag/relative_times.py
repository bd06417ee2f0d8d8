"""Times that half of a question tells by the other's: "a month later", "that year", "the next day".

"What did Kovar promise in April 2020, and how was it judged a month later?": the second half is looked up as "how was
it judged in May 2020". Only where the other half names one time, exactly enough; what cannot be told stays as it is.
"""

import calendar
import re
from datetime import date, timedelta

from rag.question_dates import Period, named_periods

_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
           "nine": 9, "ten": 10}  # fmt: skip
_UNIT = r"(?P<unit>day|week|month|year)"
_LAST = r"(?=\W*$)"  # "the month before", and not "the month before the vote"
_APART = re.compile(
    rf"\b(?P<count>{'|'.join(_COUNTS)}|\d{{1,2}}) {_UNIT}s? (?P<way>later|earlier|after{_LAST}|before{_LAST})\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"\bthe (?:(?P<which>next|following|previous) )?{_UNIT}\b(?(which)| (?P<way>after|before){_LAST})", re.IGNORECASE
)
_SAME = re.compile(
    rf"\b(?:(?:in|on|later|earlier|of) )*(?:that (?:same )?|the same )"
    rf"(?:{_UNIT}|(?P<night>night|morning|afternoon|evening))\b",
    re.IGNORECASE,
)
_SOON = re.compile(r"\b(?:just |only |some )?(?:day|week)s (?:later|earlier)\b", re.IGNORECASE)
_YEAR_OF_IT = re.compile(r"(?P<year>\b(?:18|19|20)\d\d),? (?:of |in )?(?:that|the same) year\b", re.IGNORECASE)
EXACT_DAYS = 14  # two weeks after early March are in March; where two weeks after March are, is not known


def with_times_of(half: str, other: str) -> str:
    """`half` with the first time that it tells by the one of `other` named in full; itself where that cannot be."""
    half = _YEAR_OF_IT.sub(lambda match: match["year"], half)
    periods = named_periods(other)
    if len(periods) != 1 or named_periods(half):
        return half
    for pattern, told in ((_APART, _apart), (_NEXT, _beside), (_SOON, _soon), (_SAME, _same)):
        if match := pattern.search(half):
            found = told(match, periods[0])
            return f"{half[: match.start()]}{found}{half[match.end() :]}" if found else half
    return half


def _apart(match: re.Match[str], period: Period) -> str | None:
    count = _COUNTS.get(match["count"].lower()) or int(match["count"])
    return _moved(period, match["unit"].lower(), count if match["way"].lower() in ("later", "after") else -count)


def _beside(match: re.Match[str], period: Period) -> str | None:
    on = (match["which"] or match["way"]).lower() in ("next", "following", "after")
    return _moved(period, match["unit"].lower(), 1 if on else -1)


def _soon(_: re.Match[str], period: Period) -> str | None:
    return _month(period)


def _same(match: re.Match[str], period: Period) -> str | None:
    unit = "day" if match["night"] else match["unit"].lower()
    if unit == "year":
        return f"in {period.first.year}"
    return _day(period.first) if unit == "day" and _days(period) == 1 else _month(period)


def _moved(period: Period, unit: str, count: int) -> str | None:
    """The time that is so many units after `period`, as exactly as both tell it; None where that is not enough."""
    if unit == "year":  # what was so years earlier is told of later, too
        return f"in {period.first.year + count}" if _days(period) <= 366 and count > 0 else None
    if _days(period) > 31:  # a month after a year is no time
        return None
    if unit == "month":
        months = period.first.year * 12 + period.first.month - 1 + count
        return f"in {calendar.month_name[months % 12 + 1]} {months // 12}"
    moved = timedelta(days=count * (7 if unit == "week" else 1))
    if unit == "day" and _days(period) == 1:
        return _day(period.first + moved)
    if unit == "week" and _days(period) > EXACT_DAYS:
        return None
    middle = period.first + (period.last - period.first) / 2 + (moved if unit == "week" else timedelta(0))
    return _month(Period(middle, middle))


def _days(period: Period) -> int:
    return (period.last - period.first).days + 1


def _month(period: Period) -> str | None:
    if (period.first.year, period.first.month) != (period.last.year, period.last.month):
        return None
    return f"in {calendar.month_name[period.first.month]} {period.first.year}"


def _day(day: date) -> str:
    return f"on {calendar.month_name[day.month]} {day.day}, {day.year}"
