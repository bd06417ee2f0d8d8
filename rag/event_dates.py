"""The dates of a sentence, as exact as they are written, with weekdays and "last year" counted from the publication."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = r"(?:Jan(?:uary|\.)|Feb(?:ruary|\.)|March|April|May|June|July|Aug(?:ust|\.)|Sept(?:ember|\.)|Oct(?:ober|\.)"
_MONTH += r"|Nov(?:ember|\.)|Dec(?:ember|\.))"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})(?:,? (?P<year>\d{{4}}))?(?!\w)"
    rf"|\b(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year2>\d{{4}}))?\b"
    rf"|\b(?P<month3>{_MONTH}),? (?:of )?(?P<year3>1\d{{3}}|20\d\d)\b"
    rf"|(?:(?<=in )|(?<=In )|(?<=since )|(?<=Since )|(?<=During )|(?<=By )|"
    rf"(?<=last )|(?<=next )|(?<=this )|(?<=by )|(?<=of )|(?<=until )|(?<=during ))"
    rf"(?P<month4>{_MONTH})(?!\w)"
    r"|(?:(?<=in )|(?<=In )|(?<=since )|(?<=Since )|(?<=By )|"
    r"(?<=of )|(?<=by )|(?<=from )|(?<=until )|(?<=before )|(?<=after )|(?<=during )|"
    r"(?<=the year ))(?P<year5>1\d{3}|20\d\d)(?![\w,%.]*\d)(?! (?:people|men|women|jobs|workers|homes|houses))"
    r"|\b(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
    r"|\b(?P<relative>[Ll]ast|[Tt]his|[Nn]ext) (?P<unit>year|month)\b"
    r"|\b(?P<quarter>first|second|third|fourth) quarter\b",
)
_FUTURE = re.compile(r"\b(?:will|goes|go|begins?|next|due|to be)\b")


@dataclass(frozen=True, slots=True)
class EventDate:
    """A date as far as it is given; None for what is not. `text[start:end]` is how the sentence writes it."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None  # 0 for Monday, where the publication's date does not tell the day
    quarter: int | None = None
    written: str = ""

    def agrees(self, other: "EventDate") -> bool:
        """Whether both may be the same day, month or year: what one of them leaves open agrees with anything."""
        mine = (self.year, self.month, self.day, self.weekday, self.quarter)
        theirs = (other.year, other.month, other.day, other.weekday, other.quarter)
        if self.quarter and other.month and (other.month - 1) // 3 + 1 != self.quarter:
            return False
        if other.quarter and self.month and (self.month - 1) // 3 + 1 != other.quarter:
            return False
        if (self.quarter is None) != (other.quarter is None):
            return False  # a month and a quarter are two periods
        return all(one is None or two is None or one == two for one, two in zip(mine, theirs, strict=True))


def event_dates(text: str, published_at: str | None) -> Iterator[EventDate]:
    """The dates of a sentence in order. A weekday is the last one before `published_at`, or the next in a sentence
    about what will be; without a publication's date it stays a weekday."""
    published = _day_of(published_at)
    for match in _DATE.finditer(text):
        start, end = match.span()
        year = next((int(match[name]) for name in ("year", "year2", "year3", "year5") if match[name]), None)
        month = next((_month(match[name]) for name in ("month", "month2", "month3", "month4") if match[name]), None)
        day = next((int(match[name]) for name in ("day", "day2") if match[name]), None)
        found = EventDate(start, end, year, month, day, written=match[0])
        if match["weekday"]:
            found = _weekday(match, published, future=bool(_FUTURE.search(text)))
        elif match["relative"]:
            if published is None:
                continue
            step = {"last": -1, "this": 0, "next": 1}[match["relative"].lower()]
            months = published.year * 12 + published.month - 1 + (step if match["unit"] == "month" else 12 * step)
            month = months % 12 + 1 if match["unit"] == "month" else None
            found = EventDate(start, end, months // 12, month, written=match[0])
        elif match["quarter"]:
            found = EventDate(start, end, quarter=_QUARTERS[match["quarter"]], written=match[0])
        yield found


def _weekday(match: re.Match[str], published: date | None, *, future: bool) -> EventDate:
    weekday = _DAYS.index(match[0].lower())
    if published is None:
        return EventDate(match.start(), match.end(), weekday=weekday, written=match[0])
    back = (published.weekday() - weekday) % 7
    day = published + timedelta(days=(7 - back) % 7) if future and back else published - timedelta(days=back)
    return EventDate(match.start(), match.end(), day.year, day.month, day.day, written=match[0])


def _month(name: str) -> int:
    return next(at for at, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3].lower()))


def _day_of(published_at: str | None) -> date | None:
    try:
        return date.fromisoformat((published_at or "")[:10])
    except ValueError:  # unknown, or known to the year or month
        return None
