"""Where in an article a quotation stands, word for word or nearly: a fitting alignment over words.

The quotation as a whole is aligned with a stretch of the article, any stretch: its start and end are free. Each word
changed, added or dropped costs one edit. What the article itself puts between the words of one speech, such as "..., he
said, ..." (`rag/interruptions.py`), is stepped over for next to nothing. An alignment without edits is the quotation's
exact wording, so nothing here is a matter of degree that is called verbatim.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.pattern import Element, Pattern
from rag.wording import Wording

EDIT = 1000  # what an edit costs: a word that only the article has, one replaced, one that only the quotation has.
REPLACED = EDIT + 1  # Nearly the same, in an order that keeps the quotation's first word on its own if it is there, and
ADDED = EDIT + 2  # on the one that it replaces if it is not.
STEP = 1  # what stepping over an interruption costs, so that it is done only where it saves an edit
_SHIFT = 28  # costs are kept above this bit and the start of the stretch below it: the least cost, then the shortest
_START = (1 << _SHIFT) - 1
_IMPOSSIBLE = np.int64(1) << 62

Costs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words `said` of the quotation's elements and words `found` of the article, half-open, that belong together."""

    op: str  # "equal", "edit", "left out", "put in", "interruption"
    said: tuple[int, int]
    found: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the article's words, half-open, with what it would take to make the quotation of it."""

    first: int
    last: int
    cost: int

    @property
    def edits(self) -> int:
        return self.cost // EDIT


def best_places(
    pattern: Pattern, article: Wording, interruptions: Sequence[tuple[int, int]], *, most: int = 3
) -> list[Place]:
    """The stretches nearest to the quotation: at most `most` that need no edit, else the one that needs least.

    `interruptions` are half-open ranges of the article's words that may be stepped over.
    """
    if not pattern.words or not len(article):
        return []
    codes = pattern.encode(article.words)
    row = _first_row(len(article))
    for element in pattern.elements:
        row = _next_row(row, element, pattern, article, codes, interruptions)
    costs = row >> _SHIFT
    least = int(costs.min())
    ends = np.flatnonzero(costs < EDIT) if least < EDIT else np.array([int(row.argmin())])
    places = [Place(int(_START - (row[end] & _START)), int(end), int(costs[end])) for end in ends]
    return sorted(places, key=lambda place: (place.cost, place.first))[:most]


def trace(pattern: Pattern, article: Wording, interruptions: Sequence[tuple[int, int]], place: Place) -> list[Piece]:
    """How the quotation's words lie on those of `place`, in order; neighbouring edits are one piece."""
    words = article.words[place.first : place.last]
    part = Wording(
        article.text, words, article.starts[place.first : place.last], article.ends[place.first : place.last]
    )
    inside = [
        (start - place.first, end - place.first)
        for start, end in interruptions
        if place.first <= start and end <= place.last
    ]
    codes = pattern.encode(words)
    rows = [np.full(len(words) + 1, _IMPOSSIBLE)]
    rows[0][0] = 0
    for element in pattern.elements:
        rows.append(_next_row(rows[-1], element, pattern, part, codes, inside))
    return _joined(_walk_back(rows, pattern, words, codes, inside), place.first)


def _first_row(count: int) -> Costs:
    """Any word may be the first: no cost, and its place from the end in the low bits, so that later starts win."""
    return _START - np.arange(count + 1, dtype=np.int64)


def _next_row(
    row: Costs,
    element: Element,
    pattern: Pattern,
    article: Wording,
    codes: npt.NDArray[np.int32],
    interruptions: Sequence[tuple[int, int]],
) -> Costs:
    """The least cost of having matched one element more, for each end in the article's words."""
    if element.kind != "word":
        return _stepped(_within(row, element.most), interruptions)
    found = row + (ADDED << _SHIFT)
    matched = pattern.matches(element, article.words, codes)
    np.minimum(found[1:], row[:-1] + (np.where(matched, 0, REPLACED) << _SHIFT), out=found[1:])
    return _stepped(_with_extra_words(found), interruptions)


def _with_extra_words(row: Costs) -> Costs:
    """Each cost, or less where more words of the article come for an edit each."""
    steps = np.arange(len(row), dtype=np.int64) * (EDIT << _SHIFT)
    return np.minimum.accumulate(row - steps) + steps


def _stepped(row: Costs, interruptions: Sequence[tuple[int, int]]) -> Costs:
    lowered = False
    for start, end in interruptions:
        over = row[start] + (STEP << _SHIFT)
        if over < row[end]:
            row[end] = over
            lowered = True
    return _with_extra_words(row) if lowered else row


def _within(row: Costs, most: int) -> Costs:
    """For each place the least cost at it or up to `most` places before: words that are not compared."""
    least, reach = row.copy(), 1
    while most > 0:
        step = min(reach, most)
        least[step:] = np.minimum(least[step:], least[:-step].copy())
        most, reach = most - step, reach * 2
    return least


def _walk_back(
    rows: Sequence[Costs],
    pattern: Pattern,
    words: Sequence[str],
    codes: npt.NDArray[np.int32],
    interruptions: Sequence[tuple[int, int]],
) -> list[Piece]:
    """The steps that led to the last cost of the last row, in order; offsets from the start of the place."""
    steps: list[Piece] = []
    at, end = len(rows) - 1, len(words)
    while at > 0 or end > 0:
        cost = int(rows[at][end]) >> _SHIFT
        step = _step_back(rows, pattern, words, codes, interruptions, at, end, cost)
        steps.append(step)
        at, end = step.said[0], step.found[0]
    return steps[::-1]


def _step_back(
    rows: Sequence[Costs],
    pattern: Pattern,
    words: Sequence[str],
    codes: npt.NDArray[np.int32],
    interruptions: Sequence[tuple[int, int]],
    at: int,
    end: int,
    cost: int,
) -> Piece:
    def was(element: int, place: int) -> int:
        return int(rows[element][place]) >> _SHIFT

    element = pattern.elements[at - 1] if at else None
    if element is not None and element.kind != "word":
        for count in range(min(element.most, end) + 1):
            if was(at - 1, end - count) == cost:
                return Piece(element.kind, (at - 1, at), (end - count, end))
    if element is not None and element.kind == "word" and end > 0:
        equal = bool(pattern.matches(element, words[end - 1 : end], codes[end - 1 : end])[0])
        if was(at - 1, end - 1) == cost - (0 if equal else REPLACED):
            return Piece("equal" if equal else "edit", (at - 1, at), (end - 1, end))
    for start, stop in interruptions:
        if stop == end and was(at, start) == cost - STEP:
            return Piece("interruption", (at, at), (start, stop))
    if element is not None and element.kind == "word" and was(at - 1, end) == cost - ADDED:
        return Piece("edit", (at - 1, at), (end, end))
    if end > 0 and was(at, end - 1) == cost - EDIT:
        return Piece("edit", (at, at), (end - 1, end))
    raise AssertionError(f"no step leads to element {at}, word {end}")


def _joined(steps: Sequence[Piece], offset: int) -> list[Piece]:
    """Neighbouring steps of one kind as one piece, with the article's words counted from its start."""
    pieces: list[Piece] = []
    for step in steps:
        moved = Piece(step.op, step.said, (step.found[0] + offset, step.found[1] + offset))
        if pieces and pieces[-1].op == moved.op and moved.op in ("equal", "edit"):
            before = pieces[-1]
            pieces[-1] = Piece(moved.op, (before.said[0], moved.said[1]), (before.found[0], moved.found[1]))
        else:
            pieces.append(moved)
    return pieces
