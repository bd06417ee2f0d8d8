"""What was changed between two copies of a story: sentences taken out, put in, moved, and altered word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from index.article import Article
from index.passages import cut_passages
from rag.alignment import Place, trace
from rag.differences import Difference, differences
from rag.pattern import read_pattern
from rag.wording import Wording, read_words

Change = Literal["added", "removed", "altered", "moved"]
Span = tuple[int, int]

SAME_SENTENCE = 0.5  # similarity of words from which two sentences are one that was altered; by hand
MOST_SENTENCES = 400  # of each article: a longer one is compared so far


@dataclass(frozen=True, slots=True)
class Edit:
    """One sentence that differs. Spans are code points into the two articles' texts; None where it is not there."""

    change: Change
    first: Span | None
    second: Span | None
    first_text: str
    second_text: str
    words: tuple[Difference, ...] = ()  # of an altered sentence: `said` is the second article's, `found` the first's

    def to_json(self) -> dict[str, object]:
        return {
            "change": self.change,
            "first": self.first and list(self.first),
            "second": self.second and list(self.second),
            "first_text": self.first_text,
            "second_text": self.second_text,
            "words": [difference.to_json() for difference in self.words],
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    span: Span
    text: str
    wording: Wording


def edits(first: Article, second: Article) -> list[Edit]:
    """What makes the second of the first, in the order of the second; removed sentences come last.

    Sentences with the same words are no edit, whatever became of their typography, unless they stand elsewhere.
    """
    before, after = list(_lines(first)), list(_lines(second))
    pairs = _paired(before, after)
    in_order = _in_order(pairs)
    found = [_edit(before, after, pairs.get(at), at, moved=at not in in_order) for at in range(len(after))]
    kept = set(pairs.values())
    found += [
        Edit("removed", line.span, None, line.text, "") for number, line in enumerate(before) if number not in kept
    ]
    return [edit for edit in found if edit is not None]


def _edit(before: Sequence[_Line], after: Sequence[_Line], mate: int | None, at: int, *, moved: bool) -> Edit | None:
    new = after[at]
    if mate is None:
        return Edit("added", None, new.span, "", new.text)
    old = before[mate]
    if old.wording.words == new.wording.words:
        return Edit("moved", old.span, new.span, old.text, new.text) if moved else None
    words = tuple(_differences(old, new))
    return Edit("altered", old.span, new.span, old.text, new.text, words) if words else None


def _differences(old: _Line, new: _Line) -> list[Difference]:
    pattern = read_pattern(new.text)
    whole = Place(0, len(old.wording), 0)
    return differences(trace(pattern, old.wording, (), whole), pattern, old.wording)


def _paired(before: Sequence[_Line], after: Sequence[_Line]) -> dict[int, int]:
    """Place in `after` -> place in `before`: first equal sentences, then the most alike of what is left."""
    places: dict[tuple[str, ...], list[int]] = {}
    for number, line in enumerate(before):
        places.setdefault(line.wording.words, []).append(number)
    pairs = {}
    for at, line in enumerate(after):
        if places.get(line.wording.words):
            pairs[at] = places[line.wording.words].pop(0)
    taken = set(pairs.values())
    old = [number for number in range(len(before)) if number not in taken]
    new = [at for at in range(len(after)) if at not in pairs]
    alike = sorted(
        ((_similarity(before[number], after[at]), number, at) for number in old for at in new),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    for similarity, number, at in alike:
        if similarity >= SAME_SENTENCE and at not in pairs and number not in taken:
            pairs[at] = number
            taken.add(number)
    return pairs


def _similarity(one: _Line, other: _Line) -> float:
    left, right = set(one.wording.words), set(other.wording.words)
    if 2 * len(left & right) < SAME_SENTENCE * (len(left) + len(right)):  # order cannot make them more alike
        return 0.0
    return SequenceMatcher(None, one.wording.words, other.wording.words, autojunk=False).ratio()


def _in_order(pairs: dict[int, int]) -> set[int]:
    """The longest run of places in `after` whose mates are in order as well: what is not in it was moved."""
    best: list[tuple[int, int, int | None]] = []  # length of the run that ends here, place, entry before
    for at, mate in sorted(pairs.items()):
        runs = [(length, number) for number, (length, place, _) in enumerate(best) if pairs[place] < mate]
        length, entry = max(runs, default=(0, None), key=lambda run: run[0])
        best.append((length + 1, at, entry))
    step = max(range(len(best)), key=lambda number: best[number][0], default=None)
    found = set()
    while step is not None:
        _, place, before = best[step]
        found.add(place)
        step = before
    return found


def _lines(article: Article) -> Iterator[_Line]:
    """The sentences of the story with words in them, captions and readers' comments aside."""
    count = 0
    for passage in cut_passages(article):
        for start, end in passage.sentences if passage.kind == "body" else ():
            text = article.text[start:end]
            wording = read_words(text)
            if len(wording) and count < MOST_SENTENCES:
                count += 1
                yield _Line((start, end), text, wording)
