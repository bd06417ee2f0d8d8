"""Sentence boundaries as offsets: nltk's Punkt with our own abbreviations, mended where scraped news breaks it.

Punkt decides about periods; what it cannot know is done around it: a line of its own is a sentence of its own unless
the text is hard-wrapped, a closing quote belongs to the sentence it closes, `said.The` is two sentences, a lower-case
word continues one, and a run-on of many hundred characters is cut at its semicolons.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from index.light_nltk import nltk_module

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktSentenceTokenizer

RUN_ON_CHARS = 600  # beyond this a "sentence" is a list or a transcript, and a semicolon ends its items
WRAP_CHARS = (45, 110)  # the width of lines that a program wrapped

# Lower case, without the final period. Words that are also plain English ("Ill.", "Mass.", "No.") are in _CAPITALISED.
_ABBREVIATIONS = """
mr mrs ms mx dr prof rev hon sen sens rep reps gov govs gen lt col maj capt cmdr cpl sgt adm brig pvt supt insp det
pres messrs mme mlle st ste mt ft jr sr esq ph.d m.d b.a m.a ll.b j.d r.n u.s u.k u.n e.u u.s.a u.s.s.r u.a.e d.c l.a
n.y n.j n.c s.c n.d s.d n.m n.h r.i w.va p.r b.c a.d a.m p.m e.g i.e etc cf al vs v approx est inc corp co ltd llc plc
bros assn assoc dept univ intl natl govt ave blvd rd hwy apt sq jan feb apr jun jul aug sept sep oct nov tues tue thu
thur thurs fri calif ariz colo conn fla ga ala minn neb nev okla tenn tex va wis wyo md ky vt kan mich mont vol eds
figs vols viz ibid hr hrs min mins sec oz lbs mph g.o.p r-calif d-calif r-ky d-n.y r-s.c d-mass r-ariz r-tex
"""
# "fell ill. Doctors" ends a sentence, "Chicago, Ill. Doctors" may not: read with their capital, after Punkt.
_CAPITALISED = re.compile(
    r"(?:^|[\s(\"“‘\-])(?:Ill|Mass|Wash|Ore|Ark|Miss|Mo|Pa|La|Ind|Del|Okla|Sat|Sun|Wed|Mon|Mar|Dec|Art|Fig|Ft)\.$"
)
_NUMBERED = re.compile(r"(?:^|[\s(\"“‘])(?:[Nn]os?|[Pp]p?|[Aa]rt|[Ff]ig|[Ss]ec|[Cc]h|[Vv]ol)\.$")
_STARTER_WORDS = """
the a an he she it they we you i this that these those there here but and so yet or in on at as for from by with after
before when while if since although though however meanwhile his her its their our my what who why how not now then
some many most all both each one two three according last earlier later asked still also more no yes during despite
"""
_STARTERS = frozenset(_STARTER_WORDS.split())
_AFTER_INITIAL = re.compile(  # "plan B. The" and "the U.S.” He"; Punkt never ends a sentence on an initial
    r"(?<=[a-z] [A-Z]\.)[\"”’)]*\s+(?=(?:The|He|She|It|They|We|But|And|In|This|That|On|At|As)\s)"
)
_JOINED = re.compile(r"(?<=[a-z0-9%)\]]{2})[.!?][\"”’)\]]*(?=[\"“‘(]?[A-Z][a-z]*\s)")  # said.The
_ADDRESS_MARKS = ("://", "www.", "@")  # and not within an address
_ADDRESS_CHARS = 200
_OTHER_SPACE = re.compile(r"[^\S ]")
_LINE_END = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\s*")
_ENDS = re.compile(r"[.!?:;…。！？][\"”’»)\]*]*$")
_LOWER_START = re.compile(r"[\"“‘'(\[—–\-\s]*[a-zа-яіїєґ]")
_CLOSERS_ONLY = re.compile(r"[\"”’»')\]]+$")
_ITEM_END = re.compile(r"[;•]\s+|\s[—–|]\s+(?=[A-Z])")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of `text`, in order, without the white space around them.

    Together they hold every character that is not white space. A line break ends a sentence, except in text that a
    program wrapped at a fixed width.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _units(text):
        for first, last in _mended(text, start, list(_by_punkt(text[start:end], start))):
            spans.extend(_run_on_items(text, first, last))
    return spans


@lru_cache(maxsize=1)
def _punkt() -> "PunktSentenceTokenizer":
    punkt = nltk_module("nltk.tokenize.punkt")
    parameters = punkt.PunktParameters()
    parameters.abbrev_types = set(_ABBREVIATIONS.split())
    parameters.sent_starters = set(_STARTERS)
    made: PunktSentenceTokenizer = punkt.PunktSentenceTokenizer(parameters)
    return made


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence crosses: lines, or paragraphs where the lines are only wrapped."""
    start = len(text) - len(text.lstrip())
    line_start = start
    for gap in _LINE_END.finditer(text, start):
        if gap.end() == len(text) or not _is_wrap(text, line_start, gap):
            if text[start : gap.start()].strip():
                yield start, gap.start()
            start = gap.end()
        line_start = gap.end()
    end = len(text.rstrip())
    if start < end:
        yield start, end


def _is_wrap(text: str, line_start: int, gap: re.Match[str]) -> bool:
    """Whether the line break is only the width of the page: within a sentence, after a line of a page's width."""
    line_end = line_start + len(text[line_start : gap.start()].rstrip())
    if gap[0].count("\n") + gap[0].count("\r") > 1 or _ENDS.search(text, max(line_start, line_end - 8), line_end):
        return False
    if _LOWER_START.match(text, gap.end()):
        return True
    width = line_end - line_start
    if not WRAP_CHARS[0] <= width <= WRAP_CHARS[1]:
        return False
    # A headline above its text looks the same; in wrapped text the next line is no longer than this one, and is long.
    following = _LINE_END.search(text, gap.end())
    next_width = (following.start() if following else len(text)) - gap.end()
    next_word = len(text[gap.end() : gap.end() + 40].split(maxsplit=1)[0])
    return next_width <= width + 15 and width + next_word >= WRAP_CHARS[0] + 15 and next_width >= width * 0.6


def _by_punkt(unit: str, offset: int) -> Iterator[tuple[int, int]]:
    if len(unit) < 3 or not any(mark in unit for mark in ".?!"):
        yield offset, offset + len(unit)
        return
    # Punkt knows only ASCII white space; each other kind is one code point too, so offsets stay.
    for start, end in _punkt().span_tokenize(_OTHER_SPACE.sub(" ", unit)):
        cut = start
        for inner in sorted(_inner_ends(unit, start, end)):
            yield offset + cut, offset + inner
            cut = inner
        yield offset + cut, offset + end


def _inner_ends(unit: str, start: int, end: int) -> Iterator[int]:
    """Sentence ends that Punkt passed over inside one of its sentences."""
    for match in _JOINED.finditer(unit, start, end):
        word = unit[max(start, match.start() - _ADDRESS_CHARS) : match.start()].rsplit(maxsplit=1)[-1].lower()
        if not any(mark in word for mark in _ADDRESS_MARKS):
            yield match.end()
    for match in _AFTER_INITIAL.finditer(unit, start, end):
        yield match.end()


def _mended(text: str, start: int, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pieces trimmed, and joined where the second only continues the first."""
    spans: list[tuple[int, int]] = []
    for raw_start, raw_end in pieces:
        piece = text[raw_start:raw_end]
        first = raw_start + len(piece) - len(piece.lstrip())
        last = first + len(piece.strip())
        if first >= last:
            continue
        # Whatever Punkt left between two sentences and is not white space belongs to the one before.
        previous_end = spans[-1][1] if spans else start
        if text[previous_end:first].strip():
            gap = text[previous_end:first]
            first = previous_end + len(gap) - len(gap.lstrip())
        if spans and _continues(text, spans[-1], first, last):
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _continues(text: str, before: tuple[int, int], first: int, last: int) -> bool:
    if _CLOSERS_ONLY.match(text, first, last) or _LOWER_START.match(text, first, min(last, first + 8)):
        return True
    tail = text[max(before[0], before[1] - 12) : before[1]]
    if _NUMBERED.search(tail):
        return text[first].isdigit()
    if _CAPITALISED.search(tail):
        return text[first : first + 12].split(maxsplit=1)[0].lower() not in _STARTERS
    return False


def _run_on_items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence itself, or its items where it runs on: cut at the semicolon (or line end) nearest its middle."""
    stack = [(start, end)]
    while stack:
        first, last = stack.pop()
        cuts = (
            [cut for cut in _ITEM_END.finditer(text, first, last) if first < cut.start() + 1 and cut.end() < last]
            if last - first > RUN_ON_CHARS
            else []
        )
        if not cuts:
            yield first, last
            continue
        middle = (first + last) // 2
        cut = min(cuts, key=lambda match: abs(match.start() - middle))
        left_end = first + len(text[first : cut.end()].rstrip())
        right_start = left_end + len(text[left_end:last]) - len(text[left_end:last].lstrip())
        if left_end <= first or right_start >= last:
            yield first, last
            continue
        stack.append((right_start, last))
        stack.append((first, left_end))
