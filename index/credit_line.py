"""A line of metadata alone: "Harbour Ledger | 25 January 2024 | By Jane Roe", in any order, or two of the three.

Every part of such a line has to be accounted for, so that neither a sentence with dashes nor a menu is taken for one.
An outlet counts only where its name says that it is one: a place, a section or a job may stand in the same spot.
"""

import re
from dataclasses import dataclass

from index import furniture

MOST_PARTS = 6
MOST_WORDS = 6  # of an outlet's name
_BETWEEN = re.compile(r"\s*[|·•]\s*|\s+[–—-]\s+")
_OUTLET_WORD = re.compile(
    r"\b(?:times|post|news|press|journal|herald|tribune|daily|today|weekly|magazine|gazette|courier|ledger|chronicle|"
    r"observer|telegraph|guardian|examiner|sentinel|dispatch|inquirer|bulletin|review|wire|sport|tv|radio|"
    r"broadcasting|reuters|cnn|bbc|npr|afp|upi|dpa|tass|efe)\b|\w\.(?:com|org|net|info|co\.\w\w)$",
    re.IGNORECASE,
)
# No outlet's name has these: "Breaking News", "Press Release", "Books in Review", "Sports Editor".
_NO_OUTLET = re.compile(
    r"\b(?:breaking|release|briefing|conference|updates?|exclusive|analysis|week|editor|writer|reporter|correspondent|"
    r"producer|columnist|contributor|photographer|critic|staff|special)\b",
    re.IGNORECASE,
)
_SMALL_NAMES = "of the and for in on at de la le el du des di der und y &"
_SMALL_WORDS = frozenset(_SMALL_NAMES.split())


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What the line gives, as written; None for each that it does not have."""

    names: str | None  # "Jane Roe and Bo Chan"
    date: str | None
    outlet: str | None

    @property
    def where(self) -> str:
        """What to call the line in a provenance."""
        return "byline" if self.names else "date line"


def read_credit_line(line: str) -> CreditLine | None:
    """The parts of a line that has a byline with a date or an outlet beside it, or an outlet and a date.

    None where it has anything else, but for a few capitalised words beside a byline and a date: a place, a job, a
    section.
    """
    parts = [part for part in _BETWEEN.split(line.strip(" |·•–—-")) if part]
    if not 2 <= len(parts) <= MOST_PARTS:
        return None
    dates = [part for part in parts if furniture.is_date(part)]
    bylines = [names for part in parts if (names := furniture.byline_names(part))]
    others = [part for part in parts if not furniture.is_date(part) and not furniture.is_byline(part)]
    outlets = [part for part in others if is_outlet(part)]
    date = " ".join(dates) if furniture.is_date_line(" ".join(dates)) else None
    known = [found for found in (bylines, outlets, [date] if date else []) if found]
    if len(known) < 2 or len(bylines) > 1 or len(outlets) > 1:
        return None
    if others != outlets and not (bylines and date and all(map(_is_name, others))):
        return None
    return CreditLine(next(iter(bylines), None), date, next(iter(outlets), None))


def is_outlet(name: str) -> bool:
    """Whether `name` says of itself that it is an outlet's: "Harbour Ledger", "The Verge", "eastport.example.org"."""
    words = name.split()
    if not _is_name(name) or _NO_OUTLET.search(name) or all(map(furniture.is_section, words)):
        return False
    return (words[0] == "The" and len(words) > 1) or _OUTLET_WORD.search(name) is not None


def _is_name(part: str) -> bool:
    words = part.split()
    return len(words) <= MOST_WORDS and all(
        word[0].isupper() or word in _SMALL_WORDS or furniture.is_section(word) or _OUTLET_WORD.search(word)
        for word in words
    )
