"""The numbers of a sentence with what they count: 41 people, 7.4 percent, a fine of $40,000, a score of 3-1.

A number is compared with another only where both count the same thing, and then within what each of them leaves open:
"about 40" is not at odds with 41, nor "more than 200" with 214.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.lexicon import sections
from rag.terms import NUMBER_WORDS, stem

_GRAMMAR = sections("conflict_grammar")
NOBODY = frozenset(stem(word) for word in _GRAMMAR["nobody in particular"])
_SCALES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALES |= {"m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12, "k": 1e3}
_WORDS = {word: float(value) for word, value in NUMBER_WORDS.items() if value.isdigit()}
_ONES = "one two three four five six seven eight nine"
_NUMBER_WORD = "|".join(sorted([*_WORDS, *(word for word in _SCALES if len(word) > 2)], key=len, reverse=True))
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
CURRENCIES = {"dollar", "euro", "pound", "yen", "crown", "franc", "rupe", "peso", "rubl", "yuan", "krona", "lira"}
_DURATIONS = {"minut": 1.0, "hour": 60.0, "second": 1 / 60}
_NUMBER = re.compile(
    r"(?P<score>\b\d{1,3}\s?[-–]\s?\d{1,3}\b(?![-–\d]))"
    r"|(?P<votes>\b\d{1,4}(?: votes?)? (?:to|against) \d{1,4}\b)"
    r"|(?P<money>[$€£¥])?(?P<digits>\d+(?:[.,]\d+)*)(?:\s?(?P<scale>(?:hundred|thousand|million|billion|trillion|"
    r"dozen|m|mn|bn|tn|k)\b))?"
    rf"|\b(?P<words>(?:(?:{_TENS})-(?:{_ONES.replace(' ', '|')})|{_NUMBER_WORD})"
    rf"(?:[ -](?:{_NUMBER_WORD})|(?: and (?=(?:{_NUMBER_WORD})\b)(?:{_NUMBER_WORD})))*)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"\d+")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:about|around|some|nearly|almost|roughly|approximately|estimated|close to|an estimated|circa)\s+$", re.I
)
_LEAST = re.compile(r"\b(?:at least|more than|over|above|upwards of|no fewer than|no less than)\s+(?:\w+\s)?$", re.I)
_MOST = re.compile(r"\b(?:at most|up to|fewer than|less than|under|below|no more than)\s+(?:\w+\s)?$", re.I)
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_HAPPENED = re.compile(r"\s(?:(?:was|were|have|had)\s(?:been\s)?)?(?:killed|died|dead|injured|hurt|missing|arrested)\b")
_NOUN_ENDS = frozenset(
    """the a an of in on at by for from with to and or but was were is are be been had has have who which that as near
    after before when while during since until off into against per than it its their his her said say says killed
    died injured hurt missing arrested left went came took did do does will would can could may might not
    dead alive last next this each every yesterday today""".split()  # noqa: SIM905
)
LOOSE = 0.1  # how far "about 40" reaches, as a share; journalists' usage, with no set behind it
LOOSE_EXACT = 0.02  # and where the figure has three digits that count: "about 1.55"
SMALL = 20  # up to here a number word may stand for a noun
BOUND_REACH = 1.25  # "at least 30" may be 37; of 97 the reader wants to know. Set on the tuning half of conflicts.jsonl


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number: `text[start:end]` is how the sentence writes it."""

    start: int
    end: int
    values: tuple[float, ...]  # one, or the two of a score
    digits: int  # digits that count of the first: 2 for 41, 1 for 40, 3 for 1.55
    kind: str  # "count", "money", "percent", "age", "score", "duration"
    counts: frozenset[str]  # stems of the nouns after it; empty when none follows
    bound: str = ""  # "about", "least", "most" or nothing
    written: str = ""

    def agrees(self, other: "Quantity") -> bool:
        """Whether both may be the same figure, given how exact each of them is."""
        if len(self.values) != len(other.values):
            return True  # a score and a number say nothing of each other
        if len(self.values) > 1:
            return self.values == other.values or self.values == other.values[::-1]
        mine, theirs = self.values[0], other.values[0]
        if mine == theirs or self._reaches(theirs) or other._reaches(mine):
            return True
        return abs(mine - theirs) <= max(self._slack(), other._slack())

    def _slack(self) -> float:
        """How far the true figure may lie from the one written."""
        value = abs(self.values[0])
        if not value or not self.digits:
            return 0.0
        unit = 10.0 ** (math.floor(math.log10(value)) - self.digits + 1)  # of the last digit that counts
        if self.bound == "about":
            return max(value * (LOOSE if self.digits < 3 else LOOSE_EXACT), unit / 2 if self.digits == 1 else 0.0)
        return unit / 2 if unit >= 1e3 else 0.0  # 2 million may be 2.1, 41 is 41

    def _reaches(self, value: float) -> bool:
        mine = self.values[0]
        if self.bound == "least":
            return mine <= value <= mine * BOUND_REACH
        return self.bound == "most" and mine / BOUND_REACH <= value <= mine


def quantities(text: str, taken: list[tuple[int, int]]) -> Iterator[Quantity]:
    """The numbers of a sentence in order, without those that stand within the spans of `taken` (its dates)."""
    last = -1
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        inside = any(first < end and start < stop for first, stop in taken)
        if start < last or inside or _ORDINAL.match(text, start) or _is_part_of_a_name(text, start, end):
            continue
        quantity = _read(text, match)
        if quantity is not None:
            last = quantity.end
            yield quantity


def _is_part_of_a_name(text: str, start: int, end: int) -> bool:
    """Boeing 737, Covid-19, G7: a number joined to a word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return before.isalpha() or (before == "-" and text[start - 2 : start - 1].isalpha()) or after.isalpha()


def _read(text: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    if match["score"] or match["votes"]:
        values = tuple(float(part) for part in _APART.findall(match[0]))
        return Quantity(start, end, values, 3, "score", frozenset(), "", match[0])
    if match["digits"]:
        plain = match["digits"].replace(",", "") if re.search(r",\d{3}", match["digits"]) else match["digits"]
        try:
            base = float(plain.replace(",", "."))
        except ValueError:  # 10.12.2020 and other rows of digits
            return None
        shown = len(plain.replace(".", "").strip("0")) if "." not in plain else len(plain.replace(".", "").lstrip("0"))
        value = base * _SCALES.get((match["scale"] or "").lower(), 1.0)
    else:
        worded = _of_words(match["words"].lower())
        if worded is None or (match["words"].lower() == "one"):
            return None  # "one of them" counts nothing that two reports could differ in
        value = worded
        shown = len(f"{value:.0f}".rstrip("0"))
    return _with_unit(text, match, value, max(1, shown))


def _with_unit(text: str, match: re.Match[str], value: float, digits: int) -> Quantity | None:
    start, end = match.span()
    nouns, stop = _nouns(text, end)
    bound = _bound(text[max(0, start - 24) : start])
    scaled = bool(match["scale"]) or bool(match["words"])
    if match["words"] and not nouns and value <= SMALL and not _HAPPENED.match(text, end):
        return None  # "in all three": it stands for what was said before
    if _YEAR.fullmatch(match[0]) and not match["money"] and not nouns:
        return None
    if match["money"] or set(nouns) & CURRENCIES:
        kind = "money"
        nouns = [noun for noun in nouns if noun not in CURRENCIES]
    elif re.match(r"\s?(?:%|percent|per cent|percentage point)", text[end:]):
        kind, nouns = "percent", []
    elif nouns[:1] and nouns[0] in _DURATIONS:
        return _duration(text, match, value, nouns[0], bound)
    elif _is_age(text, start, end, scaled):
        kind, nouns = "age", []
    else:
        kind = "count"
    whole = text[start : stop if nouns and kind == "count" else end]
    return Quantity(start, end, (value,), digits, kind, frozenset(nouns), bound, " ".join(whole.split()))


def _duration(text: str, match: re.Match[str], value: float, unit: str, bound: str) -> Quantity:
    """2 hours and 24 minutes is one quantity, in minutes."""
    total, end = value * _DURATIONS[unit], match.end()
    unit_end = re.compile(r"\s*\w+").match(text, end)
    end = unit_end.end() if unit_end else end
    more = re.compile(r"(?:,| and)? (\d+) (minutes?|seconds?)\b").match(text, end)
    if more is not None:
        total += float(more[1]) * _DURATIONS[stem(more[2])]
        end = more.end()
    nouns = frozenset(_nouns(text, end)[0])
    return Quantity(match.start(), end, (total,), 3, "duration", nouns, bound, text[match.start() : end])


def _is_age(text: str, start: int, end: int, scaled: bool) -> bool:
    if re.match(r"[- ]years?[- ]old", text[end:]) or re.search(r"\b(?:aged?|who (?:is|was)) $", text[:start]):
        return True
    return not scaled and bool(re.search(r"[^\W\d_], $", text[:start])) and text[end : end + 1] in (",", ".", ")")


def _nouns(text: str, end: int) -> tuple[list[str], int]:
    """Stems of up to three words after a number, and of what follows "of" after them; and where those words end."""
    found: list[str] = []
    stop = at = end
    while len(found) < 3 and (word := re.compile(r"[ \u00a0-]?([^\W\d_][\w’'-]*)").match(text, at)):
        if word[1].lower() in _NOUN_ENDS:
            more = _WORD.match(text, word.end() + 1) if word[1].lower() == "of" and found else None
            if more is not None and more[0].lower() not in _NOUN_ENDS:
                found.append(stem(more[0].lower()))
            break
        if word[1][0].isupper() and word[1] not in ("Celsius", "Fahrenheit"):
            break
        found.append(stem(word[1].lower()))
        at = stop = word.end()
    return found, stop


def _bound(before: str) -> str:
    for name, pattern in (("least", _LEAST), ("most", _MOST), ("about", _ABOUT)):
        if pattern.search(before):
            return name
    return ""


def _of_words(words: str) -> float | None:
    """Forty-one is 41, two dozen 24, three hundred thousand 300,000."""
    total = part = 0.0
    for word in re.split(r"[ -]+", words):
        if word == "and":
            continue
        if word in _SCALES:
            part = (part or 1.0) * _SCALES[word]
            if _SCALES[word] >= 1e3:
                total, part = total + part, 0.0
        elif word in _WORDS:
            part += _WORDS[word]
        else:
            return None
    return total + part
