"""Where two sentences about the same thing disagree: on a number, a date, a name, or on whether it is so.

Deliberately narrow. Two sentences are about the same thing when most of what the shorter one says stands in the other
(names, verbs and nouns by their stems, `words/same_thing.txt`), and nothing sets them apart: another place, another
time, another thing counted. Then they conflict when exactly one particular differs, by more than both leave open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from rag.answer import ConflictKind
from rag.evidence import starts_dependent
from rag.lexicon import sections
from rag.particulars import Name, Particulars, Word, axes, ordinals, same
from rag.quantities import CURRENCIES, NOBODY, Quantity
from rag.terms import content_stems, query_terms, stem

# Shares of content words in common, each set on the tuning half of eval/newsroom/conflicts.jsonl:
# python -m eval.conflicts --half tune
NUMBER_OVERLAP = 0.4  # of the shorter sentence; a number is a strong sign, if it counts the same
DATE_OVERLAP = 0.6
NAME_OVERLAP = 0.6  # of both together
NEARLY_ALL = 0.9  # of both together, where no name in common says that both are about the same
POLARITY_OVERLAP = 0.7  # of both together: one other noun may be all the difference

RELATED = 2  # words or names that two sentences, or two titles, must share; same half
_GRAMMAR = sections("conflict_grammar")
_ONLY_ONE = _GRAMMAR["only one can"]
_MEASURING = _GRAMMAR["measuring"]
_DIMENSIONS = frozenset(map(stem, _GRAMMAR["dimension"]))
_COUNTED = "die injure arrest jail free march miss rescue flee destroy damage fine cost turnout cut"
_THINGS = frozenset(_COUNTED.split())  # kinds of event by which two counts are told apart
_BEFALLS = frozenset("die injure arrest jail free march miss rescue flee".split())  # noqa: SIM905  # what happens to people


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What differs between two sentences, as each of them writes it."""

    kind: ConflictKind
    first: str
    second: str


def disagreements(
    first: Particulars, second: Particulars, *, around: tuple[str, str] = ("", "")
) -> tuple[Disagreement, ...]:
    """What the two say differently about the same thing; empty when nothing, or when they are not about the same.

    `around` are the titles of their articles: they may name what the sentences leave out.
    """
    pair = _Pair(first, second, around)
    if first.asks or second.asks or pair.copies:
        return ()
    found = [*pair.numbers(), *pair.dates(), *pair.names(), *pair.polarity()]
    return tuple(found[:1])


class _Pair:
    """Two sentences with what they share."""

    def __init__(self, first: Particulars, second: Particulars, around: tuple[str, str]) -> None:
        self.first, self.second = first, second
        titles = tuple(_title_words(title) for title in around)
        self.known = (
            first.stems | first.name_words | first.source_words | titles[0],
            second.stems | second.name_words | second.source_words | titles[1],
        )
        self.titles = titles
        self.leaning = starts_dependent(first.text) or starts_dependent(second.text)  # on a sentence not seen here
        self.copies = first.text == second.text
        self.shared = first.stems & second.stems

    def overlap(self) -> float:
        """The share of the shorter sentence's content words that the other, or its title, has."""
        shares = []
        for one, other in ((self.first, self.known[1]), (self.second, self.known[0])):
            if one.stems:
                shares.append(len(one.stems & other) / len(one.stems))
        return max(shares, default=0.0)

    def likeness(self) -> float:
        """The share of both sentences' content words that both have."""
        left = self.first.stems
        right = self.second.stems
        common = (left & self.known[1]) | (right & self.known[0])
        return len(common) / len(left | right) if left | right else 0.0

    def same_names(self) -> bool:
        """Whether nobody and no place is named by one that the other puts another in the place of."""
        left, right = self.strangers()
        return not (left and right)

    def anchored(self) -> bool:
        """Whether both name the same somebody, place or thing."""
        names = self.first.name_words & self.known[1] | self.second.name_words & self.known[0]
        return bool(names)

    def related(self) -> bool:
        """Whether enough says that both speak of one event: words and names in common, or titles in common with it."""
        names = self.first.name_words & self._said(self.second) | self.second.name_words & self._said(self.first)
        counted = {word for one in (*self.first.numbers, *self.second.numbers) for word in one.counts} | CURRENCIES
        common = len((self.shared - counted) | names)
        titles = len(self.titles[0] & self.titles[1])
        if self.leaning and titles < RELATED:
            return False
        return common >= RELATED or (common > 0 and titles >= RELATED)

    def _said(self, one: Particulars) -> frozenset[str]:
        return one.name_words | {word.raw for word in one.words}

    def strangers(self) -> tuple[list[Name], list[Name]]:
        """The names that only one of the two has."""
        left = [name for name in self.first.names if self._unknown(name, self.second, self.known[1])]
        right = [name for name in self.second.names if self._unknown(name, self.first, self.known[0])]
        return left, right

    def _unknown(self, name: Name, other: Particulars, known: frozenset[str]) -> bool:
        if any(name.agrees(theirs) for theirs in other.names):
            return False
        return not set(name.words) <= known

    def same_time(self) -> bool:
        """Whether the dates allow that both speak of the same time."""
        left, right = self.first.dates, self.second.dates
        return not left or not right or any(one.agrees(two) for one in left for two in right)

    def same_frame(self, *, but: frozenset[str] = frozenset()) -> bool:
        """Whether no word stands exactly where the other sentence has another: the van against the truck."""
        if ordinals(self.first) != ordinals(self.second) and ordinals(self.first) and ordinals(self.second):
            return False
        return all(left.raw in but or right.raw in but for left, right in self._replaced())

    def _replaced(self) -> Iterator[tuple[Word, Word]]:
        one, two = _row(self.first), _row(self.second)
        left, right = [item[0] for item in one], [item[0] for item in two]
        for op, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if op != "replace" or b - a != 1 or d - c != 1:
                continue
            before, after = one[a][1], two[c][1]
            flanked = (a > 0 and c > 0) or (b < len(one) and d < len(two))
            if before is None or after is None or not flanked:
                continue
            if before.stem not in self.known[1] and after.stem not in self.known[0]:
                yield before, after

    # The four kinds

    def numbers(self) -> Iterator[Disagreement]:
        """The first numbers that count the same and cannot both be right."""
        if not self.first.numbers or not self.second.numbers:
            return
        if self.overlap() < NUMBER_OVERLAP or not self.same_names() or not self.same_time() or not self.related():
            return
        if self.first.unsure != self.second.unsure or not self.same_frame(
            but=_MEASURING if self.shared & _BEFALLS else frozenset()
        ):
            return
        for mine in self.first.numbers:
            theirs = [other for other in self.second.numbers if self._same_count(mine, other)]
            rivals = [other for other in self.first.numbers if any(self._same_count(other, one) for one in theirs)]
            if theirs and not any(one.agrees(other) for one in rivals for other in theirs):
                yield Disagreement("number", mine.written, theirs[0].written)

    def _same_count(self, mine: Quantity, theirs: Quantity) -> bool:
        if mine.kind != theirs.kind:
            return False
        if mine.counts & _DIMENSIONS != theirs.counts & _DIMENSIONS:
            return False  # 240 metres long, 52 metres high
        if (
            mine.counts
            and theirs.counts
            and not (mine.counts & theirs.counts or (mine.counts | theirs.counts) & NOBODY)
        ):
            return False
        left, right = self.first.clause(mine.start), self.second.clause(theirs.start)
        things = left & _THINGS, right & _THINGS
        if all(things) and not things[0] & things[1]:
            return False
        if not (mine.counts & theirs.counts - NOBODY) and not self._same_context(mine, theirs, left, right):
            return False
        return self._same_verb(mine, theirs)

    def _same_context(self, mine: Quantity, theirs: Quantity, left: frozenset[str], right: frozenset[str]) -> bool:
        """Whether what stands around two numbers says that they count the same, where no noun after them does."""
        if left & right & _BEFALLS or (mine.counts and theirs.counts and left & right):
            return True
        if mine.kind == "age":
            return self.anchored()  # it stands alone between commas, after a name
        if mine.kind == "count":
            before = self.first.before(mine.start), self.second.before(theirs.start)
            return before[0] is not None and before[1] is not None and before[0].stem == before[1].stem
        return bool(left & right)

    def _same_verb(self, mine: Quantity, theirs: Quantity) -> bool:
        """Whether the words before the numbers do not set them apart: carried 80,000 tonnes, lost 3,000 tonnes."""
        left, right = self.first.before(mine.start), self.second.before(theirs.start)
        if left is None or right is None or left.stem == right.stem:
            return True
        if self.shared & _BEFALLS and (left.raw in _MEASURING or right.raw in _MEASURING):
            return True  # a toll that has risen to 61
        return left.stem in self.known[1] or right.stem in self.known[0]

    def dates(self) -> Iterator[Disagreement]:
        """The first dates of the same event that cannot both be right."""
        left, right = self.first.dates, self.second.dates
        if not left or not right or not self.anchored() or not self.same_names():
            return
        if self.overlap() < DATE_OVERLAP or self.same_time() or not self.same_frame():
            return
        if self._numbers_differ():
            return
        for mine in left:
            for theirs in right:
                exact = (mine.day is None) == (theirs.day is None) or (mine.year != theirs.year)
                if exact and self.first.clause(mine.start) & self.second.clause(theirs.start):
                    yield Disagreement("date", mine.written, theirs.written)

    def _numbers_differ(self) -> bool:
        return any(
            one.kind == two.kind and not one.agrees(two) for one in self.first.numbers for two in self.second.numbers
        )

    def names(self) -> Iterator[Disagreement]:
        """The name that each has where the other has another, where only one can be right."""
        left, right = self.strangers()
        if len(left) != 1 or len(right) != 1 or left[0].place != right[0].place:
            return
        known = self.anchored() or (self.likeness() >= NEARLY_ALL and len(self.shared) > RELATED)
        if self.likeness() < NAME_OVERLAP or not known or not self.same_time() or not self.same_frame():
            return
        if self._numbers_differ() or self.first.unsure != self.second.unsure:
            return
        if set(f"{self.first.text} {self.second.text}".lower().split()) & _ONLY_ONE:
            yield Disagreement("name", _written(self.first, left[0]), _written(self.second, right[0]))

    def polarity(self) -> Iterator[Disagreement]:
        """The word that one affirms and the other denies, where all else is alike."""
        if self.first.unsure != self.second.unsure or not self.same_names() or not self.same_time():
            return
        if not self.anchored() and len(self.shared) < 2:
            return
        for mine in self.first.words:
            for theirs in self.second.words:
                if self._opposed(mine, theirs) and self._alike_but(mine, theirs):
                    yield Disagreement("polarity", _denied(mine), _denied(theirs))

    def _opposed(self, mine: Word, theirs: Word) -> bool:
        if mine.raw == theirs.raw or mine.stem == theirs.stem:
            return mine.denied != theirs.denied
        return any(
            axis == other and (way != mine.denied) != (opposite != theirs.denied)
            for axis, way in axes(mine.raw)
            for other, opposite in axes(theirs.raw)
        )

    def _alike_but(self, mine: Word, theirs: Word) -> bool:
        left, right = self.first.stems - {mine.stem}, self.second.stems - {theirs.stem}
        common = (left & self.known[1]) | (right & self.known[0])
        every = left | right
        if not every or len(common) / len(every) < POLARITY_OVERLAP:
            return False
        return self.same_frame(but=frozenset({mine.raw, theirs.raw})) and not self._numbers_differ()


def _row(one: Particulars) -> list[tuple[str, Word | None]]:
    """The sentence as stems with its names, numbers and dates in their places."""
    row: list[tuple[int, str, Word | None]] = [(word.start, word.stem, word) for word in one.words]
    row += [(name.start, "".join(name.words), None) for name in one.names]
    row += [(number.start, "#", None) for number in one.numbers]
    row += [(date.start, "@", None) for date in one.dates]
    return [(key, word) for _, key, word in sorted(row, key=lambda item: item[0])]


@lru_cache(maxsize=1024)
def _title_words(title: str) -> frozenset[str]:
    if not title:
        return frozenset()
    return frozenset(content_stems(title)) | {same(word.strip(".,:;!?'’\"")) for word in query_terms(title)}


def _written(one: Particulars, name: Name) -> str:
    return one.text[name.start : name.end]


def _denied(word: Word) -> str:
    return f"not {word.raw}" if word.denied else word.raw
