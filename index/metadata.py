"""Title, authors, date and outlet where the text itself gives them.

A date that the story merely mentions is not when it was published, so a date counts only on a line of its own near the
top, in a dateline, or in brackets after a caption's event at the top. What is not known stays unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import furniture
from index.article import Block
from index.cleaning import is_prose
from index.credit_line import is_outlet, read_credit_line
from index.dates import DAY_MONTH, MONTH_DAY, date_in, normalise_date

TOP_LINES = 12  # where metadata stands: among the first lines with words
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
# What leads to a name in a credit, and may be left without one. "Von" and "Par" are given names, too: before a single
# word they stay.
_CREDIT = re.compile(
    r"(?i:by):?(?:\s+|$)|(?i:von|par|por|door|autore?s?|autora|auteur|автор):?(?:$|\s+(?=[^\W\d_a-zà-ÿ]\S*\s+\S))"
)
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
        credits = read_credit_line(line)
        if names := credits.names if credits else furniture.byline_names(line):
            people = as_authors(_title_case(_without_outlet(names)))
            return Found(tuple(name for name in people if not _JOB.search(name)) or people, "byline")
    return None


def find_source(text: str, blocks: Sequence[Block]) -> Found | None:
    """The outlet in a "Source: ..." line, else beside the date or the name, else the agency in the dateline."""
    body = [block for block in blocks if block.kind == "body"]
    story_start, story_end = (body[0].start, body[-1].end) if body else (0, 0)
    for block in blocks:
        # Inside the story such a line is the source of a chart or a table.
        if block.kind == "boilerplate" and not (story_start < block.start < story_end):
            for line in map(_one_line, text[block.start : block.end].splitlines()):
                if outlet := furniture.source_line(line):
                    return Found(outlet, "source line")
    for line in _top_lines(text, blocks):
        if (credits := read_credit_line(line)) and credits.outlet:
            return Found(_title_case(credits.outlet), credits.where)
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
        if credits := read_credit_line(line):
            value, where = credits.date and date_in(credits.date), credits.where
        elif furniture.is_date_line(line):
            value, where = date_in(line), "date line"
        elif furniture.is_byline(line):
            value, where = date_in(line), "byline"
        elif match := _DATELINE.match(line):
            value, where = _dateline_date(match["head"]), "dateline"
        if value is None and start in captions and (match := _BRACKETED.search(line)) and not _OLD_PICTURE.search(line):
            value, where = normalise_date(match["date"]), "caption date"
        if value:
            return Found(value, where)
    return None


def _dateline_date(head: str) -> str | None:
    """The date in "KYIV, March 3, 2022 (Reuters)"; None where anything but a place and an agency stands with it."""
    for pattern in (MONTH_DAY, DAY_MONTH):
        if match := pattern.search(head):
            rest = re.sub(r"\([\w /.-]{2,40}\)|[()]", "", head[: match.start()] + head[match.end() :]).strip()
            return date_in(match[0]) if _PLACE.fullmatch(rest) else None
    return None


def as_line(value: object) -> str | None:
    """A string or number as one line of text; None for anything else and for nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return _one_line(str(value)) or None


def as_authors(value: object) -> tuple[str, ...]:
    """Names apart, each once, in order; from a list, or from a string such as "Ann Lee, Bo Chan and Cy Dee"."""
    if isinstance(value, (list, tuple)):
        listed = [item.get("name") if isinstance(item, dict) else item for item in value]
        names = [name for name in (_uncredited(as_line(item)) for item in listed) if name]
    else:
        names = []
        for name in _NAME_SPLIT.split(_uncredited(as_line(value))):
            if names and _SUFFIX.match(name):
                names[-1] += f", {name}"
            elif name:
                names.append(name)
    return tuple(dict.fromkeys(names))


def _uncredited(name: str | None) -> str:
    """The name without the "By" or "Von" before it; empty when that is all there is."""
    credit = _CREDIT.match(name or "")
    return (name or "")[credit.end() if credit else 0 :]


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
    if date_in(rest) or not 2 <= len(rest) <= 50:
        return None
    return _title_case(rest) if is_outlet(rest) else None


def _without_outlet(names: str) -> str:
    shorter = re.sub(r"(?: [A-Z]{2,}){2,}$", "", names)
    return shorter if " " in shorter else names


def _title_case(name: str) -> str:
    return name.title() if name.isupper() and len(name) > 4 else name


def _one_line(value: str) -> str:
    return " ".join(value.replace("\u200b", "").replace("\ufeff", "").split())
