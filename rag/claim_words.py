"""A claim or a sentence as a row of words that can be compared: stems, numbers with their units, names, denials.

Two words are the same when their `key` is: a stem, or for a number its value ("six" is "6", "1.2 million" is one word).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.lexicon import sections
from rag.terms import is_function_word, stem

Kind = Literal["number", "year", "ordinal", "month", "day", "name", "content", "function"]

_TOKEN = re.compile(
    r"\d+(?:,\d{3})+(?:\.\d+)?(?:st|nd|rd|th)?\b|\d+(?:\.\d+)?(?:st|nd|rd|th)?(?![^\W\d_])|(?:[^\W\d_]\.){2,}"
    r"|[^\W_]+(?:['’][^\W_]+)*|[$€£%]"
)
_DIGITS = re.compile(r"[0-9][0-9,]{0,40}(?:\.[0-9]+)?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march", "april apr", "may", "june jun", "july jul", "august aug"), start=1
    )
    for name in names.split()
}
_MONTHS |= {
    name: number
    for number, names in enumerate(("september sept sep", "october oct", "november nov", "december dec"), start=9)
    for name in names.split()
}
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
_UNITS += "seventeen eighteen nineteen"
_SMALL = {word: value for value, word in enumerate(_UNITS.split())}
_TENS = {
    word: 10 * at
    for at, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12}
_SCALES |= {"m": 1e6, "bn": 1e9}
_FRACTIONS = {"half": 0.5, "quarter": 0.25}
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINAL = {word: at for at, word in enumerate(_ORDINALS.split(), start=1)}
DAY_OF_MONTH = "day of a month"
_DAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_NEGATIONS = sections("claims")["negations"]
_SCOPE = 6  # words after a denial that it is taken to deny, within one clause
_CLAUSE_END = re.compile(r"[,;:.!?—–]|--")


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `text` is how the text has it, `key` what it is compared by."""

    text: str
    key: str
    kind: Kind
    start: int  # code points into the text that was read
    end: int
    lower: str
    unit: str = ""  # of a number: "%", "$", DAY_OF_MONTH, or the key of the word after it
    denied: bool = False  # within the reach of a "not" and its like

    @property
    def matters(self) -> bool:
        return self.kind not in ("function", "day")

    @property
    def value(self) -> float:
        """Of a number or a year."""
        return float(self.key)

    @property
    def is_word(self) -> bool:
        """Whether its key is a stem: no number, no month."""
        return self.kind in ("name", "content")


@lru_cache(maxsize=4096)
def read_claim_words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order, with numbers of several words as one."""
    return tuple(_marked(text, list(_words(text))))


def _words(text: str) -> Iterator[Word]:
    found = list(_TOKEN.finditer(text))
    at = 0
    while at < len(found):
        count, value = _number(found, at)
        if count:
            first, last = found[at], found[at + count - 1]
            yield _number_word(text, first, last, value, found, at, count)
            at += count
            continue
        yield from _word(text, found[at])
        at += 1


def _number(found: list[re.Match[str]], at: int) -> tuple[int, float]:
    """How many tokens from `at` on are one number, and its value; (0, 0) when none is."""
    total, current, count = 0.0, None, 0
    while at + count < len(found):
        token = found[at + count].group().lower()
        gap = found[at + count - 1].end() if count else found[at].start()
        between = found[at + count].string[gap : found[at + count].start()]
        if count and between.strip(" -\u00a0"):
            break
        if _DIGITS.fullmatch(token):
            if current is not None:
                break
            current = float(token.replace(",", ""))
        elif token in _SMALL and (current is None or (current >= 20 and current % 10 == 0 and _SMALL[token] < 10)):
            current = (current or 0.0) + _SMALL[token]
        elif token in _TENS and current is None:
            current = float(_TENS[token])
        elif token in _SCALES and current is not None:
            current *= _SCALES[token]
            if current >= 1000:
                total, current = total + current, 0.0
        else:
            break
        count += 1
    if not count or current is None:
        return 0, 0.0
    return count, total + current


def _number_word(
    text: str, first: re.Match[str], last: re.Match[str], value: float, found: list[re.Match[str]], at: int, count: int
) -> Word:
    after = found[at + count].group().lower() if at + count < len(found) else ""
    before = found[at - 1].group() if at else ""
    year = count == 1 and first.group().isdigit() and len(first.group()) == 4 and 1800 <= value <= 2099
    if after in ("%", "percent", "percentage") or (after == "per" and "cent" in text[last.end() : last.end() + 10]):
        unit = "%"
    elif before in ("$", "€", "£") or after in ("dollars", "euros", "pounds"):
        unit = "$"
    elif value <= 31 and any(_month_name(word) for word in (before, found[at + count].group() if after else "")):
        unit = DAY_OF_MONTH
    else:
        unit = stem(after) if after.isalpha() else ""
    kind: Kind = "year" if year and unit not in ("%", "$") else "number"
    shown = text[first.start() : last.end()]
    return Word(shown, f"{value:g}", kind, first.start(), last.end(), shown.lower(), unit)


def _word(text: str, match: re.Match[str]) -> Iterator[Word]:
    shown = match.group()
    lower = shown.lower().replace("’", "'")
    start, end = match.span()
    if lower in ("%", "$", "€", "£"):
        return
    if lower.endswith("n't") and len(lower) > 3:
        yield Word(shown, "not", "function", start, end, "not")
        return
    lower = lower.removesuffix("'s").removesuffix("'")
    bare = lower.replace(".", "")
    if bare in _ORDINAL:
        yield Word(shown, f"{_ORDINAL[bare]}th", "ordinal", start, end, lower)
    elif re.fullmatch(r"\d+(?:st|nd|rd|th)", bare):
        yield Word(shown, f"{int(bare[:-2])}th", "ordinal", start, end, lower)
    elif bare in _MONTHS and shown[0].isupper() and (bare not in ("march", "may") or _dated(text, start, end)):
        yield Word(shown, f"month {_MONTHS[bare]}", "month", start, end, lower)
    elif bare in _DAYS:
        yield Word(shown, bare, "day", start, end, lower)
    elif bare in _FRACTIONS:
        yield Word(shown, f"{_FRACTIONS[bare]:g}", "number", start, end, lower)
    elif is_function_word(lower) or not bare:
        yield Word(shown, lower, "function", start, end, lower)
    else:
        name = shown[0].isupper() and not _starts(text, start)
        yield Word(shown, stem(bare), "name" if name else "content", start, end, lower)


def _month_name(token: str) -> bool:
    return token[:1].isupper() and token.lower().replace(".", "") in _MONTHS


def _dated(text: str, start: int, end: int) -> bool:
    """Whether May or March is a month there: a number after it, or "in" or "last" before it."""
    before = text[:start].rstrip().rsplit(None, 1)
    return bool(re.match(r"\s+\d", text[end:])) or (
        bool(before) and before[-1].lower() in ("in", "last", "since", "by")
    )


def _starts(text: str, start: int) -> bool:
    before = text[:start].rstrip("\"“”'‘’( ")
    return not before or before[-1] in ".!?:\n"


def _marked(text: str, words: list[Word]) -> Iterator[Word]:
    """The words with those marked that a denial before them reaches."""
    left = 0
    for at, word in enumerate(words):
        if at and _CLAUSE_END.search(text[words[at - 1].end : word.start]):
            left = 0
        denied = left > 0
        yield (
            word
            if not denied
            else Word(word.text, word.key, word.kind, word.start, word.end, word.lower, word.unit, denied=True)
        )
        left = _SCOPE if word.lower in _NEGATIONS else max(0, left - 1)
