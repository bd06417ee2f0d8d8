"""Dates as people type them on the command line and the page, and the filters made of them."""

import re
from datetime import date
from typing import TYPE_CHECKING

from index.errors import UsageError

if TYPE_CHECKING:
    from index.archive import Filters

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def checked_date(value: str, option: str) -> str:
    """The date as given, without outer spaces, once it is known to be one that the calendar has.

    Raises UsageError for anything but YYYY, YYYY-MM or YYYY-MM-DD.
    """
    match = _DATE.fullmatch(value.strip())
    wrong = UsageError(f"{option} is {value!r}, expected a date such as 2021-03-24, 2021-03 or 2021")
    if match is None:
        raise wrong
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError as error:
        raise wrong from error
    return match[0]


def make_filters(
    *, since: str | None = None, until: str | None = None, as_of: str | None = None, source: str | None = None
) -> "Filters":
    """Filters for the archive; an empty text is no filter. Raises UsageError for no date, or when nothing can pass."""
    from index.archive import Filters

    first = checked_date(since, "--since") if since and since.strip() else None
    last = checked_date(until, "--until") if until and until.strip() else None
    if first and last and first > last and not first.startswith(last):  # from March 2021 to 2021 is no contradiction
        raise UsageError(f"--since {first} is later than --until {last}; expected the earlier date in --since")
    return Filters(
        since=first,
        until=last,
        as_of=checked_date(as_of, "--as-of") if as_of and as_of.strip() else None,
        source=source.strip() if source and source.strip() else None,
    )
