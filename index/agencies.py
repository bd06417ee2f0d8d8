"""Which news agency an article says it came from: in its byline, its dateline, or a credit at its end.

"Additional reporting by AP" or "AFP contributed to this report" credits help, not the story, and is no agency here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from index import furniture
from index.article import Article

FIRST_LINES, LAST_LINES = 6, 4  # lines with words in which a credit may stand

# As they write themselves: abbreviations count in capitals only, names without regard to case.
_AGENCIES = {
    "Associated Press": ("AP", "The Associated Press", "Associated Press"),
    "Reuters": ("Reuters", "Thomson Reuters", "Reuters Staff"),
    "Agence France-Presse": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "Deutsche Welle": ("DW", "Deutsche Welle"),
    "dpa": ("DPA", "dpa", "Deutsche Presse-Agentur"),
    "United Press International": ("UPI", "United Press International"),
    "Press Association": ("PA", "PA Media", "Press Association"),
    "Bloomberg": ("Bloomberg", "Bloomberg News"),
    "Xinhua": ("Xinhua", "Xinhua News Agency"),
    "TASS": ("TASS",),
    "EFE": ("EFE", "Agencia EFE"),
    "Kyodo News": ("Kyodo", "Kyodo News"),
    "ANSA": ("ANSA",),
    "Anadolu Agency": ("Anadolu", "Anadolu Agency"),
    "Ukrinform": ("Ukrinform",),
    "Interfax": ("Interfax", "Interfax-Ukraine"),
    "Canadian Press": ("The Canadian Press", "Canadian Press"),
    "Australian Associated Press": ("AAP", "Australian Associated Press"),
    "Press Trust of India": ("PTI", "Press Trust of India"),
    "Asian News International": ("ANI",),
    "Tribune News Service": ("TNS", "Tribune News Service"),
    "Religion News Service": ("RNS", "Religion News Service"),
}
_EXACT = {name: agency for agency, names in _AGENCIES.items() for name in names}
_FOLDED = {name.casefold(): agency for name, agency in _EXACT.items() if not name.isupper()}
# An agency that is not in the list is known by what it calls itself.
_CALLED = re.compile(r"(?:[A-Z][\w.'’-]*,? ){1,4}(?:Press|News|Wire) (?:Agency|Service)")
_DATELINE = re.compile(r"[A-ZÀ-ÞІЇЄҐА-Я][^()\n—]{1,80}\((?P<name>[^()\n]{2,60})\)\s*(?:—|–|-{1,2}|:)\s*\S")
_BYLINE = re.compile(r"(?:by|from|source|agency|written by|reported by|story by|via)\s?:?\s+(?P<name>.{2,80})", re.I)
_OPENING = re.compile(r"\((?P<name>[A-Z][^()\n]{1,40})\)\s*(?:—|–|-{1,2}|:)?\s*[\"“A-Z]")  # "(AP) The fire"
_BESIDE = re.compile(r"[A-Z][^|·\n]{3,60}\s[|·]\s(?P<name>[^|·\n]{2,40})")  # "Ann Lee | AP"
_FIRST_BY = re.compile(
    r"(?:this|the) (?:article|story|report) (?:was )?(?:first |originally )(?:published|appeared|reported) "
    r"(?:by|in|on|at) (?P<name>.{2,60}?)\.?",
    re.I,
)
_ALONE = re.compile(r"[(\[—–\-\s]*(?P<name>[^()\[\]\n]{2,60}?)[)\].\s]*")
_REUTERS_CREDIT = re.compile(r"\((?:additional )?reporting by .{3,400}\bediting by .{3,200}\)?", re.I)
_COPYRIGHT = re.compile(
    r"(?:©|copyright|\(c\))[\s©\d,-]*(?P<name>[^.|]{2,60}?)(?:[.|].*|\s+all rights reserved.*)?", re.I
)


@dataclass(frozen=True, slots=True)
class Credit:
    """The agency that an article names as its source, and where it does."""

    agency: str
    where: str  # "author", "dateline", "byline", "credit" or "source"


def agency_named(name: str | None) -> str | None:
    """The agency that goes by `name`, in one spelling: "AP" and "The Associated Press" are one; None for another."""
    words = " ".join((name or "").split()).strip(" .,;:-–—")
    return _EXACT.get(words) or _FOLDED.get(words.casefold()) or (words if _CALLED.fullmatch(words) else None)


def credit(article: Article) -> Credit | None:
    """The agency that the article came from by its own account; None when it names none."""
    for author in article.authors:
        if found := _first_agency(author):
            return Credit(found, "author")
    first, last = _ends(article.text)
    for line in first:
        if (match := _DATELINE.match(line)) and (found := _first_agency(match["name"])):
            return Credit(found, "dateline")
        if (match := _OPENING.match(line)) and (found := agency_named(match["name"])):
            return Credit(found, "dateline")
        if len(line) < 160 and (match := _BYLINE.fullmatch(line)) and (found := _first_agency(match["name"])):
            return Credit(found, "byline")
        if (match := _BESIDE.fullmatch(line)) and (found := agency_named(match["name"])):
            return Credit(found, "byline")
        if (match := _ALONE.fullmatch(line)) and (found := agency_named(match["name"])):
            return Credit(found, "byline")
    for line in last:
        if (found := _credit_in(line)) is not None:
            return Credit(found, "credit")
    for line in (*first, *last):
        if (outlet := furniture.source_line(line)) and outlet.casefold() != (article.source or "").casefold():
            return Credit(agency_named(outlet) or outlet, "source")
    return None


def _credit_in(line: str) -> str | None:
    """The agency in a line at the end: "(AP)", "— Reuters", "Written by AFP; shortened by the Courier."."""
    if _REUTERS_CREDIT.fullmatch(line):
        return "Reuters"
    if (match := _ALONE.fullmatch(line)) and (found := agency_named(match["name"])):
        return found
    if len(line) < 160 and (match := _BYLINE.fullmatch(line)) and (found := _first_agency(match["name"])):
        return found
    if (match := _FIRST_BY.fullmatch(line)) and (found := agency_named(match["name"])):
        return found
    if (match := _COPYRIGHT.fullmatch(line)) and (found := agency_named(match["name"].rstrip(" ,0123456789"))):
        return found
    if match := re.search(r"\((?P<name>[^()]{2,40})\)\.?$", line):
        return agency_named(match["name"])
    return None


@lru_cache(maxsize=4096)
def _first_agency(names: str) -> str | None:
    """The agency in "Ann Lee, Associated Press", "Reuters; edited by Bo Chan"; None when none is in it."""
    for part in re.split(r"[,;|/]| and | of | for ", re.sub(r"^by\s+", "", names.strip(), flags=re.I)):
        if found := agency_named(part):
            return found
    return None


def _ends(text: str) -> tuple[list[str], list[str]]:
    lines = list(_lines(text))
    return lines[:FIRST_LINES], lines[max(FIRST_LINES, len(lines) - LAST_LINES) :]


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if any(map(str.isalnum, line)):
            yield " ".join(line.split())
