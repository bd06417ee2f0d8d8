"""Which of several citations is the earliest, where some dates are known to the minute, some to the year, some not."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from index.dates import FIRST_YEAR, LAST_YEAR
from rag.answer import Citation

_EPOCH = "1970-01-01"
_LAST = "~"  # sorts after every digit: a date known to the year is not before a day of that year
_DATE = re.compile(r"(?P<year>[0-9]{4})(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")


def date_key(published_at: str | None) -> str:
    """What dates are ordered by: the moment in UTC as precise as known, and an unknown one after all others.

    A year comes after every day in it and a day after every hour in it: what is not known never makes an article first.
    What is no date, such as a year before newspapers, counts as unknown, and so does the day from which computers
    count, which stands for none.
    """
    if (published_at or "")[:10] == _EPOCH:
        return _LAST
    match = _DATE.match(published_at or "")
    if not published_at or not match or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        return _LAST
    if len(match[0]) == 10:
        try:
            moment = datetime.fromisoformat(published_at)
        except ValueError:
            return match[0] + _LAST if _is_day(match[0]) else _LAST
        if len(published_at) > 10:
            if moment.tzinfo is not None:
                moment = moment.astimezone(UTC)
            return moment.replace(tzinfo=None).isoformat()
    return match[0] + _LAST if len(match[0]) == len(published_at) else _LAST


def is_dated(published_at: str | None) -> bool:
    """Whether a date is known, however precisely."""
    return date_key(published_at) != _LAST


def earliest(citations: Iterable[Citation]) -> Citation | None:
    """The citation with the earliest known date, the first of equals; None when no date is known.

    A day still to come is a mistake of whoever gave it, and nothing was seen then.
    """
    last = _tomorrow()
    dated = [one for one in citations if is_dated(date := one.article.published_at) and (date or "")[:10] <= last]
    return min(dated, key=lambda citation: date_key(citation.article.published_at), default=None)


def _is_day(day: str) -> bool:
    try:
        datetime.fromisoformat(day)
    except ValueError:
        return False
    return True


def _tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).date().isoformat()  # where the sun rises first
