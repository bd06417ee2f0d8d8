"""From an article to the passages that are embedded, found and cited: whole sentences, packed so that they balance."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.article import Article, Block, Passage, PassageKind
from index.sentences import split_sentences

Span = tuple[int, int]

MAX_CHARS = 1000  # about 225 tokens: with its heading it fits the 256 that the default embedder reads
# What a cut costs, in units of "half of max_chars left unused, squared". Chosen by hand on the gold articles' shapes:
# a passage more than needed is worse than one mid-paragraph cut, and a signature is never cut from its quotation.
_PASSAGE_COST = 1.0
_MID_PARAGRAPH_COST = 0.2
_SIGNATURE_COST = 2.0
_SIGNATURE_CHARS = 120


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence with what it would cost to end a passage just before it."""

    start: int
    end: int
    cost_before: float


def cut_passages(article: Article, *, max_chars: int = MAX_CHARS) -> list[Passage]:
    """Every citable stretch of the article as passages of whole sentences, at most `max_chars` long.

    Title and boilerplate give none. A passage holds one kind of block. A sentence longer than `max_chars` is a passage
    of its own; one longer than twice that is cut at white space. Raises ValueError if `max_chars` is below 1.
    """
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars}, expected at least 1")
    article_id, text = article.id, article.text
    passages: list[Passage] = []
    for block in article.blocks or (Block(0, len(text), "body"),):
        if block.kind == "title" or block.kind == "boilerplate":
            continue
        kind: PassageKind = block.kind
        for group in _packed(_pieces(text, block, max_chars), max_chars):
            start, end = group[0][0], group[-1][1]
            passages.append(Passage(article_id, start, end, text[start:end], kind, tuple(group)))
    return passages


def _pieces(text: str, block: Block, max_chars: int) -> list[_Piece]:
    pieces: list[_Piece] = []
    for start, end in split_sentences(text[block.start : block.end]):
        start, end = start + block.start, end + block.start
        new_paragraph = bool(pieces) and "\n" in text[pieces[-1].end : start]
        signature = new_paragraph and text[start] in "-–—" and end - start <= _SIGNATURE_CHARS
        cost = _SIGNATURE_COST if signature else 0.0 if new_paragraph else _MID_PARAGRAPH_COST
        for part_start, part_end in _cut_long(text, start, end, max_chars):
            pieces.append(_Piece(part_start, part_end, cost))
            cost = _MID_PARAGRAPH_COST
    return pieces


def _packed(pieces: Sequence[_Piece], max_chars: int) -> Iterator[list[Span]]:
    """The pieces in groups no longer than `max_chars`, so that the sum of costs is least (dynamic programming)."""
    count = len(pieces)
    best = [0.0] + [float("inf")] * count  # best[i]: cost of packing the first i pieces
    cut_at = [0] * (count + 1)
    for last in range(count):
        for first in range(last, -1, -1):
            length = pieces[last].end - pieces[first].start
            if length > max_chars and first < last:
                break
            unused = max(0, max_chars - length) / max_chars * 2
            cost = best[first] + _PASSAGE_COST + unused * unused + (pieces[first].cost_before if first else 0.0)
            if cost < best[last + 1]:
                best[last + 1], cut_at[last + 1] = cost, first
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(cut_at[cuts[-1]])
    cuts.reverse()
    for first, after in pairwise(cuts):
        yield [(piece.start, piece.end) for piece in pieces[first:after]]


def _cut_long(text: str, start: int, end: int, max_chars: int) -> Iterator[Span]:
    """The span itself, or, where it is longer than twice `max_chars`, parts of at most `max_chars`."""
    if end - start <= 2 * max_chars:
        yield start, end
        return
    while end - start > max_chars:
        cut = _cut_point(text, start, start + max_chars)
        part_end = start + len(text[start:cut].rstrip())
        yield start, part_end
        start = cut
        while text[start].isspace():  # not by slices: a sentence of 20 MB would be copied 20,000 times
            start += 1
    yield start, end


def _cut_point(text: str, start: int, limit: int) -> int:
    """Where to cut `text[start:limit + 1]`: after its last white space, else where no letter loses its accents."""
    for cut in range(limit, start, -1):
        if text[cut].isspace():
            return cut
    for cut in range(limit, start, -1):
        if not unicodedata.combining(text[cut]) and "\u200d" not in (text[cut], text[cut - 1]):
            return cut
    return limit
