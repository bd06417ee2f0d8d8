"""Title, authors, date and outlet where the text itself gives them, and dates in one form.

A date that the story merely mentions is not when it was published, so a date counts only on a line of its own near the
top, in a dateline, or in brackets after a caption's event at the top. What is not known stays unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from index import furniture
from index.article import Block
from index.cleaning import is_prose

TOP_LINES = 12  # where metadata stands: among the first lines with words
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
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)? (?:de |of )?{_MONTH},? (?:de )?(?P<year>\d{{4}})\b", re.I
)
_MONTH_DAY = re.compile(rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b", re.I)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?!\d)"
)
_CLOCK_AFTER = re.compile(_CLOCK + r"\s*(?P<zone>UTC|GMT|Z)?\s*$", re.IGNORECASE)
_DATELINE = re.compile(r"(?P<head>[^\W\d_]{2}[^—–\n]{3,90}?)\s*(?:—|–|--| - )")
_PLACE = re.compile(r"[A-ZÀ-ÞІЇЄҐА-Я .'’-]{3,40}(?:, [A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ][\w.'’-]*)?)?[,\s]*")
_AGENCY = re.compile(
    r"[A-ZÀ-Þ][A-ZÀ-Þ .'’-]+(?:, [\w .'’,-]{2,40})?\s?\((?P<agency>AP|AFP|Reuters|REUTERS|UPI|TASS|Xinhua|dpa|"
    r"EFE|Kyodo News|CNN|BBC)\)\s*(?:—|–|-)"
)
_AGENCIES = {"AP": "Associated Press", "REUTERS": "Reuters"}
_BRACKETED = re.compile(r"\((?P<date>\d{1,2} [A-Za-z]{3,9} \d{4}|[A-Za-z]{3,9}\.? \d{1,2}, \d{4})\)")
_OLD_PICTURE = re.compile(r"\b(?:file|archive|archival|undated)\b", re.IGNORECASE)
_JOB = re.compile(
    r"\b(?:Staff|Producer|Writer|Editor|Correspondent|Reporter|CNN|BBC|News|Press|Times|Reuters|Bureau|Special)\b"
)
_NAME_SPLIT = re.compile(r"\s*(?:;|,|\band\b|&|\bund\b|\|)\s*")
_PAPER = re.compile(r"\b(?:times|post|news|press|journal|herald|tribune|reuters|daily|today|cnn|bbc)\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?i)(?:jr|sr|ph\.?d|m\.?d|ii|iii|iv|esq)\.?$")


@dataclass(frozen=True, slots=True)
class Found:
    """A value that the text gave, and where."""

    value: str | tuple[str, ...]
    where: str


def find_title(text: str, blocks: Sequence[Block]) -> Found | None:
    """The first line that was labelled as the title."""
    block = next((block for block in blocks if block.kind == "title"), None)
    if block is None:
        return None
    return Found(_one_line(text[block.start : block.end].splitlines()[0]), "headline")


def find_authors(text: str, blocks: Sequence[Block]) -> Found | None:
    """The names in a byline ("By Ann Lee and Bo Chan") among the first lines."""
    for line in _top_lines(text, blocks):
        if names := furniture.byline_names(line):
            people = as_authors(_title_case(_without_outlet(names)))
            return Found(tuple(name for name in people if not _JOB.search(name)) or people, "byline")
    return None


def find_source(text: str, blocks: Sequence[Block]) -> Found | None:
    """The outlet in a "Source: ..." line, else after the name in the byline, else the agency in the dateline."""
    body = [block for block in blocks if block.kind == "body"]
    story_start, story_end = (body[0].start, body[-1].end) if body else (0, 0)
    for block in blocks:
        # Inside the story such a line is the source of a chart or a table.
        if block.kind == "boilerplate" and not (story_start < block.start < story_end):
            for line in map(_one_line, text[block.start : block.end].splitlines()):
                if outlet := furniture.source_line(line):
                    return Found(outlet, "source line")
    for line in _top_lines(text, blocks):
        if (names := furniture.byline_names(line)) and (outlet := _outlet_in(names, line)):
            return Found(outlet, "byline")
        if agency := _AGENCY.match(line):
            return Found(_AGENCIES.get(agency["agency"], agency["agency"]), "dateline")
    return None


def find_date(text: str, blocks: Sequence[Block]) -> Found | None:
    """The publication date: a date line or byline at the top, a dateline, or a bracketed date in the top caption."""
    captions = {block.start for block in blocks if block.kind == "caption"}
    for start, line in _top(text, blocks):
        value, where = None, ""
        if furniture.is_date_line(line):
            value, where = _date_in(line), "date line"
        elif furniture.is_byline(line):
            value, where = _date_in(line), "byline"
        elif match := _DATELINE.match(line):
            value, where = _dateline_date(match["head"]), "dateline"
        if value is None and start in captions and (match := _BRACKETED.search(line)) and not _OLD_PICTURE.search(line):
            value, where = normalise_date(match["date"]), "caption date"
        if value:
            return Found(value, where)
    return None


def _dateline_date(head: str) -> str | None:
    """The date in "KYIV, March 3, 2022 (Reuters)"; None where anything but a place and an agency stands with it."""
    for pattern in (_MONTH_DAY, _DAY_MONTH):
        if match := pattern.search(head):
            rest = re.sub(r"\([\w /.-]{2,40}\)|[()]", "", head[: match.start()] + head[match.end() :]).strip()
            return _date_in(match[0]) if _PLACE.fullmatch(rest) else None
    return None


def normalise_date(value: object) -> str | None:
    """ISO 8601, as precise as `value` is: `2021`, `2021-03`, `2021-03-24`, or with a time and its zone; None if unsure.

    A number is seconds (or milliseconds) since 1970. `03/04/2021` could be two days, so it is None; `24/03/2021` is
    one.
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
    return _from_text(_one_line(value))


def as_line(value: object) -> str | None:
    """A string or number as one line of text; None for anything else and for nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return _one_line(str(value)) or None


def as_authors(value: object) -> tuple[str, ...]:
    """Names apart, each once, in order; from a list, or from a string such as "Ann Lee, Bo Chan and Cy Dee"."""
    if isinstance(value, (list, tuple)):
        listed = [item.get("name") if isinstance(item, dict) else item for item in value]
        names = [name for name in map(as_line, listed) if name]
    else:
        names = []
        for name in _NAME_SPLIT.split(re.sub(r"^[Bb][Yy]:?\s+", "", as_line(value) or "")):
            if names and _SUFFIX.match(name):
                names[-1] += f", {name}"
            elif name:
                names.append(name)
    return tuple(dict.fromkeys(names))


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
    return _date_in(line)


def _date_in(line: str) -> str | None:
    """The date in a line that is about nothing but a date; None when it holds two that differ, or none."""
    for pattern in (_ISO, _DAY_MONTH, _MONTH_DAY, _YEAR_FIRST):
        if match := pattern.search(line):
            parts = dict(match.groupdict())
            if not parts["month"].isdigit():
                parts["month"] = str(_month(parts["month"]))
            if "hour" not in parts and (clock := _CLOCK_AFTER.match(line, match.end())):
                parts.update(clock.groupdict())
            return _joined(parts)
    if match := _NUMERIC.search(line):
        first, second = int(match["first"]), int(match["second"])
        if (first > 12) == (second > 12) and first != second:
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


def _top(text: str, blocks: Sequence[Block]) -> list[tuple[int, str]]:
    """The lines that may carry metadata, each with the offset where it starts: up to the first line of the story."""
    found: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind == "comment":
            break
        offset = block.start
        for raw in text[block.start : block.end].splitlines(keepends=True):
            if line := _one_line(raw):
                found.append((offset, line))
                if len(found) == TOP_LINES or (block.kind == "body" and is_prose(line)):
                    return found
            offset += len(raw)
    return found


def _top_lines(text: str, blocks: Sequence[Block]) -> list[str]:
    return [line for _, line in _top(text, blocks)]


def _outlet_in(names: str, line: str) -> str | None:
    """The outlet in "By Gary Raynaldo DIPLOMATIC TIMES" or "By Ann Lee | The Daily Post" or "..., Associated Press"."""
    trailing = re.search(r"(?:\b[A-Z]{2,}\b ?){2,}$", names)
    if trailing and trailing.start() > 0:
        return _title_case(trailing[0].strip())
    rest = line[line.find(names) + len(names) :].strip(" ,|·•–—-")
    rest = re.split(r"\s*[|·•]\s*", rest)[0]
    if _date_in(rest) or not 2 <= len(rest) <= 50:
        return None
    return _title_case(rest) if _PAPER.search(rest) else None


def _without_outlet(names: str) -> str:
    shorter = re.sub(r"(?: [A-Z]{2,}){2,}$", "", names)
    return shorter if " " in shorter else names


def _title_case(name: str) -> str:
    return name.title() if name.isupper() and len(name) > 4 else name


def _one_line(value: str) -> str:
    return " ".join(value.replace("\u200b", "").replace("\ufeff", "").split())
