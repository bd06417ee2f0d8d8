"""Labels for the parts of a scraped page: what is the story, and what only stood beside it.

Labels never change the text. The rules read line by line and prefer to leave page furniture in the body over taking a
sentence of the story out of it: a line that reads as prose is only ever moved to `caption` or `comment`, which can be
cited too. The wording of the rules is in `furniture.py`.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index import furniture
from index.article import Block, BlockKind
from index.credit_line import read_credit_line

HEADLINE_CHARS = 200
HEADLINE_WORDS = 35
PROSE_CHARS = 60  # a line with a sentence's ending and this long is prose, and ends a list of headlines
LONG_CHARS = 150  # so is any line this long
TITLE_REGION_LINES = 12  # a title stands among the first lines with words
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_SENTENCE_END = re.compile(r"[.!?…。][\"”’»')\]]*$")
_HEADLINE_END = re.compile(r"(?<!\b[A-Z])[.:;,…。][\"”’»')\]]*$")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str  # without white space and invisible characters at its ends, other runs of white space as one space
    blank_after: bool


def label_blocks(text: str, title: str | None = None, known: Sequence[tuple[int, int, str]] = ()) -> tuple[Block, ...]:
    """Ordered blocks that together hold every non-blank line of `text`, each with its kind.

    `title` is the title if it is known from elsewhere; else the first line that reads as a headline is taken for it.
    `known` are spans of whole lines that the markup labelled as captions or comments, which goes before the rules.
    Neighbouring lines of one kind make one block; each caption is a block of its own.
    """
    lines = _lines(text)
    kinds = _kinds(lines, title, _given(lines, known))
    blocks: list[Block] = []
    for line, kind in zip(lines, kinds, strict=True):
        if blocks and blocks[-1].kind == kind != "caption":
            blocks[-1] = Block(blocks[-1].start, line.end, kind)
        else:
            blocks.append(Block(line.start, line.end, kind))
    return tuple(blocks)


def is_prose(line: str) -> bool:
    """Whether the line reads as running text, not as a heading, a link or a button."""
    return len(line) >= LONG_CHARS or (len(line) >= PROSE_CHARS and _SENTENCE_END.search(line) is not None)


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    spans = [(match.start(), match.end()) for match in _LINE.finditer(text) if not match[0].isspace()]
    for index, (start, end) in enumerate(spans):
        raw = text[start:end]
        after = text[end : spans[index + 1][0]] if index + 1 < len(spans) else "\n\n"
        shown = " ".join(raw.replace("\u200b", "").replace("\ufeff", "").split())
        stripped_start = start + len(raw) - len(raw.lstrip())
        stripped_end = start + len(raw.rstrip())
        found.append(_Line(stripped_start, stripped_end, shown, after.count("\n") > 1))
    return found


def _given(lines: Sequence[_Line], known: Sequence[tuple[int, int, str]]) -> dict[int, BlockKind]:
    """The kind of each line, by its number, that the markup gave."""
    starts = [line.start for line in lines]
    given: dict[int, BlockKind] = {}
    for start, end, kind in known:
        for index in range(bisect_left(starts, start), bisect_left(starts, end)):
            given[index] = "comment" if kind == "comment" else "caption"
    return given


def _kinds(lines: Sequence[_Line], title: str | None, given: Mapping[int, BlockKind]) -> list[BlockKind]:
    kinds: list[BlockKind] = ["body"] * len(lines)
    comments_from = _comments_start(lines)
    in_list = False  # below "Recommended articles", until prose resumes
    for index, line in enumerate(lines):
        if index in given:
            kinds[index] = given[index]
            continue
        in_comments = comments_from is not None and index > comments_from
        offer = index > 0 and furniture.is_advert(lines[index - 1].text) and furniture.is_offer(line.text)
        if index == comments_from or offer or furniture.is_furniture(line.text):
            kinds[index] = "boilerplate"
            in_list = furniture.opens_list(line.text) or (in_list and not in_comments)
        elif in_comments:
            kinds[index] = "comment"
        elif furniture.is_caption(line.text) and read_credit_line(line.text) is None:
            kinds[index] = "caption"
        elif in_list and not is_prose(line.text) and _is_headline(line.text, allow_question=True):
            kinds[index] = "boilerplate"
        else:
            in_list = False
    _drop_false_lists(lines, kinds)
    _mark_title(lines, kinds, title)
    _mark_credits(lines, kinds)
    return kinds


def _comments_start(lines: Sequence[_Line]) -> int | None:
    """The line that opens the readers' comments: a plain header after some of the story, never before it."""
    prose_seen = 0
    total = sum(len(line.text) for line in lines)
    read = 0
    for index, line in enumerate(lines):
        header = furniture.comment_header(line.text)
        # "Comments" alone is often a button beside the byline, so it counts only in the last part of the page.
        if header and prose_seen >= 2 and index + 1 < len(lines) and (header == "plain" or read > total * 0.6):
            return index
        prose_seen += is_prose(line.text)
        read += len(line.text)
    return None


def _drop_false_lists(lines: Sequence[_Line], kinds: list[BlockKind]) -> None:
    """Takes back the label of a lone heading below a "Read more" link: it may head the next part of the story."""
    for (before, line), after in zip(pairwise(range(len(lines))), range(2, len(lines)), strict=False):
        heading = kinds[line] == "boilerplate" and not furniture.is_furniture(lines[line].text)
        if (
            heading
            and furniture.opens_list(lines[before].text)
            and kinds[after] == "body"
            and furniture.is_weak_list(lines[before].text)
        ):
            kinds[line] = "body"


def _mark_title(lines: Sequence[_Line], kinds: list[BlockKind], title: str | None) -> None:
    if title is None:
        above = ((index, line.text) for index, line in enumerate(lines) if kinds[index] != "boilerplate")
        first = next((index for index, text in above if not _is_credit(text)), None)
        if first is None or kinds[first] != "body" or not _heads(lines, kinds, first):
            return
        kinds[first] = "title"
        title = lines[first].text
    wanted = _folded(title)
    if not wanted:
        return
    for index, line in enumerate(lines):
        # Far down, a line that repeats the title word for word is still a title (a link to the page itself).
        near_top = index < TITLE_REGION_LINES
        if (near_top or len(wanted) >= 20) and kinds[index] in ("body", "boilerplate") and _folded(line.text) == wanted:
            kinds[index] = "title"


def _heads(lines: Sequence[_Line], kinds: Sequence[BlockKind], index: int) -> bool:
    """Whether the line stands as a headline over a story: apart from what follows, and something does follow.

    Bylines and dates directly below it belong to the heading, so it is the last of them that has to stand apart.
    """
    line = lines[index]
    last = index
    while last + 1 < len(lines) and _is_credit(lines[last + 1].text):
        last += 1
    if "body" not in kinds[last + 1 :] or not _is_headline(line.text, allow_question=True) or _no_headline(line.text):
        return False
    if len(line.text.split()) < 3 and line.text.isascii():
        return False  # two words are as likely a name or a section; Chinese or Thai has no spaces to count
    signed = any(_is_signed(credit.text) for credit in lines[index + 1 : last + 1])
    return signed or lines[last].blank_after or is_prose(lines[last + 1].text)


def _is_credit(line: str) -> bool:
    return furniture.is_byline(line) or furniture.is_date_line(line) or read_credit_line(line) is not None


def _is_signed(line: str) -> bool:
    return furniture.is_byline(line) or ((credits := read_credit_line(line)) is not None and credits.names is not None)


def _no_headline(line: str) -> bool:
    return furniture.is_names(line) or line.lower().startswith("story highlights")


def _mark_credits(lines: Sequence[_Line], kinds: list[BlockKind]) -> None:
    """Bylines, dates and the like near the top are metadata: read by metadata.py, no evidence for an answer."""
    seen = 0
    for index, line in enumerate(lines):
        if kinds[index] == "body" and _is_credit(line.text):
            kinds[index] = "boilerplate"
        seen += kinds[index] == "body" and is_prose(line.text)
        if seen >= 3:
            return


def _is_headline(line: str, *, allow_question: bool) -> bool:
    if len(line) > HEADLINE_CHARS or len(line.split()) > HEADLINE_WORDS or line[0] in "([-–—•*@#":
        return False
    if line.endswith(("?", "!")):
        return allow_question
    return _HEADLINE_END.search(line) is None and any(map(str.isalpha, line))


def _folded(line: str) -> str:
    """Letters and digits only, without case: "Trump’s" and "Trump's" are one headline."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", line).casefold()))
