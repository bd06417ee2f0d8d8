"""Where an article quotes: the stretches between marks, curly, straight, doubled or single, and how they go on.

Offsets are code points into the text that was read. Marks are read paragraph by paragraph, so that one that was
forgotten does harm in its own paragraph only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_PARAGRAPH = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_MARK = re.compile(r"[“”„‟«»\"＂]|``|''|’’|‘‘")
_OPENS, _CLOSES = frozenset("“„‟«") | {"``", "‘‘"}, frozenset("”»") | {"’’"}
# Single marks quote in British papers. An apostrophe looks the same: what follows a letter is none of an opening.
_SINGLE = re.compile(r"(?<!\w)[‘']\b(?!\d0s)(?:[^\n‘’']|(?<=\w)[’'](?=\w))+[’'](?!\w)")
_LEAST_SINGLE_WORDS = 2  # 'em, rock 'n' roll


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """What stands between two marks. `text[open:start]` is the opening mark, `text[end:close]` the closing one."""

    open: int
    start: int
    end: int
    close: int  # equal to `end` where the paragraph ends without a closing mark

    @property
    def closed(self) -> bool:
        return self.close > self.end


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The lines of the text that are not blank, without the white space around them."""
    found = []
    for match in _PARAGRAPH.finditer(text):
        line = match[0]
        if line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            found.append((start, start + len(line.strip())))
    return found


def quoted_spans(text: str) -> list[QuotedSpan]:
    """The quoted spans in order; one inside another is not listed."""
    spans: list[QuotedSpan] = []
    for start, end in paragraphs(text):
        double = list(_double(text, start, end))
        spans += sorted([*double, *_single(text, start, end, double)], key=lambda span: span.open)
    return spans


def _double(text: str, start: int, end: int) -> Iterator[QuotedSpan]:
    """The spans of one paragraph between double marks."""
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text, start, end):
        if opened is None:
            if mark[0] in _OPENS or (mark[0] not in _CLOSES and _may_open(text, mark, start, end)):
                opened = mark
            continue
        if mark[0] in _OPENS or (mark[0] not in _CLOSES and _reopens(text, mark, end)):
            yield QuotedSpan(opened.start(), opened.end(), mark.start(), mark.start())  # its closing mark is missing
            opened = mark
        else:
            yield QuotedSpan(opened.start(), opened.end(), mark.start(), mark.end())
            opened = None
    if opened is not None and opened.end() < end:
        yield QuotedSpan(opened.start(), opened.end(), end, end)


def _may_open(text: str, mark: re.Match[str], start: int, end: int) -> bool:
    """Whether a straight mark can begin a quotation: not after a letter or digit (6'2" tall), not before a space."""
    before = text[mark.start() - 1] if mark.start() > start else " "
    after = text[mark.end()] if mark.end() < end else " "
    return not before.isalnum() and not after.isspace()


def _reopens(text: str, mark: re.Match[str], end: int) -> bool:
    """Whether a straight mark inside a quotation plainly begins another: a space before it and a letter after it."""
    after = text[mark.end()] if mark.end() < end else " "
    return text[mark.start() - 1].isspace() and after.isalnum()


def _single(text: str, start: int, end: int, double: Sequence[QuotedSpan]) -> Iterator[QuotedSpan]:
    for match in _SINGLE.finditer(text, start, end):
        inside = any(span.open <= match.start() < span.close for span in double)
        if not inside and len(match[0].split()) >= _LEAST_SINGLE_WORDS:
            yield QuotedSpan(match.start(), match.start() + 1, match.end() - 1, match.end())


def continues(text: str, before: QuotedSpan, after: QuotedSpan) -> bool:
    """Whether `after` opens the next paragraph of a quotation that `before` left open, as newspapers set them."""
    return not before.closed and before.end < after.open and not text[before.close : after.open].strip()
