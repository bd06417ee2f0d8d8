"""What a sentence commits itself to: its numbers, dates and names, what it affirms or denies, and about what.

Who says so ("..., the ministry said") is kept apart: two reports of one event have different sources.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.event_dates import EventDate, event_dates
from rag.lexicon import sections, word_list
from rag.quantities import Quantity, quantities
from rag.terms import content_stems, stem

_GRAMMAR = sections("conflict_grammar")
_LIGHT = _GRAMMAR["light"] | _GRAMMAR["speech"] | _GRAMMAR["negation"]
_SAME = {word: kind for kind, words in sections("same_thing").items() for word in words}
_AXES: dict[str, list[tuple[str, bool]]] = {}
for _heading, _group in sections("conflict_axes").items():
    for _word in _group:
        _AXES.setdefault(_word, []).append((_heading.split(":")[0], _heading.endswith("yes")))
_TOKEN = re.compile(r"[^\W_]+(?:['’\-–][^\W_]+)*")
_PHRASES = (
    (re.compile(r"\bturn(ed|s)? down\b", re.I), "rejected"),
    (re.compile(r"\bturn(ed|s)? out\b", re.I), "turnout"),
    (re.compile(r"\b(?:took|take|taken|taking) part\b", re.I), "marched"),
)
_SPEECH = "|".join(sorted(_GRAMMAR["speech"] - {"according"}, key=len, reverse=True))
_WHEN = r"(?: (?:on|late on|early on) \w+day| (?:yesterday|today))?"
_SOURCES = (
    re.compile(rf"^[^,]{{1,80}}?\b(?:{_SPEECH})\b{_WHEN}(?:,| that\b)?(?: in [^,]{{1,40}},)?", re.I),
    re.compile(rf",[”\"’]?\s(?:[^,]{{1,60}}\s)?(?:{_SPEECH})\b(?:\s[^,.]{{1,40}})?(?=[,.]|$)", re.I),
    re.compile(r",?\s?according to [^,.]+(?=[,.]|$)|^according to [^,.]+,", re.I),
)
_PLACE = re.compile(r"\b(?:in|at|near|off|outside|to|around|from)\s+(?:the\s+)?$", re.I)
_LAST_OF_CLAUSE = re.compile(r",(?!\d)|[;:—()]|\b(?:which|who|while|when|after|before|but|because|and)\b")
_ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: `stem` is what it is compared by, so that killed and died are one."""

    stem: str
    start: int
    end: int
    raw: str
    denied: bool = False  # "not", "never" or the like stands before it in its clause


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words without titles, in lower case."""

    words: tuple[str, ...]
    start: int
    end: int
    place: bool  # it comes after "in", "at" and the like

    def agrees(self, other: "Name") -> bool:
        """Whether both may be the same: one is a part of the other, both share most words, or one has the initials."""
        mine, theirs = set(self.words), set(other.words)
        if mine <= theirs or theirs <= mine or len(mine & theirs) > 1:
            return True
        if mine & theirs and min(len(mine), len(theirs)) > 1 and self.words[0][0] == other.words[0][0]:
            return True  # J. Brandt, Jo Brandt
        return _initials(self.words) in other.words or _initials(other.words) in self.words


@dataclass(frozen=True, slots=True)
class Particulars:
    """One sentence, taken apart. Offsets are code points into `text`."""

    text: str
    numbers: tuple[Quantity, ...]
    dates: tuple[EventDate, ...]
    names: tuple[Name, ...]
    words: tuple[Word, ...]  # content words in order, without numbers, dates, names and who says so
    source_words: frozenset[str]  # stems and lower-case names of who says so
    unsure: bool  # something that may, should or was meant to be
    asks: bool

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)

    @property
    def name_words(self) -> frozenset[str]:
        return frozenset(word for name in self.names for word in name.words)

    def clause(self, at: int) -> frozenset[str]:
        """The stems of the clause around an offset."""
        start, end = self._clause(at)
        return frozenset(word.stem for word in self.words if start <= word.start < end)

    def _clause(self, at: int) -> tuple[int, int]:
        start, end = 0, len(self.text)
        for match in _LAST_OF_CLAUSE.finditer(self.text):
            if match.end() <= at:
                start = match.end()
            elif match.start() > at:
                end = match.start()
                break
        return start, end

    def before(self, at: int) -> Word | None:
        """The content word that stands next before an offset, in its clause."""
        start, _ = self._clause(at)
        found = [word for word in self.words if start <= word.start and word.end <= at]
        return found[-1] if found else None


def axes(word: str) -> list[tuple[str, bool]]:
    """(what it decides, which way) of a word with an opposite: confirmed is ("confirmed", True)."""
    return _AXES.get(word.lower(), [])


@lru_cache(maxsize=4096)
def particulars(text: str, published_at: str | None = None) -> Particulars:
    """The sentence taken apart. `published_at` says which day a weekday is; never raises."""
    sources = _sources(text)
    rest = text
    for start, end in sources:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    for pattern, word in _PHRASES:  # one word of the same length, so that offsets stay
        rest = pattern.sub(lambda match, word=word: word[: len(match[0])].ljust(len(match[0])), rest)  # type: ignore[misc]
    dates = tuple(event_dates(rest, published_at))
    numbers = tuple(quantities(rest, [(one.start, one.end) for one in dates]))
    taken = [(one.start, one.end) for one in dates]
    taken += [(one.start, one.end) for one in numbers]
    names = tuple(_names(rest, taken))
    taken += [(one.start, one.end) for one in names]
    return Particulars(
        text=text,
        numbers=numbers,
        dates=dates,
        names=names,
        words=tuple(_words(rest, taken)),
        source_words=_source_words(text, sources),
        unsure=_unsure(rest),
        asks=text.rstrip(" ”\"'").endswith("?"),
    )


def _unsure(text: str) -> bool:
    row = [match[0].lower() for match in _TOKEN.finditer(text)]
    before_to = any(
        word in _GRAMMAR["unsure before to"] and row[at + 1 : at + 2] == ["to"] for at, word in enumerate(row)
    )
    return before_to or not _GRAMMAR["unsure"].isdisjoint(row)


def _sources(text: str) -> list[tuple[int, int]]:
    """Where the sentence names who says what it says."""
    found: list[tuple[int, int]] = []
    for pattern in _SOURCES:
        for match in pattern.finditer(text):
            # "He said" before little is all there is: nothing would be left to compare.
            if len(text) - (match.end() - match.start()) >= 20 and not any(map(str.isdigit, match[0])):
                found.append(match.span())
                break
        if found:
            break
    return found


def _source_words(text: str, sources: list[tuple[int, int]]) -> frozenset[str]:
    said = " ".join(text[start:end] for start, end in sources)
    return frozenset(content_stems(said)) | frozenset(word.lower() for word in _TOKEN.findall(said))


def _names(text: str, taken: list[tuple[int, int]]) -> Iterator[Name]:
    run: list[re.Match[str]] = []
    for match in [*_TOKEN.finditer(text), None]:
        joined = match is not None and run and text[run[-1].end() : match.start()].strip() in ("", ".", "'s", "’s")
        capital = match is not None and match[0][0].isupper() and not _within(match.start(), taken)
        if match is not None and capital and (joined or not run):
            run.append(match)
            continue
        if run:
            yield from _name(text, run)
        run = [match] if match is not None and capital else []


def _name(text: str, run: list[re.Match[str]]) -> Iterator[Name]:
    """The name that a run of capitals is, without titles and without a word that only begins the sentence."""
    begins = not text[: run[0].start()].strip(" “\"'‘(")
    while run and (run[0][0].lower() in word_list("titles") or run[0][0].lower() in _LIGHT | _FUNCTION):
        run = run[1:]
        begins = False
    if not run or (begins and len(run) == 1 and not run[0][0].isupper()):
        return
    words = tuple(_bare(match[0]) for match in run)
    if len(run) == 1 and words[0] in _SAME and begins:
        return
    yield Name(words, run[0].start(), run[-1].end(), bool(_PLACE.search(text[: run[0].start()])))


_FUNCTION = frozenset(
    """the a an in on at by for from with to of and or but as it its he she they his her their this that these those
    there when while after before since during if one two three four five six seven eight nine ten both all some many
    most only not no""".split()  # noqa: SIM905
)


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word.lower())


def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words if word not in _FUNCTION) if len(words) > 1 else "-"


def _words(text: str, taken: list[tuple[int, int]]) -> Iterator[Word]:
    denied_until = -1
    for match in _TOKEN.finditer(text):
        lower = _bare(match[0].replace("’", "'"))
        if lower in _GRAMMAR["negation"] or match[0].replace("’", "'").lower().endswith("n't"):
            denied_until = match.end() + 40
            continue
        if _within(match.start(), taken) or lower in _LIGHT or not content_stems(lower):
            continue
        denied = match.start() < denied_until
        denied_until = -1  # "not" denies the first word with a meaning after it
        yield Word(same(lower), match.start(), match.end(), lower, denied)


def same(word: str) -> str:
    """What a lower-case word is compared by: the word that stands for its like, or its stem."""
    return _SAME.get(word) or stem(word)


def ordinals(one: Particulars) -> frozenset[str]:
    """First, second and the like in the sentence: the first goal is not the second."""
    return frozenset(word.lower() for word in _TOKEN.findall(one.text)) & _ORDINALS


def _within(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
