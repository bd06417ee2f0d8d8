"""Dates in one form, ISO 8601, from what records, headers and lines of articles write."""

import re
from datetime import UTC, date, datetime

FIRST_YEAR, LAST_YEAR = 1850, 2100  # newspapers before, and typing mistakes after, are not dates of an article
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero января січня januar janvier",
            "february feb febrero февраля лютого februar février",
            "march mar marzo марта березня märz mars",
            "april apr abril апреля квітня avril",
            "may mayo мая травня mai",
            "june jun junio июня червня juni juin",
            "july jul julio июля липня juli juillet",
            "august aug agosto августа серпня août",
            "september sept sep septiembre сентября вересня septembre",
            "october oct octubre октября жовтня oktober octobre",
            "november nov noviembre ноября листопада novembre",
            "december dec diciembre декабря грудня dezember décembre",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS = (
    "monday mon tuesday tues tue wednesday wed thursday thurs thur thu friday fri saturday sat sunday sun "
    "lunes martes miércoles jueves viernes sábado domingo montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche понеділок вівторок середа четвер п'ятниця п’ятниця субота "
    "неділя понедельник вторник среда четверг пятница суббота воскресенье"
)
DATE_NAMES = (*_MONTHS, *_DAYS.split())  # months and days of the week, in lower case
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_CLOCK = (
    r"(?:(?:\s|,|T|at|um|·|"
    r"\|)+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[ap]\.?m\.?)?)?"
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<zone>Z|UTC|GMT|"
    r"[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?:T?\d{4,6}Z?)?")
_YEAR_MONTH = re.compile(r"(?:19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?")
DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)? (?:de |of )?{_MONTH},? (?:de )?(?P<year>\d{{4}})\b", re.I
)
MONTH_DAY = re.compile(rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b", re.I)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?!\d)"
)
_CLOCK_AFTER = re.compile(_CLOCK + r"\s*(?P<zone>UTC|GMT|Z)?\s*$", re.IGNORECASE)


def normalise_date(value: object) -> str | None:
    """ISO 8601, as precise as `value` is: `2021`, `2021-03`, `2021-03-24`, or with a time and its zone; None if unsure.

    A number is seconds (or milliseconds) since 1970. `03/04/2021` could be two days, so it is None; `24/03/2021` is
    one, and so is `03.04.2021`: with dots the day comes first.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") if FIRST_YEAR <= value.year <= LAST_YEAR else None
    if isinstance(value, date):
        return value.isoformat() if FIRST_YEAR <= value.year <= LAST_YEAR else None
    if isinstance(value, (int, float)):
        return _from_number(value)
    if not isinstance(value, str) or len(value) > 80:
        return None
    return _from_text(" ".join(value.replace("\u200b", "").replace("\ufeff", "").split()))


def _from_number(value: float) -> str | None:
    if isinstance(value, int) and 18500101 <= value <= 21001231:
        return _from_text(str(value))  # 20210324
    if not 0 < value < 1e14:
        return None
    seconds = value / 1000 if value > 1e11 else value
    if not 1e8 < seconds < 4133980800:  # 1973 to 2100: a smaller number is a year, a counter or a mistake
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _from_text(line: str) -> str | None:
    if match := _ISO.fullmatch(line):
        return _joined(match.groupdict())
    if match := _COMPACT.fullmatch(line):
        return _joined(match.groupdict())
    if _YEAR_MONTH.fullmatch(line):
        return line
    return date_in(line)


def date_in(line: str) -> str | None:
    """The date in a line that is about nothing but a date; None when it holds two that differ, or none."""
    for pattern in (_ISO, DAY_MONTH, MONTH_DAY, _YEAR_FIRST):
        if match := pattern.search(line):
            parts = dict(match.groupdict())
            if not parts["month"].isdigit():
                parts["month"] = str(_month(parts["month"]))
            if "hour" not in parts and (clock := _CLOCK_AFTER.match(line, match.end())):
                parts.update(clock.groupdict())
            return _joined(parts)
    if match := _NUMERIC.search(line):
        first, second = int(match["first"]), int(match["second"])
        # In the locales of CLDR 47 that write a date as three numbers with dots and the year last, the day is first in
        # each of the 181 forms. A year of two digits may stand first (`21.03.04` is written in China), so that is left.
        day_first = match["mark"] == "." and len(match["year"]) == 4
        if (first > 12) == (second > 12) and first != second and not day_first:
            return None  # two readings, or none
        day, month = (second, first) if second > 12 else (first, second)
        # Two digits are read as strptime reads them: 69 is 1969, 68 is 2068.
        year = match["year"] if len(match["year"]) == 4 else ("20" if match["year"] < "69" else "19") + match["year"]
        return _joined({"year": year, "month": str(month), "day": str(day)})
    return None


def _month(name: str) -> int:
    """1 to 12, or 0 for no month. Without regard to case `İ`, `ı` and `ſ` match i and s, but `lower` leaves them."""
    return _MONTHS.get(name.casefold().replace("\u0307", "").replace("ı", "i"), 0)


def _joined(parts: dict[str, str | None]) -> str | None:
    year, month, day = (int(parts[name] or 0) for name in ("year", "month", "day"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        whole = date(year, month, day)
        if not parts.get("hour"):
            return whole.isoformat()
        hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
        half = (parts.get("half") or "").lower()[:1]
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        clock = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    zone = (parts.get("zone") or "").upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "Z"
    elif zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return clock.isoformat(timespec="seconds" if parts.get("second") else "minutes") + zone
